"""Every write to conversations and to what is in them."""

from conversations.services.amending import delete_message, edit_message
from conversations.services.assigning import assign, claim
from conversations.services.attributes import (
    define_attribute,
    remove_attribute,
    update_attribute,
)
from conversations.services.bulk import request_bulk, request_undo
from conversations.services.conversations import (
    FirstMessage,
    Opened,
    Opening,
    open_conversation,
)
from conversations.services.drafts import discard_draft, save_draft
from conversations.services.editing import move_after_archive, update_conversation
from conversations.services.merging import merge
from conversations.services.messages import (
    NewerReply,
    Posted,
    post_message,
)
from conversations.services.moves import (
    archive,
    change_status,
    close_conversation,
    delete_conversation,
    snooze,
    unarchive,
    wake_conversation,
)
from conversations.services.participants import (
    Seat,
    add_participant,
    remove_participant,
    set_following,
    set_muted,
)
from conversations.services.pointers import (
    Pointer,
    mark_read,
    mark_received,
    mark_unread,
    own_pointer,
)
from conversations.services.saved_views import delete_view, save_view, update_view
from conversations.services.tags import create_tag, delete_tag, update_tag

__all__ = [
    "delete_view",
    "save_view",
    "update_view",
    "FirstMessage",
    "NewerReply",
    "Opened",
    "Opening",
    "Pointer",
    "Posted",
    "Seat",
    "add_participant",
    "archive",
    "assign",
    "change_status",
    "claim",
    "close_conversation",
    "create_tag",
    "define_attribute",
    "delete_conversation",
    "delete_message",
    "delete_tag",
    "discard_draft",
    "edit_message",
    "mark_read",
    "mark_received",
    "mark_unread",
    "merge",
    "move_after_archive",
    "open_conversation",
    "own_pointer",
    "post_message",
    "remove_attribute",
    "remove_participant",
    "request_bulk",
    "request_undo",
    "save_draft",
    "set_following",
    "set_muted",
    "snooze",
    "unarchive",
    "update_attribute",
    "update_conversation",
    "update_tag",
    "wake_conversation",
]
