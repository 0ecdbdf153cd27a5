"""Rows of the inbox for many people at once, and who has lost sight of one."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q

from companies.services import Rights
from conversations.api.serializers.rows import COLUMNS, summary
from conversations.doors import every_conversation
from conversations.events import (
    ConversationAssigned,
    ConversationDepartmentChanged,
    ParticipantRemoved,
)
from conversations.realtime.reading import MOVING, SLACK
from conversations.realtime.seeing import OWN_COLUMNS, Seats, rights_now, rows_of, seats_of, sees
from conversations.services.log import conversation_of, stream_of
from conversations.sight import DECIDING, Sight
from tokdesk.common.live.frames import Frame, encode
from tokdesk.common.models import Event
from tokdesk.common.tenancy import company_scope

# How far back a row of the inbox looks for what took it out of somebody's sight.
LOOK_BACK = 50
NO_PLACE = {f"mine__{name}": None for name in OWN_COLUMNS}
ROW_COLUMNS = tuple(name for name in COLUMNS if not name.startswith("mine__"))


class Place(NamedTuple):
    """Where a log stood when its row was told; None where customers have not been told it."""

    seq: int
    public_seq: int | None


@dataclass(frozen=True)
class Due:
    """Who needs a row: all who see it, of customers only where something `is_public`, or some.

    The log reaches to `seq`, and at least since `since` nobody here was told of it.
    """

    since: datetime
    seq: int = 0
    is_for_all: bool = False
    is_public: bool = False
    named: frozenset[UUID] = frozenset()

    def and_also(self, other: "Due") -> "Due":
        """What serves both."""
        return Due(
            min(self.since, other.since),
            max(self.seq, other.seq),
            self.is_for_all or other.is_for_all,
            self.is_public or other.is_public,
            self.named | other.named,
        )

    def is_for(self, sight: Sight, *, is_new_to_customers: bool) -> bool:
        is_new = sight.sees_notes or is_new_to_customers
        return sight.member_id in self.named or (self.is_for_all and is_new)


@dataclass(frozen=True)
class Rows:
    """Rows of the inbox: which frame for whom, and who has lost one."""

    rights: Rights
    shown: list[tuple[Frame, list[UUID]]] = field(default_factory=list)
    gone: list[tuple[UUID, list[UUID]]] = field(default_factory=list)
    # Whose numbers may have changed by it.
    touched: frozenset[UUID] = frozenset()
    # Where the logs stand whose rows everybody has now.
    places: dict[UUID, Place] = field(default_factory=dict)


def inbox_rows(
    company_id: UUID,
    due: Mapping[UUID, Due],
    told: Mapping[UUID, Place],
    sights: Sequence[Sight],
) -> Rows:
    """Rows of these conversations for everybody who needs and sees them.

    `told` is where the logs stood when their rows were told last: of what was moved before, whoever
    lost sight by it knows. A row that customers know does not come to them again for what only the
    staff see.
    """
    with company_scope(company_id):
        rows = {row["id"]: row for row in rows_of(due.keys(), ROW_COLUMNS)}
        seats = seats_of(due.keys(), {sight.member_id for sight in sights})
        hidden = _deleted(company_id, due.keys() - rows.keys())
        past = _earlier(company_id, due, told, rows, hidden)
        places = {
            key: _place(due[key], told.get(key), row) for key, row in {**rows, **hidden}.items()
        }
        shown: dict[UUID, dict[tuple[Any, ...], tuple[Frame, list[UUID]]]] = {}
        gone: dict[UUID, list[UUID]] = {}
        touched: set[UUID] = set()
        for conversation_id, each in due.items():
            row = rows.get(conversation_id)
            is_new = _is_new_to_customers(told.get(conversation_id), places.get(conversation_id))
            for sight in sights:
                if not each.is_for(sight, is_new_to_customers=is_new):
                    continue
                if row is not None and sees(sight, row, seats, conversation_id):
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
            {key: place for key, place in places.items() if due[key].is_for_all},
        )


def _place(due: Due, told: Place | None, row: Mapping[str, Any]) -> Place:
    known = told.public_seq if told else None
    is_told = due.is_public or known is not None
    return Place(row["last_seq"], row["last_public_seq"] if is_told else None)


def _is_new_to_customers(told: Place | None, now: Place | None) -> bool:
    if now is None or now.public_seq is None:
        return False
    return told is None or told.public_seq is None or now.public_seq > told.public_seq


def _deleted(company_id: UUID, ids: Collection[UUID]) -> dict[UUID, Mapping[str, Any]]:
    """Rows that nobody sees any more, as they were."""
    rows = every_conversation(company_id).filter(pk__in=ids).order_by()
    found = rows.values(*DECIDING, "last_seq", "last_public_seq")
    return {row["id"]: row for row in found}


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

    row: Mapping[str, Any]
    removed: tuple[UUID, str] | None = None


def _earlier(
    company_id: UUID,
    due: Mapping[UUID, Due],
    told: Mapping[UUID, Place],
    rows: Mapping[UUID, Mapping[str, Any]],
    deleted: Mapping[UUID, Mapping[str, Any]],
) -> dict[UUID, list[Past]]:
    """What these conversations were like before the last entries that move sight."""
    wanted = Q(pk__in=[])
    now: dict[UUID, dict[str, Any]] = {}
    for conversation_id, each in due.items():
        row = rows.get(conversation_id) or deleted.get(conversation_id)
        if row is None:
            continue
        now[conversation_id] = dict(row)
        place = told.get(conversation_id)
        behind = max(place.seq if place else 0, row["last_seq"] - LOOK_BACK)
        stream, after = stream_of(conversation_id), each.since - 2 * SLACK
        wanted |= Q(stream=stream, seq__gt=behind, at__gt=after)
    found: dict[UUID, list[Past]] = {}
    events = Event.objects.filter(wanted, company_id=company_id, type__in=MOVING)
    for event in events.order_by("stream", "-seq"):
        conversation_id = conversation_of(event.stream)
        found.setdefault(conversation_id, []).append(_undone(event, now[conversation_id]))
    return found


def _undone(event: Event, row: dict[str, Any]) -> Past:
    told = event.payload
    if event.type == ConversationDepartmentChanged.type:
        row["department_id"] = _id(told["old"])
    if event.type == ConversationAssigned.type:
        row["assignee_id"] = _id(told["old"])
    if event.type == ParticipantRemoved.type:
        return Past(dict(row), (UUID(told["member"]), told["kind"]))
    return Past(dict(row))


def _saw(sight: Sight, past: Iterable[Past], seats: Seats, conversation_id: UUID) -> bool:
    seat = seats.get((conversation_id, sight.member_id))
    kind = seat["kind"] if seat else None
    for each in past:
        was = each.removed[1] if each.removed and each.removed[0] == sight.member_id else kind
        if sight.sees(each.row, was):
            return True
    return False


def _id(value: str | None) -> UUID | None:
    return UUID(value) if value else None
