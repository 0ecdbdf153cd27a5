"""Many hands on the same departments at once: one effect, and always a living default."""

from typing import Any

import pytest

from accounts.models import Membership
from accounts.services.members import deactivate_member
from accounts.tests.factories import access_of, actor_for
from companies.tests.factories import make_company
from conftest import World
from departments.models import Department, DepartmentMember
from departments.services import make_general, update_department
from departments.tests.factories import make_department
from tokdesk.common.actor import system_actor
from tokdesk.common.models import Event
from tokdesk.common.testing import ApiClient, finish_jobs, race
from tokdesk.tests.answers import faults, outcome

pytestmark = [pytest.mark.contract, pytest.mark.django_db(transaction=True)]


def outcomes(answers: list[Any]) -> list[tuple[int, str]]:
    return sorted(outcome(answer) for answer in answers)


def living(world: World) -> Any:
    return Department.unscoped.filter(company=world.company, is_deleted=False)


def of_type(name: str) -> int:
    return Event.objects.filter(type=name).count()


def test_of_fifty_departments_of_one_name_one_is_made(acme: World) -> None:
    access = access_of(acme.admin)
    spellings = ["Sales", "SALES", "sales", " Sales "]

    answers = race(
        lambda number: ApiClient(access).post("departments/", {"name": spellings[number % 4]})
    )

    assert outcomes(answers) == [(201, ""), *[(409, "name_taken")] * 49]
    assert living(acme).filter(name_key="sales").count() == of_type("department.created") == 1


def test_of_fifty_renamings_to_one_name_one_is_done(acme: World) -> None:
    access = access_of(acme.admin)
    rows = [make_department(acme.company, f"Team {number}") for number in range(50)]

    answers = race(
        lambda number: ApiClient(access).patch(f"departments/{rows[number].id}/", {"name": "Sales"})
    )

    assert outcomes(answers) == [(200, ""), *[(409, "name_taken")] * 49]
    assert living(acme).filter(name_key="sales").count() == of_type("department.changed") == 1


def test_of_fifty_edits_of_one_version_one_wins(acme: World) -> None:
    access = access_of(acme.manager)

    answers = race(
        lambda number: ApiClient(access).patch(
            f"departments/{acme.support.id}/", {"name": f"Name {number}", "version": 1}
        )
    )

    assert outcomes(answers) == [(200, ""), *[(409, "stale_version")] * 49]
    assert living(acme).get(pk=acme.support.pk).version == 2


def test_a_person_placed_fifty_times_has_one_place(acme: World) -> None:
    access = access_of(acme.admin)

    answers = race(
        lambda _: ApiClient(access).post(
            f"departments/{acme.billing.id}/members/", {"member": str(acme.agent.id)}
        )
    )

    assert outcomes(answers) == [*[(200, "")] * 49, (201, "")]
    assert {answer.json()["id"] for answer in answers} == {str(acme.agent.id)}
    assert DepartmentMember.unscoped.filter(member=acme.agent, department=acme.billing).count() == 1
    assert of_type("department.member_added") == 1


def test_a_place_taken_fifty_times_is_taken_once(acme: World) -> None:
    access = access_of(acme.admin)

    answers = race(
        lambda _: ApiClient(access).delete(
            f"departments/{acme.support.id}/members/{acme.manager.id}/"
        )
    )

    assert outcomes(answers) == [(204, ""), *[(404, "not_found")] * 49]
    assert of_type("department.member_removed") == of_type("department.head_changed") == 1


def test_of_many_archives_of_one_department_one_is_done(acme: World) -> None:
    access = access_of(acme.admin)
    targets = [acme.billing, make_department(acme.company, "Sales")]

    answers = race(
        lambda number: ApiClient(access).post(
            f"departments/{acme.support.id}/archive/", {"move_to": str(targets[number % 2].id)}
        ),
        20,
    )

    assert outcomes(answers) == [(200, ""), *[(404, "not_found")] * 19]
    assert of_type("department.archived") == 1
    assert living(acme).filter(is_default=True).count() == 1


@pytest.mark.parametrize("default", ["support", "billing", "sales"])
def test_two_that_are_archived_into_each_other_leave_a_living_default(
    acme: World, default: str
) -> None:
    rows = {"support": acme.support, "billing": acme.billing}
    rows["sales"] = make_department(acme.company, "Sales")
    Department.unscoped.filter(company=acme.company).update(is_default=False)
    Department.unscoped.filter(pk=rows[default].pk).update(is_default=True)
    access = access_of(acme.admin)
    ways = [(acme.support, acme.billing), (acme.billing, acme.support)]

    answers = race(
        lambda number: ApiClient(access).post(
            f"departments/{ways[number % 2][0].id}/archive/",
            {"move_to": str(ways[number % 2][1].id)},
        ),
        10,
    )

    done = [answer for answer in answers if answer.status_code == 200]
    late = [answer for answer in answers if answer.status_code != 200]
    assert len(done) == of_type("department.archived") == 1
    assert {outcome(answer) for answer in late} <= {(404, "not_found"), (400, "invalid")}
    assert all(
        faults(answer) == {"move_to": ["does_not_exist"]}
        for answer in late
        if answer.status_code == 400
    )
    assert living(acme).filter(is_default=True).count() == 1
    assert living(acme).count() == 2


def test_a_ring_of_archives_leaves_one_department_and_it_is_the_default(acme: World) -> None:
    rows = [acme.support, acme.billing]
    rows += [make_department(acme.company, f"Team {number}") for number in range(8)]
    access = access_of(acme.admin)

    race(
        lambda number: ApiClient(access).post(
            f"departments/{rows[number].id}/archive/",
            {"move_to": str(rows[(number + 1) % 10].id)},
        ),
        10,
    )

    left = list(living(acme))
    assert len(left) == 10 - of_type("department.archived") >= 1
    assert [row.is_default for row in left].count(True) == 1


def test_of_many_who_want_to_be_the_default_the_last_one_is(acme: World) -> None:
    rows = [make_department(acme.company, f"Team {number}") for number in range(20)]
    access = access_of(acme.admin)

    answers = race(
        lambda number: ApiClient(access).patch(
            f"departments/{rows[number].id}/", {"is_default": True}
        ),
        20,
    )

    assert outcomes(answers) == [(200, "")] * 20
    assert living(acme).filter(is_default=True).count() == 1


def test_general_is_made_once_however_many_ask(db: None) -> None:
    company = make_company("initech")

    made = race(
        lambda _: make_general(actor=system_actor(company.id), company_id=company.id).id, 20
    )

    assert Department.unscoped.filter(company=company).count() == 1
    assert len(set(made)) == of_type("department.created") == 1


def test_nobody_deactivated_stays_head_whoever_is_first(acme: World) -> None:
    rows = [make_department(acme.company, f"Team {number}") for number in range(10)]
    admin = actor_for(acme.admin)

    def work(number: int) -> Any:
        if number == 5:
            return deactivate_member(actor=admin, member=acme.agent)
        return update_department(actor=admin, department=rows[number], changes={"head": acme.agent})

    race(work, 10)
    finish_jobs()

    assert not Membership.unscoped.get(pk=acme.agent.pk).is_active
    assert not living(acme).filter(head=acme.agent).exists()
