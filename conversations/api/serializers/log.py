"""Messages and entries of a log on the wire, in REST and on sockets alike."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from rest_framework import serializers

from accounts.api.serializers import Person
from accounts.models import Membership
from conversations.api.serializers.attachments import AttachmentOutput, attachment_data
from conversations.api.serializers.people import SYSTEM, person
from conversations.api.serializers.rows import moment
from conversations.choices import Delivery, Visibility
from conversations.events import (
    ConversationArchived,
    ConversationAssigned,
    ConversationAttributesChanged,
    ConversationCreated,
    ConversationDeleted,
    ConversationDepartmentChanged,
    ConversationMerged,
    ConversationPriorityChanged,
    ConversationSnoozed,
    ConversationStatusChanged,
    ConversationSubjectChanged,
    ConversationTagsChanged,
    ConversationWaits,
    ParticipantAdded,
    ParticipantRemoved,
)
from conversations.models import Message
from conversations.querysets import sees_notes
from conversations.selectors import department_names, messages_of, people
from conversations.services.log import conversation_of
from tokdesk.common.actor import Actor
from tokdesk.common.models import Event

People = dict[UUID, Membership]


def message_data(actor: Actor, message: Message) -> dict[str, Any]:
    """One message for this reader; a deleted one is its place alone."""
    return {
        "id": str(message.pk),
        "seq": message.seq if sees_notes(actor) else message.public_seq,
        "client_id": str(message.client_id) if message.client_id else None,
        "author": person(message.author),
        "visibility": message.visibility,
        "body": message.body,
        "body_html": message.body_html,
        "reply_to": str(message.reply_to_id) if message.reply_to_id else None,
        "attachments": [] if message.is_deleted else [attachment_data(f) for f in message.files],
        "created_at": moment(message.created_at),
        "edited_at": moment(message.edited_at),
        "deleted": message.is_deleted,
        "delivery": message.delivery,
    }


@dataclass(frozen=True)
class Named:
    """What entries tell of, as it is now: so a message deleted since is its place alone."""

    messages: dict[UUID, Message]
    people: People
    departments: dict[str, str]


def named_by(actor: Actor, entries: Sequence[Event]) -> Named:
    """What these entries name; at most four queries, for any number of conversations."""
    messages = messages_of(actor, entries)
    return Named(messages, people(_named(entries)), department_names(entries))


def events_data(actor: Actor, events: Iterable[Event]) -> list[dict[str, Any]]:
    """Entries for this reader, joined with what they tell of."""
    entries = list(events)
    named = named_by(actor, entries)
    return [event_data(actor, entry, named) for entry in entries]


def event_data(actor: Actor, entry: Event, named: Named) -> dict[str, Any]:
    return {
        "conv": str(conversation_of(entry.stream)),
        "seq": entry.seq if sees_notes(actor) else entry.public_seq,
        "type": entry.type,
        "at": moment(entry.at),
        "actor": _actor(entry, named.people),
        "data": _data(actor, entry, named),
    }


def _actor(entry: Event, named: People) -> dict[str, Any] | None:
    return person(named[entry.actor_member]) if entry.actor_member in named else dict(SYSTEM)


def _named(entries: Iterable[Event]) -> Iterable[UUID | None]:
    """Everybody whom these entries name, beside the authors of their messages."""
    for entry in entries:
        yield entry.actor_member
        for name in ("assignee", "member"):
            if entry.payload.get(name):
                yield UUID(entry.payload[name])


def _data(actor: Actor, entry: Event, named: Named) -> dict[str, Any]:
    told = entry.payload
    if "message_id" in told:
        message = named.messages.get(UUID(told["message_id"]))
        return message_data(actor, message) if message else {"id": told["message_id"]}
    if entry.type == ConversationDepartmentChanged.type:
        return {"department": _department(told["department"], named.departments)}
    return SHAPES[entry.type](told, named.people)


def _department(department_id: str, departments: dict[str, str]) -> dict[str, Any]:
    return {"id": department_id, "name": departments.get(department_id, "")}


def _someone(named: People, member_id: str | None) -> dict[str, Any] | None:
    return person(named.get(UUID(member_id))) if member_id else None


def _merged(told: dict[str, Any], named: People) -> dict[str, Any]:
    if told["conversation_id"] == told["source"]:
        return {"merged_into": told["merged_into"]}
    return {"source": told["source"], "waiting_since": told["waiting_since"]}


def _participant(told: dict[str, Any], named: People) -> dict[str, Any]:
    return {"member": _someone(named, told["member"]), "kind": told["kind"]}


# What an entry's `data` holds: the changed fields, by their names in the conversation's row.
SHAPES: dict[str, Callable[[dict[str, Any], People], dict[str, Any]]] = {
    ConversationCreated.type: lambda told, named: {},
    ConversationDeleted.type: lambda told, named: {},
    ConversationStatusChanged.type: lambda told, named: {"status": told["status"]},
    ConversationAssigned.type: lambda told, named: {"assignee": _someone(named, told["assignee"])},
    ConversationPriorityChanged.type: lambda told, named: {"priority": told["priority"]},
    ConversationTagsChanged.type: lambda told, named: {"tags": told["tags"]},
    ConversationAttributesChanged.type: lambda told, named: {"attributes": told["attributes"]},
    ConversationSubjectChanged.type: lambda told, named: {"subject": told["subject"]},
    ConversationSnoozed.type: lambda told, named: {"snoozed_until": told["snoozed_until"]},
    ConversationWaits.type: lambda told, named: {"waiting_since": told["waiting_since"]},
    ConversationMerged.type: _merged,
    ConversationArchived.type: lambda told, named: {"archived": told["archived"]},
    ParticipantAdded.type: _participant,
    ParticipantRemoved.type: _participant,
}


# For the schema alone: the functions above make what these describe.


class MessageOutput(serializers.Serializer):
    id = serializers.UUIDField()
    seq = serializers.IntegerField()
    client_id = serializers.UUIDField(allow_null=True)
    author = Person(allow_null=True)
    visibility = serializers.ChoiceField(Visibility.choices)
    body = serializers.CharField()
    body_html = serializers.CharField()
    reply_to = serializers.UUIDField(allow_null=True)
    attachments = AttachmentOutput(many=True)
    created_at = serializers.DateTimeField()
    edited_at = serializers.DateTimeField(allow_null=True)
    deleted = serializers.BooleanField()
    delivery = serializers.ChoiceField(Delivery.choices)

    def to_representation(self, instance: Message) -> Any:
        return message_data(self.context["actor"], instance)


class MessagePageOutput(serializers.Serializer):
    """A stretch of messages, oldest first; `head` is the end of the log for this reader."""

    results = MessageOutput(many=True)
    has_before = serializers.BooleanField()
    has_after = serializers.BooleanField()
    head = serializers.IntegerField()


class EventOutput(serializers.Serializer):
    conv = serializers.UUIDField()
    seq = serializers.IntegerField()
    type = serializers.CharField()
    at = serializers.DateTimeField()
    actor = serializers.DictField()
    data = serializers.DictField()  # type: ignore[assignment]  # also the name of a property


class EventPageOutput(serializers.Serializer):
    """Entries after a position, oldest first."""

    epoch = serializers.CharField()
    head = serializers.IntegerField()
    events = EventOutput(many=True)
    complete = serializers.BooleanField()


class PointerOutput(serializers.Serializer):
    seq = serializers.IntegerField()
    unread = serializers.IntegerField()


class DraftOutput(serializers.Serializer):
    body = serializers.CharField()
    attachments = serializers.ListField(child=serializers.UUIDField())
    version = serializers.IntegerField()


class ParticipantOutput(serializers.Serializer):
    """Somebody in it, or who follows it."""

    member = Person()
    kind = serializers.CharField()
    following = serializers.BooleanField()
