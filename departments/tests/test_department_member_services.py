"""add_department_member, remove_department_member: who places whom where."""

from typing import Any

import pytest

from accounts.models import Membership
from accounts.tests.factories import actor_for, make_member
from companies.models import CompanyState
from conftest import World
from departments.models import Department, DepartmentMember
from departments.services import (
    add_department_member,
    own_department_ids,
    remove_department_member,
)
from departments.tests.factories import make_department
from tokdesk.common.actor import system_actor
from tokdesk.common.errors import Denied, Invalid, NotFound
from tokdesk.common.models import Event
from tokdesk.common.roles import Role
from tokdesk.common.testing import recorded_events
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


def access_version(world: World) -> int:
    return CompanyState.unscoped.get(company=world.company).access_version


def names_in(department: Department) -> set[str]:
    places = DepartmentMember.unscoped.filter(department=department)
    return set(places.values_list("member__name", flat=True))


def add(who: Membership, department: Department, member: Membership) -> Any:
    return add_department_member(actor=actor_for(who), department=department, member=member)


def remove(who: Membership, department: Department, member: Membership) -> None:
    remove_department_member(actor=actor_for(who), department=department, member=member)


@pytest.mark.parametrize("who", ["admin", "manager", "agent"])
def test_an_admin_places_any_active_staff(acme: World, who: str) -> None:
    before, member = access_version(acme), getattr(acme, who)

    with recorded_events() as events:
        placement = add(acme.admin, acme.billing, member)

    assert (placement.member, placement.is_new) == (member, True)
    assert events == ["department.member_added"]
    event = Event.objects.get(type="department.member_added")
    assert event.payload == {"department_id": str(acme.billing.id), "member_id": str(member.id)}
    assert event.stream == f"department:{acme.billing.id}"
    assert acme.billing.id in own_department_ids(actor_for(member))
    assert access_version(acme) == before + 1


def test_a_second_place_is_none(acme: World) -> None:
    with recorded_events() as events:
        placement = add(acme.admin, acme.support, acme.agent)

    assert (placement.member, placement.is_new) == (acme.agent, False)
    assert events == []
    assert names_in(acme.support) == {"Agent", "Manager"}


def test_a_manager_places_and_removes_agents_in_the_own_department(acme: World) -> None:
    add(acme.manager, acme.support, acme.agent2)
    remove(acme.manager, acme.support, acme.agent)

    assert names_in(acme.support) == {"Agent2", "Manager"}


def test_a_manager_places_and_removes_nobody_else(acme: World) -> None:
    other = make_member(acme.company, Role.MANAGER, "other@acme.example")
    sales = make_department(acme.company, "Sales", acme.manager, acme.admin, other)

    for member in (acme.admin, other):
        with nothing_changes(), pytest.raises(Denied):
            add(acme.manager, sales, member)
    for member in (acme.admin, other, acme.manager):
        with nothing_changes(), pytest.raises(Denied):
            remove(acme.manager, sales, member)


def test_a_manager_does_not_vacate_the_headship(acme: World) -> None:
    sales = make_department(acme.company, "Sales", acme.manager, acme.agent, head=acme.agent)

    with nothing_changes(), pytest.raises(Denied):
        remove(acme.manager, sales, acme.agent)


@pytest.mark.parametrize("who", ["manager", "agent", "agent2", "customer"])
def test_nobody_places_where_they_do_not_lead(acme: World, who: str) -> None:
    member = getattr(acme, who)

    for target in (acme.agent, acme.agent2, member):
        with nothing_changes(), pytest.raises(Denied):
            add(member, acme.billing, target)
        with nothing_changes(), pytest.raises(Denied):
            remove(member, acme.billing, target)


@pytest.mark.parametrize("placer", ["admin", "manager"])
@pytest.mark.parametrize(
    "state", [{"role": "user"}, {"status": "deactivated"}, {"is_deleted": True}]
)
def test_only_active_staff_are_placed(acme: World, placer: str, state: Any) -> None:
    Membership.unscoped.filter(pk=acme.agent2.pk).update(**state)

    with nothing_changes(), pytest.raises(Invalid) as refusal:
        add(getattr(acme, placer), acme.support, acme.agent2)

    assert {
        name: [each.code for each in faults] for name, faults in refusal.value.fields.items()
    } == {"member": ["not_staff"]}


def test_a_place_is_taken_counted_and_announced(acme: World) -> None:
    before = access_version(acme)

    with recorded_events() as events:
        remove(acme.admin, acme.support, acme.agent)

    assert events == ["department.member_removed"]
    event = Event.objects.get(type="department.member_removed")
    assert event.payload == {
        "department_id": str(acme.support.id),
        "member_id": str(acme.agent.id),
    }
    assert own_department_ids(actor_for(acme.agent)) == frozenset()
    assert access_version(acme) == before + 1


def test_who_loses_the_place_is_head_no_more(acme: World) -> None:
    with recorded_events() as events:
        remove(acme.admin, acme.support, acme.manager)

    assert events == [
        "department.member_removed",
        "department.changed",
        "department.head_changed",
    ]
    department = Department.unscoped.get(pk=acme.support.pk)
    assert (department.head, department.version) == (None, 2)


def test_who_is_not_there_is_not_found(acme: World) -> None:
    for member in (acme.agent2, acme.customer, acme.admin):
        with nothing_changes(), pytest.raises(NotFound):
            remove(acme.admin, acme.support, member)


def test_a_deactivated_person_can_be_removed(acme: World) -> None:
    Membership.unscoped.filter(pk=acme.agent.pk).update(status="deactivated")

    remove(acme.manager, acme.support, acme.agent)

    assert names_in(acme.support) == {"Manager"}


def test_the_desk_itself_may_place(acme: World) -> None:
    placement = add_department_member(
        actor=system_actor(acme.company.id), department=acme.billing, member=acme.manager
    )

    assert placement.is_new


def test_nobody_is_placed_across_the_wall(acme: World, globex: World) -> None:
    for department, member, fault in (
        (acme.support, globex.agent, Invalid),
        (globex.support, acme.agent, Denied),
        (globex.support, globex.agent2, Denied),
    ):
        with nothing_changes(), pytest.raises(fault):
            add(acme.admin, department, member)
    with nothing_changes(), pytest.raises(Denied):
        remove(acme.admin, globex.support, globex.agent)
    with nothing_changes(), pytest.raises(NotFound):
        remove(acme.admin, acme.support, globex.agent)
