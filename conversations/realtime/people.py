"""Who sits at a socket: how they come in and go, and what others see of them; in a thread."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from accounts import presence
from accounts.choices import Availability
from accounts.models import Membership
from accounts.services.tickets import spend_ticket
from conversations.api.serializers.people import person
from conversations.choices import Visibility
from conversations.models import Conversation
from conversations.realtime.reading import has_met
from conversations.realtime.seeing import standings
from conversations.sight import Sight
from tokdesk.common.errors import Denied, TokDeskError
from tokdesk.common.live import hints
from tokdesk.common.tenancy import company_scope

MOST_SOCKETS = 8


@dataclass(frozen=True)
class Who:
    """The person at a socket: their sight as of the last look, and their session."""

    sight: Sight
    session_id: UUID

    @property
    def company_id(self) -> UUID:
        return self.sight.company_id


@dataclass(frozen=True)
class Entered:
    """What a spent ticket opens."""

    who: Who
    person: dict[str, Any]
    availability: str
    company: dict[str, Any]
    expires_at: Any


class TooManySockets(TokDeskError):
    """The person has as many as one may."""


def come_in(
    ticket: str, socket_id: str, ip: str | None, user_agent: str, request_id: str
) -> Entered:
    """Spend the ticket of somebody who has just connected.

    Raises:
        Unauthenticated: no ticket of now. TooManySockets.
    """
    spent = spend_ticket(token=ticket)
    if spent.member is None:
        raise Denied
    company_id, member_id = spent.member.company_id, spent.member.pk
    found = standings(company_id, {spent.pk}).sights.get(spent.pk)
    if found is None or found[0].member_id != member_id:
        raise Denied
    sight, until = found
    actor = replace(sight.actor, ip=ip, user_agent=user_agent, request_id=request_id)
    sight = replace(sight, actor=actor)
    if not presence.enter(company_id, member_id, socket_id, most=MOST_SOCKETS):
        raise TooManySockets
    row, company = spent.member, spent.member.company
    if sight.sees_notes:
        hints.hint_presence(company.pk)
    return Entered(
        Who(sight, spent.pk),
        person(row) or {},
        row.availability,
        {"id": str(company.pk), "name": company.name, "slug": company.slug},
        until,
    )


def take_leave(company_id: UUID, leaving: Sequence[tuple[UUID, str]]) -> None:
    for member_id, socket_id in leaving:
        presence.leave(company_id, member_id, socket_id)
    hints.hint_presence(company_id, _seen(company_id, {member_id for member_id, _ in leaving}))


def _seen(company_id: UUID, members: Collection[UUID]) -> list[UUID]:
    """Those of the staff who do not hide; the going of the others is nobody's news."""
    with company_scope(company_id):
        rows = Membership.objects.staff().filter(pk__in=members)
        seen = rows.exclude(availability__in=presence.HIDDEN).order_by()
        return list(seen.values_list("pk", flat=True))


Sign = tuple[Who, Mapping[str, Any]]


def announce_signs(company_id: UUID, signs: Sequence[Sign]) -> None:
    """Tell every process what people do in conversations that they see.

    A hidden person leaves no sign, and customers see signs only of people whom they have met.
    """
    with company_scope(company_id):
        rows = Membership.objects.filter(pk__in={who.sight.member_id for who, _ in signs})
        people = {row.pk: row for row in rows.exclude(availability=Availability.INVISIBLE)}
        for who, sign in signs:
            member = people.get(who.sight.member_id)
            if member is not None:
                told = {**sign, "member": person(member), "public": _is_public(sign, member)}
                hints.announce(company_id, told)


def _is_public(sign: Mapping[str, Any], member: Membership) -> bool:
    if sign.get("visibility") != Visibility.PUBLIC:
        return False
    row = Conversation.objects.filter(pk=UUID(sign["conv"])).first()
    return row is not None and has_met(row, member)


@dataclass(frozen=True)
class Present:
    """Who of the staff is seen to be there; who is there and hides; and whose names are asked."""

    shown: dict[UUID, str]
    hidden: frozenset[UUID]
    people: dict[UUID, dict[str, Any]]


def who_is_there(company_id: UUID, before: Collection[UUID]) -> Present:
    with company_scope(company_id):
        shown = presence.shown(company_id)
        rows = Membership.objects.filter(pk__in={*before, *shown})
        people = {row.pk: person(row) or {} for row in rows}
        hidden = Membership.objects.staff().filter(availability=Availability.INVISIBLE)
        return Present(shown, frozenset(hidden.order_by().values_list("pk", flat=True)), people)
