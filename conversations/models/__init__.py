"""Conversations, what is said in them, and who is in them."""

from conversations.models.attachment import Attachment, AttachmentUse
from conversations.models.attribute import AttributeDefinition
from conversations.models.bulk_job import BulkJob
from conversations.models.conversation import Conversation
from conversations.models.draft import Draft
from conversations.models.message import Message, MessageRevision
from conversations.models.participant import Participant
from conversations.models.saved_view import SavedView
from conversations.models.search_entry import SearchEntry
from conversations.models.tag import ConversationTag, Tag

__all__ = [
    "Attachment",
    "AttachmentUse",
    "AttributeDefinition",
    "BulkJob",
    "Conversation",
    "ConversationTag",
    "Draft",
    "Message",
    "MessageRevision",
    "Participant",
    "SavedView",
    "SearchEntry",
    "Tag",
]
