"""What happens to headships and places when people lose their access or their role."""

import pytest

from accounts.services.members import deactivate_member, reactivate_member
from accounts.tests.factories import actor_for, change_role
from companies.models import CompanyState
from conftest import World
from departments.models import Department, DepartmentMember
from departments.services import leave_departments, vacate_headships
from departments.tests.factories import make_department
from tokdesk.common.models import Event
from tokdesk.common.roles import Role
from tokdesk.common.testing import finish_jobs, recorded_events
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

OF_DEPARTMENTS = "department."


def heads(world: World) -> dict[str, str | None]:
    rows = Department.unscoped.filter(company=world.company)
    return dict(rows.values_list("name", "head__name"))


def places(world: World) -> set[tuple[str, str]]:
    rows = DepartmentMember.unscoped.filter(company=world.company)
    return set(rows.values_list("department__name", "member__name"))


def ours(events: list[str]) -> list[str]:
    return [each for each in events if each.startswith(OF_DEPARTMENTS)]


@pytest.fixture
def busy(acme: World, globex: World) -> World:
    """The manager heads two departments and is placed in a third."""
    make_department(acme.company, "Sales", acme.manager, head=acme.manager)
    make_department(acme.company, "Law", acme.manager, acme.agent, head=acme.agent)
    return acme


BEFORE = {
    ("Support", "Manager"),
    ("Support", "Agent"),
    ("Billing", "Agent2"),
    ("Sales", "Manager"),
    ("Law", "Manager"),
    ("Law", "Agent"),
}


def test_a_deactivated_person_heads_nothing_and_keeps_the_places(
    busy: World, globex: World
) -> None:
    deactivate_member(actor=actor_for(busy.admin), member=busy.manager)

    with recorded_events() as events:
        finish_jobs()

    assert heads(busy) == {"Support": None, "Sales": None, "Law": "Agent", "Billing": None}
    assert heads(globex) == {"Support": "Manager", "Billing": None}
    assert places(busy) == BEFORE
    assert ours(events) == ["department.changed", "department.head_changed"] * 2
    event = Event.objects.filter(type="department.head_changed").latest("id")
    assert (event.company_id, event.actor_kind) == (busy.company.id, "system")
    assert event.payload["old"] == str(busy.manager.id)


def test_who_is_back_before_the_job_runs_stays_head(busy: World) -> None:
    deactivate_member(actor=actor_for(busy.admin), member=busy.manager)
    reactivate_member(actor=actor_for(busy.admin), member=busy.manager)

    with recorded_events() as events:
        finish_jobs()

    assert heads(busy)["Support"] == "Manager"
    assert ours(events) == []


def test_who_becomes_a_customer_loses_places_and_headships(busy: World, globex: World) -> None:
    change_role(actor=actor_for(busy.admin), member=busy.manager, role=Role.USER)
    before = CompanyState.unscoped.get(company=busy.company).access_version

    with recorded_events() as events:
        finish_jobs()

    assert places(busy) == {each for each in BEFORE if each[1] != "Manager"}
    assert heads(busy) == {"Support": None, "Sales": None, "Law": "Agent", "Billing": None}
    assert len(places(globex)) == 3
    assert sorted(ours(events)) == sorted(
        ["department.member_removed"] * 3 + ["department.changed", "department.head_changed"] * 2
    )
    assert CompanyState.unscoped.get(company=busy.company).access_version == before + 1


@pytest.mark.parametrize("role", [Role.AGENT, Role.COMPANY_ADMIN])
def test_any_other_role_keeps_both(busy: World, role: Role) -> None:
    change_role(actor=actor_for(busy.admin), member=busy.manager, role=role)
    before = heads(busy)

    finish_jobs()

    assert (heads(busy), places(busy)) == (before, BEFORE)


def test_who_is_staff_again_before_the_job_runs_keeps_both(busy: World) -> None:
    change_role(actor=actor_for(busy.admin), member=busy.manager, role=Role.USER)
    change_role(actor=actor_for(busy.admin), member=busy.manager, role=Role.MANAGER)

    finish_jobs()

    assert (heads(busy)["Sales"], places(busy)) == ("Manager", BEFORE)


def test_a_second_run_finds_nothing_to_do(busy: World) -> None:
    deactivate_member(actor=actor_for(busy.admin), member=busy.manager)
    change_role(actor=actor_for(busy.admin), member=busy.agent, role=Role.USER)
    finish_jobs()

    with recorded_events() as events:
        vacate_headships(company_id=busy.company.id, member_id=busy.manager.id)
        leave_departments(company_id=busy.company.id, member_id=busy.agent.id)

    assert events == []


def test_those_who_head_nothing_leave_no_trace(acme: World) -> None:
    with nothing_changes():
        vacate_headships(company_id=acme.company.id, member_id=acme.agent2.id)
