"""POST auth/login/: which company the session opens in, and in what order all are shown."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Membership, Session, User
from accounts.tests.factories import PASSWORD, make_member
from companies.choices import Status
from companies.tests.factories import make_company
from conftest import World
from tokdesk.common.roles import Role
from tokdesk.common.testing import ApiClient, without_request_id
from tokdesk.tests.answers import outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

EMAIL = "both@work.example"


@pytest.fixture
def both(acme: World, globex: World) -> tuple[Membership, Membership]:
    """One person who is an agent in Acme and a customer of Globex, joined in this order."""
    at_acme = make_member(acme.company, Role.AGENT, EMAIL)
    return at_acme, make_member(globex.company, Role.USER, EMAIL)


def sign_in(**fields: str) -> Any:
    return ApiClient().post("auth/login/", {"email": EMAIL, "password": PASSWORD, **fields})


def slugs(answer: Any) -> list[str]:
    return [each["slug"] for each in answer.json()["companies"]]


@pytest.mark.parametrize(("slug", "role"), [("acme", "agent"), ("globex", "user")])
@pytest.mark.usefixtures("both")
def test_a_named_company_is_entered(slug: str, role: str) -> None:
    answer = sign_in(company=slug)

    assert answer.status_code == 200
    assert (answer.json()["company"]["slug"], answer.json()["role"]) == (slug, role)


@pytest.mark.usefixtures("both")
def test_before_any_use_the_company_joined_first_is_entered() -> None:
    answer = sign_in()

    assert answer.json()["company"]["slug"] == "acme"
    assert slugs(answer) == ["acme", "globex"]


@pytest.mark.usefixtures("both")
def test_the_company_used_last_is_entered_and_stands_first() -> None:
    with time_machine.travel(timezone.now() - timedelta(hours=2)):
        sign_in(company="acme")
    with time_machine.travel(timezone.now() - timedelta(hours=1)):
        sign_in(company="globex")

    answer = sign_in()

    assert answer.json()["company"]["slug"] == "globex"
    assert slugs(answer) == ["globex", "acme"]


@pytest.mark.usefixtures("both")
def test_the_company_just_entered_stands_first_at_once() -> None:
    answer = sign_in(company="globex")

    assert slugs(answer) == ["globex", "acme"]


@pytest.mark.usefixtures("both")
def test_every_company_of_the_person_is_shown_with_its_role() -> None:
    make_member(make_company("initech", Status.SUSPENDED), Role.MANAGER, EMAIL)

    answer = sign_in()

    shown = {(c["slug"], c["status"], c["role"]) for c in answer.json()["companies"]}
    assert shown == {
        ("acme", "active", "agent"),
        ("globex", "active", "user"),
        ("initech", "suspended", "manager"),
    }


@pytest.mark.usefixtures("both")
def test_a_deleted_company_is_not_shown(globex: World) -> None:
    type(globex.company).objects.filter(pk=globex.company.pk).update(is_deleted=True)

    answer = sign_in()

    assert slugs(answer) == ["acme"]


def test_a_closed_company_used_last_is_passed_over(
    both: tuple[Membership, Membership], globex: World
) -> None:
    sign_in(company="globex")
    type(globex.company).objects.filter(pk=globex.company.pk).update(status=Status.SUSPENDED)

    answer = sign_in()

    assert answer.status_code == 200
    assert answer.json()["company"]["slug"] == "acme"


def test_a_deactivated_membership_used_last_is_passed_over(
    both: tuple[Membership, Membership],
) -> None:
    sign_in(company="globex")
    Membership.unscoped.filter(pk=both[1].pk).update(status="deactivated")

    answer = sign_in()

    assert answer.json()["company"]["slug"] == "acme"


def test_a_removed_membership_is_gone(both: tuple[Membership, Membership]) -> None:
    Membership.unscoped.filter(pk=both[1].pk).update(is_deleted=True)

    assert slugs(sign_in()) == ["acme"]
    assert outcome(sign_in(company="globex")) == (401, "invalid_credentials")


def test_a_foreign_company_answers_like_an_unknown_one_and_a_wrong_password(
    acme: World, globex: World
) -> None:
    person = {"email": "agent@acme.example", "password": PASSWORD}

    with nothing_changes():
        foreign = ApiClient().post("auth/login/", {**person, "company": "globex"})
        unknown = ApiClient().post("auth/login/", {**person, "company": "nowhere"})
        wrong = ApiClient().post("auth/login/", {**person, "password": "wrong", "company": "acme"})

    assert outcome(foreign) == (401, "invalid_credentials")
    assert without_request_id(foreign) == without_request_id(unknown)
    assert without_request_id(foreign) == without_request_id(wrong)


def test_the_name_of_a_company_is_not_its_address(acme: World) -> None:
    person = {"email": "agent@acme.example", "password": PASSWORD}

    assert ApiClient().post("auth/login/", {**person, "company": "Acme"}).status_code == 401


def test_platform_staff_enter_no_company_by_name(staff: User, acme: World) -> None:
    with nothing_changes():
        answer = ApiClient().post(
            "auth/login/", {"email": staff.email, "password": PASSWORD, "company": "acme"}
        )

    assert outcome(answer) == (401, "invalid_credentials")
    assert not Session.objects.exists()
