"""Conversations on the wire: the row of a list, and the whole.

They are built from plain values, since fields and model instances would cost more than the query.
What staff decide among themselves stands in no row of a customer.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from rest_framework import serializers

from accounts.api.serializers import Person
from conversations.api.serializers.people import Row, person_of
from conversations.choices import NEVER, PRIORITIES, Channel, Kind, Priority, Status
from conversations.models import Conversation
from conversations.models.participant import seen_count
from conversations.querysets import sees_notes, version_for
from conversations.selectors import row_left
from tokdesk.common.actor import Actor

JOINED = [f"{who}__{what}" for who in ("customer", "assignee") for what in ("name", "role")]
COLUMNS = (
    *("id", "number", "kind", "subject", "status", "priority", "channel", "tags"),
    *("customer_id", "assignee_id", "department_id", "department__name", *JOINED),
    *("preview", "public_preview", "last_activity_at", "public_activity_at", "waiting_since"),
    *("snoozed_until", "message_count", "public_message_count", "last_seq", "last_public_seq"),
    *("is_archived", "version", "created_at"),
    *("mine__read_count", "mine__unread_from", "mine__unread_from_count"),
)
WHOLE_COLUMNS = (
    *COLUMNS,
    *("attributes", "merged_into_id", "follow_up_of_id", "created_by_id", "updated_at"),
    *("resolved_at", "closed_at", "mine__is_following", "mine__is_muted"),
)
PRIORITY_NAMES = {int(priority): priority.name.lower() for priority in Priority}


def moment(at: datetime | None) -> str | None:
    """A time in ISO 8601 with Z, as every answer says it; none for one that never comes."""
    if at is None or at == NEVER:
        return None
    return at.isoformat().replace("+00:00", "Z")


def summary_rows(actor: Actor) -> Any:
    """What this reader sees, as the plain values that `summary` is made of."""
    return Conversation.objects.visible_to(actor).with_own_place(actor).values(*COLUMNS)


def whole(actor: Actor, conversation_id: UUID) -> dict[str, Any] | None:
    """The whole conversation as the database has it now; None when it is out of sight."""
    rows = Conversation.objects.visible_to(actor).with_own_place(actor)
    return _whole_of(actor, rows.filter(pk=conversation_id).values(*WHOLE_COLUMNS).first())


def whole_left(actor: Actor, conversation_id: UUID) -> dict[str, Any] | None:
    """The same for whoever has just changed it, also where it is out of their sight now."""
    return _whole_of(actor, row_left(actor, conversation_id, WHOLE_COLUMNS))


def summary(actor: Actor, row: Row) -> dict[str, Any]:
    own = _of_staff(row) if sees_notes(actor) else _of_customers(row)
    marked = row["mine__unread_from"]
    seen = seen_count(row["mine__read_count"] or 0, marked, row["mine__unread_from_count"])
    return {
        "id": str(row["id"]),
        "number": row["number"] or None,
        "kind": row["kind"],
        "subject": row["subject"],
        "status": row["status"] or None,
        "channel": row["channel"],
        "customer": person_of(row, "customer"),
        "unread": max(0, own.pop("messages") - seen),
        "marked_unread": marked is not None,
        "archived": row["is_archived"],
        "created_at": moment(row["created_at"]),
        "version": version_for(actor, row["version"], row["last_public_seq"]),
        **own,
    }


def _whole_of(actor: Actor, row: Row | None) -> dict[str, Any] | None:
    if row is None:
        return None
    shown = summary(actor, row)
    shown |= {
        "merged_into": _id(row["merged_into_id"]),
        "follow_up_of": _id(row["follow_up_of_id"]),
        "following": bool(row["mine__is_following"]),
        "muted": bool(row["mine__is_muted"]),
        "resolved_at": moment(row["resolved_at"]),
        "closed_at": moment(row["closed_at"]),
    }
    if sees_notes(actor):
        shown |= {"attributes": row["attributes"], "updated_at": moment(row["updated_at"])}
    return shown


def _of_staff(row: Row) -> dict[str, Any]:
    department = row["department_id"]
    is_room = row["kind"] != Kind.CUSTOMER
    return {
        "messages": row["message_count"],
        "priority": None if is_room else PRIORITY_NAMES[row["priority"]],
        "assignee": person_of(row, "assignee"),
        "department": department and {"id": str(department), "name": row["department__name"]},
        "tags": row["tags"],
        "preview": row["preview"],
        "last_activity_at": moment(row["last_activity_at"]),
        "waiting_since": moment(row["waiting_since"]),
        "snoozed_until": snoozed(row["snoozed_until"]),
        "last_seq": row["last_seq"],
    }


def snoozed(until: datetime | None) -> str | None:
    """Until a reply is told as the last day there is, so that it reads as a time like any other."""
    return until.isoformat().replace("+00:00", "Z") if until else None


def _of_customers(row: Row) -> dict[str, Any]:
    return {
        "messages": row["public_message_count"],
        "preview": row["public_preview"],
        "last_activity_at": moment(row["public_activity_at"]),
        "last_seq": row["last_public_seq"],
    }


def _id(value: Any) -> str | None:
    return str(value) if value else None


# For the schema alone: the functions above make what these describe.


class ConversationDepartment(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()


class ConversationSummary(serializers.Serializer):
    """A row of a list. Customers get no field of those that are not required."""

    id = serializers.UUIDField()
    number = serializers.IntegerField(allow_null=True)
    kind = serializers.ChoiceField(Kind.choices)
    subject = serializers.CharField()
    status = serializers.ChoiceField(Status.choices, allow_null=True)
    channel = serializers.ChoiceField(Channel.choices)
    customer = Person(allow_null=True)
    unread = serializers.IntegerField()
    marked_unread = serializers.BooleanField()
    archived = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    version = serializers.IntegerField()
    preview = serializers.CharField()
    last_activity_at = serializers.DateTimeField()
    last_seq = serializers.IntegerField()
    priority = serializers.ChoiceField(list(PRIORITIES), allow_null=True, required=False)
    assignee = Person(allow_null=True, required=False)
    department = ConversationDepartment(allow_null=True, required=False)
    tags = serializers.ListField(child=serializers.CharField(), required=False)
    waiting_since = serializers.DateTimeField(allow_null=True, required=False)
    snoozed_until = serializers.DateTimeField(allow_null=True, required=False)

    def to_representation(self, instance: Mapping[str, Any]) -> Any:
        return instance


class ConversationOutput(ConversationSummary):
    """The whole conversation."""

    merged_into = serializers.UUIDField(allow_null=True)
    follow_up_of = serializers.UUIDField(allow_null=True)
    following = serializers.BooleanField()
    muted = serializers.BooleanField()
    resolved_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    attributes = serializers.DictField(required=False)
    updated_at = serializers.DateTimeField(required=False)


class CountsOutput(serializers.Serializer):
    """What waits, in numbers; customers get `open` and `unread` alone."""

    open = serializers.IntegerField()
    unread = serializers.IntegerField(required=False)
    unassigned = serializers.IntegerField(required=False)
    mine = serializers.IntegerField(required=False)
    mentions = serializers.IntegerField(required=False)
    snoozed = serializers.IntegerField(required=False)
    departments = serializers.DictField(child=serializers.IntegerField(), required=False)
