"""Approval makes the department General, in the company's language, with its admins in it."""

from typing import Any

import pytest
from django.utils import translation
from django.utils.translation import pgettext

from accounts.models import User
from accounts.tests.factories import actor_for, make_member
from companies.models import Company
from companies.services import (
    approve_company,
    reject_company,
    restore_company,
    resubmit_company,
    suspend_company,
)
from companies.tests.factories import make_company
from conftest import client_of
from departments.models import Department
from departments.services import make_general
from departments.tests.factories import make_department
from tokdesk.common.actor import system_actor
from tokdesk.common.errors import Denied
from tokdesk.common.models import Event
from tokdesk.common.roles import Role
from tokdesk.common.tenancy import company_scope
from tokdesk.common.testing import recorded_events
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


@pytest.fixture
def waiting() -> Company:
    return make_company("initech", "pending")


def departments_of(company: Company) -> list[tuple[str, bool, set[str]]]:
    with company_scope(company.id):
        return [
            (row.name, row.is_default, {place.member.name for place in row.places.all()})
            for row in Department.objects.all()
        ]


def test_approval_makes_general_and_places_the_admins(staff: User, waiting: Company) -> None:
    make_member(waiting, Role.COMPANY_ADMIN, "bill@initech.example")
    make_member(waiting, Role.COMPANY_ADMIN, "gone@initech.example", status="deactivated")
    make_member(waiting, Role.AGENT, "milton@initech.example")

    with recorded_events() as events:
        answer = client_of(staff).post(f"companies/{waiting.id}/approve/")

    assert answer.status_code == 200
    assert departments_of(waiting) == [("General", True, {"Bill"})]
    assert [each for each in events if each != "session.started"] == [
        "company.approved",
        "department.created",
        "department.member_added",
    ]
    made = Event.objects.get(type="department.created")
    assert (made.company_id, made.actor_kind) == (waiting.id, "system")
    assert made.request_id == Event.objects.get(type="company.approved").request_id


def test_the_first_admin_signs_in_and_finds_it(staff: User, waiting: Company) -> None:
    admin = make_member(waiting, Role.COMPANY_ADMIN, "bill@initech.example")
    approve_company(actor=actor_for(staff), company=waiting)

    [general] = client_of(admin).get("departments/").json()["results"]

    assert (general["name"], general["is_default"], general["member_count"]) == ("General", True, 1)


@pytest.mark.parametrize("reader", ["en", "ar"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_general_is_named_in_the_companys_language(staff: User, language: str, reader: str) -> None:
    company = make_company("initech", "pending", language=language)
    with translation.override(language):
        expected = pgettext("department", "General")

    with translation.override(reader):
        approve_company(actor=actor_for(staff), company=company)

    assert departments_of(company) == [(expected, True, set())]
    assert (expected == "General") is (language == "en")


def test_no_other_move_of_a_company_makes_a_department(staff: User, waiting: Company) -> None:
    actor = actor_for(staff)
    reject_company(actor=actor, company=waiting, reason="Who?")
    resubmit_company(actor=actor, company=waiting, changes={})
    assert departments_of(waiting) == []

    approve_company(actor=actor, company=waiting)
    suspend_company(actor=actor, company=waiting, reason="Unpaid.")
    restore_company(actor=actor, company=waiting)

    assert departments_of(waiting) == [("General", True, set())]


def test_general_is_not_made_twice(waiting: Company) -> None:
    actor = system_actor(waiting.id)
    first = make_general(actor=actor, company_id=waiting.id)

    with nothing_changes():
        again = make_general(actor=actor, company_id=waiting.id)

    assert again == first


def test_where_there_is_a_default_by_any_name_none_is_made(waiting: Company) -> None:
    make_member(waiting, Role.COMPANY_ADMIN, "bill@initech.example")
    chosen = make_department(waiting, "Everything", is_default=True)

    with nothing_changes():
        assert make_general(actor=system_actor(waiting.id), company_id=waiting.id) == chosen


def test_a_department_of_that_name_becomes_the_default(waiting: Company) -> None:
    make_department(waiting, "GENERAL")

    with recorded_events() as events:
        make_general(actor=system_actor(waiting.id), company_id=waiting.id)

    assert departments_of(waiting) == [("GENERAL", True, set())]
    assert events == ["department.changed"]


def test_an_archived_general_is_not_woken(waiting: Company) -> None:
    make_department(waiting, "General", is_deleted=True)

    make_general(actor=system_actor(waiting.id), company_id=waiting.id)

    assert Department.unscoped.filter(company=waiting).count() == 2


def test_a_failing_approval_makes_no_department(staff: User) -> None:
    company = make_company("initech", "pending", email_confirmed_at=None)

    with nothing_changes(), pytest.raises(Exception, match="address_unconfirmed"):
        approve_company(actor=actor_for(staff), company=company)


def test_admins_alone_may_make_it(acme: Any, globex: Any) -> None:
    Department.unscoped.filter(pk=acme.support.pk).update(is_default=False)

    for member in (acme.manager, acme.agent, acme.customer, globex.admin):
        with nothing_changes(), pytest.raises(Denied):
            make_general(actor=actor_for(member), company_id=acme.company.id)
