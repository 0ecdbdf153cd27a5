"""Rows of the inbox for many people at once, and who has lost sight of one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from companies.services import Rights
from conversations.api.serializers.rows import COLUMNS, summary
from conversations.choices import CUSTOMERS
from conversations.events import (
    ConversationAssigned,
    ConversationDeleted,
    ConversationDepartmentChanged,
    ParticipantRemoved,
)
from conversations.realtime.reading import MOVING, SLACK
from conversations.realtime.seeing import OWN_COLUMNS, Seats, rights_now, rows_of, seats_of, sees
from conversations.services.log import conversation_of, stream_of
from conversations.sight import Sight
from tokdesk.common.live.frames import Frame, encode
from tokdesk.common.models import Event
from tokdesk.common.tenancy import company_scope

# How far back a row of the inbox looks for what took it out of somebody's sight.
LOOK_BACK = 50
NO_PLACE = {f"mine__{name}": None for name in OWN_COLUMNS}
ROW_COLUMNS = tuple(name for name in COLUMNS if not name.startswith("mine__"))


@dataclass(frozen=True)
class Rows:
    """Rows of the inbox: which frame for whom, and who has lost one."""

    rights: Rights
    shown: list[tuple[Frame, list[UUID]]] = field(default_factory=list)
    gone: list[tuple[UUID, list[UUID]]] = field(default_factory=list)
    # Whose numbers may have changed by it.
    touched: frozenset[UUID] = frozenset()
    heads: dict[UUID, int] = field(default_factory=dict)


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
        rows = {row["id"]: row for row in rows_of(due.keys(), ROW_COLUMNS)}
        seats = seats_of(due.keys(), {sight.member_id for sight in sights})
        past, heads = _earlier(company_id, due, told, rows)
        shown: dict[UUID, dict[tuple[Any, ...], tuple[Frame, list[UUID]]]] = {}
        gone: dict[UUID, list[UUID]] = {}
        touched: set[UUID] = set()
        for conversation_id, only in due.items():
            row = rows.get(conversation_id)
            for sight in sights:
                if only is not None and sight.member_id not in only:
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
