"""What conversations announce; each is one entry of a conversation's log.

The names of the types are those of the live protocol. What an entry tells beyond ids are the values
that changed, by their names in a conversation's row.
"""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from tokdesk.common.events import Fact, fact


@fact("conversation.created")
@dataclass(frozen=True)
class ConversationCreated(Fact):
    conversation_id: UUID


@fact("conversation.status")
@dataclass(frozen=True)
class ConversationStatusChanged(Fact):
    conversation_id: UUID
    old: str
    status: str


@fact("conversation.assigned")
@dataclass(frozen=True)
class ConversationAssigned(Fact):
    conversation_id: UUID
    old: UUID | None
    assignee: UUID | None


@fact("conversation.department")
@dataclass(frozen=True)
class ConversationDepartmentChanged(Fact):
    conversation_id: UUID
    old: UUID | None
    department: UUID | None


@fact("conversation.priority")
@dataclass(frozen=True)
class ConversationPriorityChanged(Fact):
    conversation_id: UUID
    old: str
    priority: str


@fact("conversation.tags")
@dataclass(frozen=True)
class ConversationTagsChanged(Fact):
    private: ClassVar[frozenset[str]] = frozenset({"tags"})

    conversation_id: UUID
    tags: list[str]


@fact("conversation.attributes")
@dataclass(frozen=True)
class ConversationAttributesChanged(Fact):
    """`attributes` holds all of them as they are now, `changed` the keys that differ."""

    private: ClassVar[frozenset[str]] = frozenset({"changed", "attributes"})

    conversation_id: UUID
    changed: list[str]
    attributes: dict[str, object]


@fact("conversation.subject")
@dataclass(frozen=True)
class ConversationSubjectChanged(Fact):
    private: ClassVar[frozenset[str]] = frozenset({"subject"})

    conversation_id: UUID
    subject: str


@fact("conversation.snoozed")
@dataclass(frozen=True)
class ConversationSnoozed(Fact):
    """`snoozed_until` is a time in ISO 8601, or None when it has woken."""

    conversation_id: UUID
    snoozed_until: str | None


@fact("conversation.waiting")
@dataclass(frozen=True)
class ConversationWaits(Fact):
    """Somebody waits again since `waiting_since`, a time in ISO 8601, or None: nobody.

    Only where nothing else in the log says so: what customers and staff say and do tells it.
    """

    conversation_id: UUID
    waiting_since: str | None


@fact("conversation.merged")
@dataclass(frozen=True)
class ConversationMerged(Fact):
    """In the log of the source: where it went on. In the log of the target: what came in.

    There `waiting_since` says since when a customer of both has waited, as a time in ISO 8601.
    """

    conversation_id: UUID
    merged_into: UUID
    source: UUID
    waiting_since: str | None = None


@fact("conversation.archived")
@dataclass(frozen=True)
class ConversationArchived(Fact):
    conversation_id: UUID
    archived: bool


@fact("conversation.deleted")
@dataclass(frozen=True)
class ConversationDeleted(Fact):
    conversation_id: UUID


@fact("conversation.bulk_requested")
@dataclass(frozen=True)
class BulkRequested(Fact):
    """Somebody asked for one deed on many conversations, or for taking it back."""

    job_id: UUID


@fact("participant.added")
@dataclass(frozen=True)
class ParticipantAdded(Fact):
    conversation_id: UUID
    member: UUID
    kind: str


@fact("participant.removed")
@dataclass(frozen=True)
class ParticipantRemoved(Fact):
    conversation_id: UUID
    member: UUID
    kind: str


@fact("message.created")
@dataclass(frozen=True)
class MessageCreated(Fact):
    conversation_id: UUID
    message_id: UUID
    visibility: str


@fact("message.edited")
@dataclass(frozen=True)
class MessageEdited(Fact):
    conversation_id: UUID
    message_id: UUID
    visibility: str


@fact("message.deleted")
@dataclass(frozen=True)
class MessageDeleted(Fact):
    conversation_id: UUID
    message_id: UUID
    visibility: str


# Of no conversation's log: what happens to a file before anybody may see it.


@fact("attachment.uploaded")
@dataclass(frozen=True)
class AttachmentUploaded(Fact):
    conversation_id: UUID
    attachment_id: UUID


@fact("view.created")
@dataclass(frozen=True)
class SavedViewCreated(Fact):
    view_id: UUID


@fact("view.changed")
@dataclass(frozen=True)
class SavedViewChanged(Fact):
    view_id: UUID
    fields: list[str]


@fact("view.deleted")
@dataclass(frozen=True)
class SavedViewDeleted(Fact):
    view_id: UUID


@fact("tag.created")
@dataclass(frozen=True)
class TagCreated(Fact):
    tag_id: UUID


@fact("tag.changed")
@dataclass(frozen=True)
class TagChanged(Fact):
    tag_id: UUID
    fields: list[str]


@fact("tag.deleted")
@dataclass(frozen=True)
class TagDeleted(Fact):
    tag_id: UUID


@fact("attribute.created")
@dataclass(frozen=True)
class AttributeCreated(Fact):
    attribute_id: UUID


@fact("attribute.changed")
@dataclass(frozen=True)
class AttributeChanged(Fact):
    attribute_id: UUID
    fields: list[str]


@fact("attribute.deleted")
@dataclass(frozen=True)
class AttributeDeleted(Fact):
    attribute_id: UUID


@fact("attachment.scanned")
@dataclass(frozen=True)
class AttachmentScanned(Fact):
    """`scan` is what the virus scanner said: clean or blocked."""

    conversation_id: UUID
    attachment_id: UUID
    scan: str
