"""What a room reads, in a thread: entries of many logs at once, who sees them, rows of the inbox.

All of it is encoded here, once for all who get the same.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from accounts.choices import Availability
from accounts.models import Membership, Session
from accounts.services.sessions import live_sessions
from accounts.services.standing import enter
from companies.services import Rights, rights_of
from conversations.api.serializers.log import event_data, named_by
from conversations.api.serializers.people import person
from conversations.api.serializers.rows import COLUMNS, summary
from conversations.choices import CUSTOMERS
from conversations.doors import conversations_changed
from conversations.events import (
    ConversationAssigned,
    ConversationDeleted,
    ConversationDepartmentChanged,
    ParticipantAdded,
    ParticipantRemoved,
)
from conversations.models import Conversation, Message, Participant
from conversations.selectors import counts_of, outer_seq
from conversations.services.log import conversation_of, stream_of
from conversations.sight import DECIDING, Sight
from departments.models import DepartmentMember
from tokdesk.common.actor import Actor, ActorKind, system_actor
from tokdesk.common.live.frames import Frame, encode
from tokdesk.common.models import Event
from tokdesk.common.models.event import Audience
from tokdesk.common.roles import STAFF, Role
from tokdesk.common.tenancy import company_scope

# How many entries are read at once, of so many logs.
MOST_ENTRIES, MOST_LOGS = 600, 40
# How far back a row of the inbox looks for what took it out of somebody's sight.
LOOK_BACK = 50
# A commit may come this long after the time that its row carries.
SLACK = timedelta(seconds=30)
MOST_CHANGED = 5000
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
OWN_COLUMNS = ("read_count", "unread_from", "unread_from_count")
NO_PLACE = {f"mine__{name}": None for name in OWN_COLUMNS}


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


@dataclass(frozen=True)
class Standings:
    """Who may still be here, by session; absent ones may not."""

    rights: Rights
    # With the time until which the session lives unless it is renewed.
    sights: dict[UUID, tuple[Sight, datetime]]


@dataclass(frozen=True)
class Rows:
    """Rows of the inbox: which frame for whom, and who has lost one."""

    rights: Rights
    shown: list[tuple[Frame, list[UUID]]] = field(default_factory=list)
    gone: list[tuple[UUID, list[UUID]]] = field(default_factory=list)
    # Whose numbers may have changed by it.
    touched: frozenset[UUID] = frozenset()
    heads: dict[UUID, int] = field(default_factory=dict)


Seats = dict[tuple[UUID, UUID], Mapping[str, Any]]


def rights_now(company_id: UUID) -> Rights:
    return rights_of([company_id])[company_id]


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
        wanted = Q(pk__in=[])
        for conversation_id in logs:
            stream = stream_of(conversation_id)
            wanted |= Q(stream=stream, seq__gt=heads[conversation_id])
        rows = Event.objects.filter(wanted).order_by("stream", "seq")
        events = list(rows[: MOST_ENTRIES + 1])
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


def changed_since(company_id: UUID, since: datetime) -> list[tuple[UUID, int, int]]:
    """Conversations that moved since then, with both ends of their logs; deleted ones too."""
    return list(conversations_changed(company_id, since - SLACK)[:MOST_CHANGED])


# Who sees what


def standings(company_id: UUID, sessions: Collection[UUID]) -> Standings:
    """Everybody of these sessions as they are now; the rights are read before, so never newer."""
    with company_scope(company_id):
        rights = rights_now(company_id)
        living = live_sessions(sessions)
        here = {
            key: (each, each.member_id)
            for key, each in living.items()
            if each.member is not None and each.member.company_id == company_id
        }
        places = _places(member_id for _, member_id in here.values())
        sights = {
            key: (_sight(each, company_id, member_id, places, rights), each.expires_at)
            for key, (each, member_id) in here.items()
            if member_id is not None
        }
        return Standings(rights, sights)


def _sight(
    session: Session,
    company_id: UUID,
    member_id: UUID,
    places: Mapping[UUID, set[UUID]],
    rights: Rights,
) -> Sight:
    actor = enter(session)
    departments = places.get(member_id, set()) if actor.role in STAFF else set()
    return Sight(actor, company_id, member_id, frozenset(departments), rights.version)


def _places(members: Iterable[Any]) -> dict[UUID, set[UUID]]:
    found: dict[UUID, set[UUID]] = {}
    rows = DepartmentMember.objects.filter(member_id__in=set(members))
    for member_id, department_id in rows.order_by().values_list("member_id", "department_id"):
        found.setdefault(member_id, set()).add(department_id)
    return found


def blind(
    company_id: UUID, followed: Mapping[UUID, Collection[Sight]]
) -> tuple[Rights, list[tuple[UUID, UUID]]]:
    """Who follows a conversation that they do not see: (conversation, member)."""
    with company_scope(company_id):
        members = {sight.member_id for sights in followed.values() for sight in sights}
        rows = {row["id"]: row for row in _rows(followed.keys(), DECIDING)}
        seats = _seats(followed.keys(), members)
        found = [
            (conversation_id, sight.member_id)
            for conversation_id, sights in followed.items()
            for sight in sights
            if not _sees(sight, rows.get(conversation_id), seats, conversation_id)
        ]
        return rights_now(company_id), found


def _sees(sight: Sight, row: Mapping[str, Any] | None, seats: Seats, conversation_id: UUID) -> bool:
    seat = seats.get((conversation_id, sight.member_id))
    return row is not None and sight.sees(row, seat["kind"] if seat else None)


def _rows(ids: Collection[UUID], columns: Sequence[str]) -> list[dict[str, Any]]:
    return list(Conversation.objects.filter(pk__in=ids).order_by().values(*columns))


def _seats(ids: Collection[UUID], members: Collection[UUID]) -> Seats:
    rows = Participant.objects.filter(conversation_id__in=ids, member_id__in=members)
    columns = ("conversation_id", "member_id", "kind", *OWN_COLUMNS)
    return {
        (row["conversation_id"], row["member_id"]): row for row in rows.order_by().values(*columns)
    }


# The inbox

ROW_COLUMNS = tuple(name for name in COLUMNS if not name.startswith("mine__"))


def inbox_rows(
    company_id: UUID,
    due: Mapping[UUID, frozenset[UUID] | None],
    told: Mapping[UUID, int],
    sights: Sequence[Sight],
) -> Rows:
    """Rows of these conversations for everybody who sees them; `due` may name who needs one.

    `told` is where the logs stood when their rows were told last: of what was moved before, whoever
    lost sight by it knows.
    """
    with company_scope(company_id):
        rows = {row["id"]: row for row in _rows(due.keys(), ROW_COLUMNS)}
        seats = _seats(due.keys(), {sight.member_id for sight in sights})
        past, heads = _earlier(company_id, due, told, rows)
        shown: dict[UUID, dict[tuple[Any, ...], tuple[Frame, list[UUID]]]] = {}
        gone: dict[UUID, list[UUID]] = {}
        touched: set[UUID] = set()
        for conversation_id, only in due.items():
            row = rows.get(conversation_id)
            for sight in sights:
                if only is not None and sight.member_id not in only:
                    continue
                if row is not None and _sees(sight, row, seats, conversation_id):
                    seat = seats.get((conversation_id, sight.member_id))
                    _show(shown.setdefault(conversation_id, {}), sight, row, seat)
                elif _saw(sight, past.get(conversation_id, []), seats, conversation_id):
                    gone.setdefault(conversation_id, []).append(sight.member_id)
                else:
                    continue
                touched.add(sight.member_id)
        return Rows(
            rights_now(company_id),
            [pair for frames in shown.values() for pair in frames.values()],
            list(gone.items()),
            frozenset(touched),
            {**heads, **{key: row["last_seq"] for key, row in rows.items()}},
        )


def _show(
    frames: dict[tuple[Any, ...], tuple[Frame, list[UUID]]],
    sight: Sight,
    row: Mapping[str, Any],
    seat: Mapping[str, Any] | None,
) -> None:
    """Those who have read as much get the same bytes."""
    own = {f"mine__{name}": seat[name] for name in OWN_COLUMNS} if seat else NO_PLACE
    key = (sight.sees_notes, *own.values())
    if key not in frames:
        told = summary(sight.actor, {**row, **own})
        frames[key] = (encode("inbox", conversation=told), [])
    frames[key][1].append(sight.member_id)


@dataclass(frozen=True)
class Past:
    """How a conversation was before an entry; `removed` are (member, kind) who had a seat."""

    row: Mapping[str, Any] | None
    removed: tuple[UUID, str] | None = None


def _earlier(
    company_id: UUID,
    due: Iterable[UUID],
    told: Mapping[UUID, int],
    rows: Mapping[UUID, Mapping[str, Any]],
) -> tuple[dict[UUID, list[Past]], dict[UUID, int]]:
    """What these conversations were like before the last entries that move sight, and those."""
    wanted = Q(pk__in=[])
    for conversation_id in due:
        row = rows.get(conversation_id)
        behind = max(told.get(conversation_id, 0), row["last_seq"] - LOOK_BACK if row else 0)
        wanted |= Q(stream=stream_of(conversation_id), seq__gt=behind)
    found: dict[UUID, list[Past]] = {}
    heads: dict[UUID, int] = {}
    events = Event.objects.filter(wanted, company_id=company_id, type__in=MOVING)
    recent = events.filter(at__gt=timezone.now() - 2 * SLACK).order_by("stream", "-seq")
    now: dict[UUID, dict[str, Any]] = {}
    for event in recent:
        conversation_id = conversation_of(event.stream)
        row = now.setdefault(conversation_id, dict(rows.get(conversation_id) or {}))
        found.setdefault(conversation_id, []).append(_undone(event, row))
        heads.setdefault(conversation_id, event.seq or 0)
    return found, heads


def _undone(event: Event, row: dict[str, Any]) -> Past:
    told = event.payload
    if event.type == ConversationDeleted.type:
        return Past(None)
    if event.type == ConversationDepartmentChanged.type:
        row["department_id"] = _id(told["old"])
    if event.type == ConversationAssigned.type:
        row["assignee_id"] = _id(told["old"])
    if event.type == ParticipantRemoved.type:
        return Past(dict(row), (UUID(told["member"]), told["kind"]))
    return Past(dict(row))


def _saw(sight: Sight, past: Iterable[Past], seats: Seats, conversation_id: UUID) -> bool:
    """Of what is deleted all of the staff are told, customers where they had a seat."""
    seat = seats.get((conversation_id, sight.member_id))
    kind = seat["kind"] if seat else None
    for each in past:
        if each.row is None:
            if sight.sees_notes or kind in CUSTOMERS:
                return True
            continue
        was = each.removed[1] if each.removed and each.removed[0] == sight.member_id else kind
        if each.row and sight.sees(each.row, was):
            return True
    return False


def _id(value: str | None) -> UUID | None:
    return UUID(value) if value else None


def counts(company_id: UUID, actors: Sequence[Actor]) -> list[Frame]:
    """What waits, for each of them."""
    with company_scope(company_id):
        return [encode("counts", **counts_of(actor)) for actor in actors]


# Signs that were stored


def read_frames(
    company_id: UUID, pointers: Mapping[tuple[UUID, UUID], int]
) -> list[tuple[UUID, UUID, Frame, Frame | None]]:
    """How far people have read: (conversation, member, for staff, for customers).

    A hidden person leaves no trace. Customers are told of other customers, and of the staff whom
    they have heard from: who else has looked is nothing they are told.
    """
    with company_scope(company_id):
        members = {member_id for _, member_id in pointers}
        people = {row.pk: row for row in Membership.objects.filter(pk__in=members)}
        ids = {conversation_id for conversation_id, _ in pointers}
        rows = {row.pk: row for row in Conversation.objects.filter(pk__in=ids)}
        customers = customer_reader(company_id)
        found = []
        for (conversation_id, member_id), seq in pointers.items():
            member, row = people.get(member_id), rows.get(conversation_id)
            if member is None or row is None or member.availability == Availability.INVISIBLE:
                continue
            named = {"conv": str(conversation_id), "member": person(member)}
            public = None
            if member.role == Role.USER or (not row.is_room and _has_met(row, member)):
                public = encode("read", **named, seq=outer_seq(customers, row, seq))
            found.append((conversation_id, member_id, encode("read", **named, seq=seq), public))
        return found


def _has_met(conversation: Conversation, member: Membership) -> bool:
    said = Message.objects.of_conversation(conversation).public().filter(author=member)
    return conversation.assignee_id == member.pk or bool(said.exists())
