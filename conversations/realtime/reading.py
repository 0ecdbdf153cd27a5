"""What a room reads, in a thread: new entries of many logs at once, counts, how far people are.

All of it is encoded here, once for all who get the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from accounts.choices import Availability
from accounts.models import Membership
from companies.services import Rights
from conversations.api.serializers.log import event_data, named_by
from conversations.api.serializers.people import person
from conversations.doors import conversations_changed
from conversations.events import (
    ConversationAssigned,
    ConversationDeleted,
    ConversationDepartmentChanged,
    ParticipantAdded,
    ParticipantRemoved,
)
from conversations.models import Conversation, Message
from conversations.realtime.seeing import rights_now
from conversations.selectors import counts_of, outer_seq
from conversations.services.log import conversation_of, stream_of
from tokdesk.common.actor import Actor, ActorKind, system_actor
from tokdesk.common.live.frames import Frame, encode
from tokdesk.common.models import Event
from tokdesk.common.models.event import Audience
from tokdesk.common.roles import Role
from tokdesk.common.tenancy import company_scope

# How many entries are read at once, of so many logs.
MOST_ENTRIES, MOST_LOGS = 600, 40
# A commit may come this long after the time that its row carries.
SLACK = timedelta(seconds=30)
# After these somebody may not see the conversation any more.
MOVING = frozenset(
    each.type
    for each in (
        ConversationAssigned,
        ConversationDeleted,
        ConversationDepartmentChanged,
        ParticipantAdded,
        ParticipantRemoved,
    )
)


class Entry(NamedTuple):
    """One entry of a log, ready for its readers; `public` is none where customers see nothing."""

    seq: int
    staff: Frame
    public_seq: int | None
    public: Frame | None


@dataclass(frozen=True)
class Told:
    """New entries by conversation, and the company's rights as of after they were read."""

    rights: Rights
    entries: dict[UUID, list[Entry]]
    # Logs of which somebody may have lost sight.
    moved: frozenset[UUID]
    is_whole: bool


def customer_reader(company_id: UUID) -> Actor:
    """Stands for every customer: what one of them may read of an entry, all who see it may."""
    return Actor(ActorKind.MEMBER, Role.USER, company_id=company_id)


# Entries


def new_entries(company_id: UUID, heads: Mapping[UUID, int], with_public: bool) -> Told:
    """What the logs have behind these heads.

    Read first, and the rights afterwards: who has lost theirs before an entry was written is known
    to have when it is about to be sent.
    """
    logs = list(heads)[:MOST_LOGS]
    with company_scope(company_id):
        places = {stream_of(each): heads[each] for each in logs}
        events = list(Event.objects.all().behind(places)[: MOST_ENTRIES + 1])
        is_whole = len(events) <= MOST_ENTRIES and len(logs) == len(heads)
        entries = _encoded(company_id, events[:MOST_ENTRIES], with_public)
        moved = {conversation_of(each.stream) for each in events if each.type in MOVING}
        return Told(rights_now(company_id), entries, frozenset(moved), is_whole)


def _encoded(
    company_id: UUID, events: Sequence[Event], with_public: bool
) -> dict[UUID, list[Entry]]:
    staff, customers = system_actor(company_id), customer_reader(company_id)
    named = named_by(staff, events)
    found: dict[UUID, list[Entry]] = {}
    for event in events:
        if event.seq is None:
            continue
        public = None
        if with_public and event.audience == Audience.ALL and event.public_seq is not None:
            public = encode("event", **event_data(customers, event, named))
        entry = Entry(
            event.seq,
            encode("event", **event_data(staff, event, named)),
            event.public_seq if event.audience == Audience.ALL else None,
            public,
        )
        found.setdefault(conversation_of(event.stream), []).append(entry)
    return found


def changed_since(company_id: UUID, since: datetime) -> list[tuple[UUID, int, bool]]:
    """Conversations that moved since then, with the ends of their logs; deleted ones too.

    The third is whether customers saw them move.
    """
    after = since - SLACK
    rows = conversations_changed(company_id, after)
    return [(key, seq, at > after) for key, seq, at in rows]


def counts(company_id: UUID, actors: Sequence[Actor]) -> list[Frame]:
    """What waits, for each of them."""
    with company_scope(company_id):
        return [encode("counts", **counts_of(actor)) for actor in actors]


# Signs that were stored


def read_frames(
    company_id: UUID, pointers: Mapping[tuple[UUID, UUID], tuple[int, int]]
) -> list[tuple[UUID, UUID, Frame, Frame | None]]:
    """How far people have read: (conversation, member, for staff, for customers).

    `pointers` tells from where to where each moved. A hidden person leaves no trace. Customers are
    told of other customers, and of the staff whom they have heard from: who else has looked is
    nothing they are told, nor that somebody has read a note.
    """
    with company_scope(company_id):
        members = {member_id for _, member_id in pointers}
        people = {row.pk: row for row in Membership.objects.filter(pk__in=members)}
        ids = {conversation_id for conversation_id, _ in pointers}
        rows = {row.pk: row for row in Conversation.objects.filter(pk__in=ids)}
        customers = customer_reader(company_id)
        found = []
        for (conversation_id, member_id), (before, seq) in pointers.items():
            member, row = people.get(member_id), rows.get(conversation_id)
            if member is None or row is None or member.availability == Availability.INVISIBLE:
                continue
            named = {"conv": str(conversation_id), "member": person(member)}
            public = None
            if has_met(row, member):
                place = outer_seq(customers, row, seq)
                if place > outer_seq(customers, row, before):
                    public = encode("read", **named, seq=place)
            found.append((conversation_id, member_id, encode("read", **named, seq=seq), public))
        return found


def has_met(conversation: Conversation, member: Membership) -> bool:
    """Whether customers there know of this person: of each other, and of staff who answer them."""
    if conversation.is_room or member.role == Role.USER:
        return not conversation.is_room
    said = Message.objects.of_conversation(conversation).public().filter(author=member)
    return conversation.assignee_id == member.pk or bool(said.exists())
