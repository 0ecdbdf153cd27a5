"""Who sees a conversation is the same in memory as in the database, for every combination."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from accounts.models import Membership
from accounts.tests.factories import actor_for, make_member
from conftest import World
from conversations.choices import INVITED, Kind, ParticipantKind
from conversations.models import Conversation, Participant
from conversations.sight import DECIDING, Sight
from conversations.tests.factories import make_conversation, make_room
from departments.models import DepartmentMember
from tokdesk.common.roles import Role
from tokdesk.common.tenancy import company_scope

pytestmark = pytest.mark.contract


def test_both_ways_of_asking_agree(acme: World) -> None:
    people = everybody(acme)
    conversations = every_kind(acme, people)
    wrong, seen = [], 0
    for who, sees_colleagues in product(people, (True, False)):
        sight = sight_of(who, sees_colleagues)
        with company_scope(acme.company.pk):
            visible = set(Conversation.objects.visible_to(sight.actor).values_list("pk", flat=True))
            for row in Conversation.objects.values(*DECIDING):
                seat = Participant.objects.filter(conversation_id=row["id"], member=who).first()
                said = sight.sees(row, seat.kind if seat else None)
                seen += said
                if said != (row["id"] in visible):
                    wrong.append((who.role, sees_colleagues, row, seat and seat.kind))

    assert wrong == []
    assert (len(conversations) > 50, seen > 200) == (True, True)


def everybody(acme: World) -> list[Membership]:
    loner = make_member(acme.company, Role.AGENT, "loner@acme.example")
    placed_admin = make_member(acme.company, Role.COMPANY_ADMIN, "placed@acme.example")
    with company_scope(acme.company.pk):
        DepartmentMember.objects.create(
            company=acme.company, department=acme.billing, member=placed_admin
        )
    return [*acme.people(), loner, placed_admin]


def every_kind(acme: World, people: list[Membership]) -> list[Conversation]:
    """Each department and assignee, with each seat of each person."""
    found = []
    staff = [who for who in people if who.role != Role.USER]
    for department, assignee in product((acme.support, acme.billing), (None, *staff)):
        row = make_conversation(acme.customer)
        change(row, department=department, assignee=assignee)
        found.append(row)
    for who, kind in product(people, [*INVITED, ParticipantKind.READER]):
        row = make_conversation(acme.customer)
        change(row, department=acme.billing)
        sit(row, who, kind)
        found.append(row)
    found.append(make_room(acme.agent, acme.agent2))
    for who in (acme.customer, acme.admin):
        room = make_room(acme.agent, acme.manager, acme.agent2)
        sit(room, who, ParticipantKind.MEMBER)
        found.append(room)
    for department in (acme.support, acme.billing):
        room = make_room(acme.admin, acme.manager, acme.agent)
        change(room, kind=Kind.DEPARTMENT, department=department)
        found.append(room)
    room = make_room(acme.admin, acme.manager, acme.agent)
    change(room, kind=Kind.COMPANY)
    return [*found, room]


def change(row: Conversation, **values: Any) -> None:
    with company_scope(row.company_id):
        Conversation.objects.filter(pk=row.pk).update(**values)


def sit(row: Conversation, who: Membership, kind: str) -> None:
    with company_scope(row.company_id):
        rows = Participant.objects.filter(conversation=row, member=who)
        if not rows.update(kind=kind):
            Participant.objects.create(
                company_id=row.company_id, conversation=row, member=who, kind=kind
            )


def sight_of(who: Membership, sees_colleagues: bool) -> Sight:
    with company_scope(who.company_id):
        places = DepartmentMember.objects.of_member(who.pk).department_ids()
        actor = actor_for(who)
        if who.role == Role.AGENT and not sees_colleagues:
            actor = replace(actor, sees_colleagues=False)
        return Sight(actor, who.company_id, who.pk, frozenset(places), 1)
