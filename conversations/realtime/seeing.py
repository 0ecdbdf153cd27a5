"""Who of the people at our sockets may still be here, and sees what they follow."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.models import Session
from accounts.services.sessions import live_sessions
from accounts.services.standing import enter
from companies.services import Rights, rights_of
from conversations.models import Conversation, Participant
from conversations.sight import DECIDING, Sight
from departments.models import DepartmentMember
from tokdesk.common.roles import STAFF
from tokdesk.common.tenancy import company_scope

# Of a participant: what their row of the inbox is made of.
OWN_COLUMNS = ("read_count", "unread_from", "unread_from_count")

Seats = dict[tuple[UUID, UUID], Mapping[str, Any]]


@dataclass(frozen=True)
class Standings:
    """Who may still be here, by session; absent ones may not."""

    rights: Rights
    # With the time until which the session lives unless it is renewed.
    sights: dict[UUID, tuple[Sight, datetime]]


def rights_now(company_id: UUID) -> Rights:
    return rights_of([company_id])[company_id]


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


def blind(company_id: UUID, followed: Mapping[UUID, Collection[Sight]]) -> list[tuple[UUID, UUID]]:
    """Who follows a conversation that they do not see: (conversation, member)."""
    with company_scope(company_id):
        members = {sight.member_id for sights in followed.values() for sight in sights}
        rows = {row["id"]: row for row in rows_of(followed.keys(), DECIDING)}
        seats = seats_of(followed.keys(), members)
        return [
            (conversation_id, sight.member_id)
            for conversation_id, sights in followed.items()
            for sight in sights
            if not sees(sight, rows.get(conversation_id), seats, conversation_id)
        ]


def sees(sight: Sight, row: Mapping[str, Any] | None, seats: Seats, conversation_id: UUID) -> bool:
    seat = seats.get((conversation_id, sight.member_id))
    return row is not None and sight.sees(row, seat["kind"] if seat else None)


def rows_of(ids: Collection[UUID], columns: Sequence[str]) -> list[dict[str, Any]]:
    return list(Conversation.objects.filter(pk__in=ids).order_by().values(*columns))


def seats_of(ids: Collection[UUID], members: Collection[UUID]) -> Seats:
    rows = Participant.objects.filter(conversation_id__in=ids, member_id__in=members)
    columns = ("conversation_id", "member_id", "kind", *OWN_COLUMNS)
    return {
        (row["conversation_id"], row["member_id"]): row for row in rows.order_by().values(*columns)
    }
