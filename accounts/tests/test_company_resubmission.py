"""POST companies/resubmit/: a rejected company is corrected and handed in again by its founder."""

from typing import Any

import pytest

from accounts.models import User
from accounts.services.registration import resubmit_sign_up
from accounts.tests.factories import NOBODY, PASSWORD, actor_for, make_member, make_user
from accounts.tests.forms import GOOD_PASSWORD, founder_token
from companies.choices import RESERVED_SLUGS
from companies.models import Company
from companies.services import approve_company, reject_company
from companies.tests.factories import make_company
from conftest import World
from tokdesk.common.roles import Role
from tokdesk.common.testing import ApiClient, recorded_events, without_request_id
from tokdesk.tests.answers import faults, outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


@pytest.fixture
def rejected(staff: User) -> Company:
    """A company whose founder has confirmed the address."""
    ApiClient().post("companies/confirm/", {"token": founder_token("initech")})
    company = Company.objects.get(slug="initech")
    return reject_company(actor=actor_for(staff), company=company, reason="Too vague.")


def resubmit(**fields: Any) -> Any:
    body = {"email": "bill@initech.example", "password": GOOD_PASSWORD, **fields}
    return ApiClient().post("companies/resubmit/", body)


def test_the_corrected_company_waits_again(rejected: Company) -> None:
    with recorded_events() as events:
        answer = resubmit(name="Initech Ltd", slug="initech-ltd", language="ar")

    assert answer.status_code == 200
    assert answer.json() == {"name": "Initech Ltd", "slug": "initech-ltd", "status": "pending"}
    assert events == ["company.resubmitted"]
    rejected.refresh_from_db()
    assert (rejected.status, rejected.status_reason, rejected.language) == ("pending", "", "ar")


def test_nothing_need_be_changed(rejected: Company) -> None:
    answer = resubmit()

    assert answer.json() == {"name": "Initech", "slug": "initech", "status": "pending"}


def test_it_can_be_approved_then(rejected: Company, staff: User) -> None:
    resubmit()

    approved = approve_company(actor=actor_for(staff), company=rejected)

    assert approved.status == "active"
    login = {"email": "bill@initech.example", "password": GOOD_PASSWORD}
    assert ApiClient().post("auth/login/", login).status_code == 200


def test_an_unconfirmed_founder_may_resubmit_too(staff: User) -> None:
    founder_token("initech")
    company = Company.objects.get()
    reject_company(actor=actor_for(staff), company=company, reason="Too vague.")

    answer = resubmit(name="Better")

    assert (answer.status_code, answer.json()["name"]) == (200, "Better")


def test_a_founder_with_an_account_uses_its_password(staff: User) -> None:
    make_user("bill@initech.example")
    ApiClient().post("companies/confirm/", {"token": founder_token("initech")})
    reject_company(actor=actor_for(staff), company=Company.objects.get(), reason="No.")

    assert outcome(resubmit(password=GOOD_PASSWORD)) == (401, "invalid_credentials")
    assert resubmit(password=PASSWORD).status_code == 200


def test_of_two_companies_the_rejected_one_is_meant(rejected: Company) -> None:
    other = make_company("zeta")
    make_member(other, Role.COMPANY_ADMIN, "bill@initech.example")

    answer = resubmit(name="Again")

    assert answer.json()["slug"] == "initech"
    other.refresh_from_db()
    assert (other.name, other.status, other.version) == ("Zeta", "active", 1)


@pytest.mark.parametrize("password", ["wrong-password", "", GOOD_PASSWORD + " "])
def test_a_wrong_password_changes_nothing(rejected: Company, password: str) -> None:
    with nothing_changes():
        answer = resubmit(password=password, name="Stolen")

    assert answer.status_code == (400 if password == "" else 401)


def test_who_founded_nothing_is_told_what_a_stranger_is_told(
    rejected: Company, acme: World
) -> None:
    with nothing_changes():
        member = resubmit(email="agent@acme.example", password=PASSWORD)
        stranger = resubmit(email="nobody@acme.example", password=PASSWORD)

    assert outcome(member) == (401, "invalid_credentials")
    assert without_request_id(member) == without_request_id(stranger)


@pytest.mark.parametrize("status", ["pending", "active", "suspended"])
def test_only_a_rejected_company_is_resubmitted(rejected: Company, status: str) -> None:
    Company.objects.update(status=status)

    with nothing_changes():
        answer = resubmit(name="Other")

    assert outcome(answer) == (409, "illegal_move")
    problem = answer.json()
    assert (problem["from"], problem["to"]) == (status, "pending")
    allowed = {"pending": ["active", "rejected"], "active": ["suspended"], "suspended": ["active"]}
    assert problem["allowed"] == allowed[status]


def test_a_taken_slug_is_refused(rejected: Company, acme: World) -> None:
    with nothing_changes():
        answer = resubmit(slug="acme")

    assert outcome(answer) == (409, "slug_taken")


@pytest.mark.parametrize("slug", sorted(RESERVED_SLUGS)[:3])
def test_a_reserved_slug_is_refused(rejected: Company, slug: str) -> None:
    with nothing_changes():
        answer = resubmit(slug=slug)

    assert outcome(answer) == (400, "slug_reserved")


@pytest.mark.parametrize(
    ("fields", "name"),
    [({"slug": "Bad Slug"}, "slug"), ({"name": ""}, "name"), ({"language": "fr"}, "language")],
)
def test_a_wrong_field_is_named(rejected: Company, fields: dict[str, str], name: str) -> None:
    with nothing_changes():
        answer = resubmit(**fields)

    assert outcome(answer) == (400, "invalid")
    assert list(faults(answer)) == [name]


def test_no_other_field_of_a_company_can_be_set(rejected: Company) -> None:
    with nothing_changes():
        answer = resubmit(status="active", email_confirmed_at="2026-01-01T00:00:00Z")

    assert outcome(answer) == (400, "unknown_field")


def test_a_deleted_company_is_not_resubmitted(rejected: Company) -> None:
    Company.objects.update(is_deleted=True)

    assert outcome(resubmit()) == (401, "invalid_credentials")


def test_the_service_answers_the_company(rejected: Company) -> None:
    company = resubmit_sign_up(
        actor=NOBODY,
        email="Bill@Initech.example",
        password=GOOD_PASSWORD,
        changes={"name": "Third"},
    )

    assert (company.pk, company.name, company.status) == (rejected.pk, "Third", "pending")
