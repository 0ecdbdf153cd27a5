"""Is every log whole, and every message where its entry says?

What looks wrong is looked at again under its lock: people write while this reads.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Min, Q

from companies.models import CompanyState
from conversations.choices import Kind
from conversations.doors import every_conversation
from conversations.events import MessageCreated
from conversations.models import Conversation, Message
from conversations.services.log import stream_of
from tokdesk.common.db import transactional
from tokdesk.common.models import Event
from tokdesk.common.tenancy import company_scope

CHUNK = 100


@dataclass(frozen=True)
class Fault:
    """What is not as it must be: which conversation, or None for the company's numbering."""

    conversation_id: UUID | None
    what: str
    expected: int
    found: int


def check_company(company_id: UUID) -> tuple[int, list[Fault]]:
    """How many logs were read, and what is wrong; five queries for each hundred of them."""
    with company_scope(company_id):
        rows = every_conversation(company_id)
        looked, faults = 0, list(_numbering(company_id, rows)) and _numbering_now(company_id, rows)
        last: UUID | None = None
        while chunk := list((rows.filter(pk__gt=last) if last else rows).order_by("pk")[:CHUNK]):
            if suspects := {fault.conversation_id for fault in _check(chunk)}:
                faults += _check_now(rows.filter(pk__in=suspects))
            looked, last = looked + len(chunk), chunk[-1].pk
        return looked, faults


@transactional
def _check_now(rows: Any) -> list[Fault]:
    return _check(list(rows.locked().order_by("pk")))


@transactional
def _numbering_now(company_id: UUID, rows: Any) -> list[Fault]:
    CompanyState.objects.locked().get(company_id=company_id)
    return list(_numbering(company_id, rows))


def _check(chunk: list[Conversation]) -> list[Fault]:
    entries, messages, misplaced = _entries(chunk), _messages(chunk), _misplaced(chunk)
    found = [
        Fault(row.pk, what, expected, found)
        for row in chunk
        for what, expected, found in _comparisons(
            row, entries.get(stream_of(row.pk), NO_ENTRIES), messages.get(row.pk, NO_MESSAGES)
        )
        if expected != found
    ]
    return found + [
        Fault(row.pk, "misplaced messages", 0, misplaced[row.pk])
        for row in chunk
        if row.pk in misplaced
    ]


def _misplaced(chunk: list[Conversation]) -> Counter[UUID]:
    """How many messages stand in another order than their numbers, or not at their entry."""
    ids = [row.pk for row in chunk]
    rows = Message.objects.filter(conversation_id__in=ids).order_by("conversation_id", "seq")
    faults, seqs, before = Counter[UUID](), dict[str, tuple[UUID, int]](), (UUID(int=0), 0)
    for message_id, talk, seq, position in rows.values_list(
        "pk", "conversation_id", "seq", "position"
    ).iterator():
        if before[0] == talk and position <= before[1]:
            faults[talk] += 1
        seqs[str(message_id)], before = (talk, seq), (talk, position)
    told = Event.objects.filter(
        stream__in=[stream_of(each) for each in ids], type=MessageCreated.type
    )
    for payload, seq in told.values_list("payload", "seq").iterator():
        place = seqs.get(payload["message_id"])
        if place is not None and place[1] != seq:
            faults[place[0]] += 1
    return faults


def _comparisons(
    row: Conversation, entries: dict[str, Any], messages: dict[str, Any]
) -> Iterator[tuple[str, int, int]]:
    kept = row.last_seq - row.pruned_seq
    yield "entries", kept, entries["entries"]
    yield "public entries", row.last_public_seq - row.pruned_public_seq, entries["public"]
    if kept:
        yield "first entry", row.pruned_seq + 1, entries["first"]
        yield "last entry", row.last_seq, entries["last"]
        yield "last public entry", row.last_public_seq, entries["last_public"] or 0
    yield "messages", row.message_count, messages["messages"]
    yield "places of messages", row.message_count, messages["places"]
    yield "public messages", row.public_message_count, messages["public"]
    if not row.pruned_seq:
        yield "entries of messages", row.message_count, entries["said"]


NO_ENTRIES: dict[str, Any] = dict.fromkeys(
    ("entries", "public", "first", "last", "last_public", "said"), 0
)
NO_MESSAGES: dict[str, Any] = dict.fromkeys(("messages", "places", "public"), 0)


def _entries(chunk: list[Conversation]) -> dict[str, dict[str, Any]]:
    rows = Event.objects.filter(stream__in=[stream_of(row.pk) for row in chunk], seq__gt=0)
    groups = (
        rows.order_by()
        .values("stream")
        .annotate(
            entries=Count("seq", distinct=True),
            public=Count("public_seq", distinct=True),
            first=Min("seq"),
            last=Max("seq"),
            last_public=Max("public_seq"),
            said=Count("pk", filter=Q(type=MessageCreated.type)),
        )
    )
    return {group["stream"]: dict(group) for group in groups}


def _messages(chunk: list[Conversation]) -> dict[UUID, dict[str, Any]]:
    rows = Message.objects.filter(conversation_id__in=[row.pk for row in chunk])
    groups = (
        rows.order_by()
        .values("conversation_id")
        .annotate(
            messages=Count("pk"),
            places=Count("position", distinct=True),
            public=Count("public_seq", distinct=True),
        )
    )
    return {group["conversation_id"]: dict(group) for group in groups}


def _numbering(company_id: UUID, rows: Any) -> Iterator[Fault]:
    given = CompanyState.objects.get(company_id=company_id).next_number - 1
    found = rows.filter(kind=Kind.CUSTOMER).aggregate(
        count=Count("number", distinct=True), last=Max("number")
    )
    if found["count"] != given:
        yield Fault(None, "numbers", given, found["count"])
    if (found["last"] or 0) != given:
        yield Fault(None, "last number", given, found["last"] or 0)
