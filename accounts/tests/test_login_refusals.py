"""POST auth/login/: who is told that a door is closed, and who is told nothing."""

from typing import Any

import pytest

from accounts.models import Membership, Registration, User
from accounts.tests.factories import PASSWORD, actor_for, make_member, make_user
from accounts.tests.forms import GOOD_PASSWORD, founder_token, sign_up_form
from companies.models import Company
from companies.services import reject_company, suspend_company
from companies.tests.factories import make_company
from conftest import World
from tokdesk.common.roles import Role
from tokdesk.common.testing import ApiClient, without_request_id
from tokdesk.tests.answers import outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


def sign_in(email: str, password: str = PASSWORD, **fields: str) -> Any:
    return ApiClient().post("auth/login/", {"email": email, "password": password, **fields})


@pytest.mark.parametrize(
    ("status", "reason"), [("pending", ""), ("rejected", "No such firm."), ("suspended", "Unpaid.")]
)
def test_the_state_of_the_company_is_told_with_its_facts(status: str, reason: str) -> None:
    company = make_company("acme", status, status_reason=reason)
    make_member(company, Role.COMPANY_ADMIN, "admin@acme.example")

    with nothing_changes():
        answer = sign_in("admin@acme.example")

    assert outcome(answer) == (403, f"company_{status}")
    assert answer.json()["company"] == {
        "name": "Acme",
        "slug": "acme",
        "status": status,
        "reason": reason,
        "since": company.status_changed_at.isoformat().replace("+00:00", "Z"),
    }


@pytest.mark.parametrize("named", [{}, {"company": "acme"}])
@pytest.mark.parametrize("status", ["pending", "rejected", "suspended"])
def test_only_the_right_password_learns_the_state(status: str, named: dict[str, str]) -> None:
    make_member(make_company("acme", status), Role.COMPANY_ADMIN, "admin@acme.example")

    wrong = sign_in("admin@acme.example", "wrong-password", **named)
    unknown = sign_in("nobody@acme.example", "wrong-password", **named)

    assert outcome(wrong) == (401, "invalid_credentials")
    assert without_request_id(wrong) == without_request_id(unknown)


def test_a_deactivated_membership_is_told(acme: World) -> None:
    Membership.unscoped.filter(pk=acme.agent.pk).update(status="deactivated")

    with nothing_changes():
        right = sign_in("agent@acme.example")
        wrong = sign_in("agent@acme.example", "wrong-password")

    assert outcome(right) == (403, "membership_deactivated")
    assert right.json()["company"]["slug"] == "acme"
    assert right.json()["company"]["status"] == "active"
    assert outcome(wrong) == (401, "invalid_credentials")


def test_the_company_is_told_before_the_membership() -> None:
    company = make_company("acme", "suspended")
    make_member(company, Role.AGENT, "agent@acme.example", status="deactivated")

    assert outcome(sign_in("agent@acme.example")) == (403, "company_suspended")


def test_a_closed_account_is_told_nothing(acme: World) -> None:
    User.objects.filter(pk=acme.agent.user_id).update(is_active=False)

    with nothing_changes():
        right = sign_in("agent@acme.example")
        wrong = sign_in("agent@acme.example", "wrong-password")

    assert outcome(right) == (401, "invalid_credentials")
    assert without_request_id(right) == without_request_id(wrong)


def test_an_unconfirmed_founder_learns_that_the_company_waits() -> None:
    founder_token("initech")

    with nothing_changes():
        answer = sign_in("bill@initech.example", GOOD_PASSWORD)

    assert outcome(answer) == (403, "company_pending")
    assert answer.json()["company"]["slug"] == "initech"


@pytest.mark.parametrize(
    "attempt",
    [
        {"password": "wrong-password"},
        {"password": GOOD_PASSWORD, "company": "acme"},
        {"password": GOOD_PASSWORD, "company": "nowhere"},
    ],
)
def test_an_unconfirmed_founder_with_anything_wrong_learns_nothing(
    acme: World, attempt: dict[str, str]
) -> None:
    founder_token("initech")

    with nothing_changes():
        answer = sign_in("bill@initech.example", **attempt)

    assert outcome(answer) == (401, "invalid_credentials")


def test_an_unconfirmed_founder_learns_of_the_rejection_and_its_reason(staff: User) -> None:
    founder_token("initech")
    reject_company(actor=actor_for(staff), company=Company.objects.get(), reason="Too vague.")

    answer = sign_in("bill@initech.example", GOOD_PASSWORD)

    assert outcome(answer) == (403, "company_rejected")
    assert answer.json()["company"]["reason"] == "Too vague."


def test_a_confirmed_founder_still_waits_for_approval() -> None:
    ApiClient().post("companies/confirm/", {"token": founder_token("initech")})

    assert outcome(sign_in("bill@initech.example", GOOD_PASSWORD)) == (403, "company_pending")


def test_a_sign_up_with_a_known_address_opens_nothing_of_the_account(acme: World) -> None:
    founder_token("initech", admin={"email": "agent@acme.example"})

    own = sign_in("agent@acme.example", PASSWORD)

    assert own.status_code == 200
    assert [each["slug"] for each in own.json()["companies"]] == ["acme"]


def test_a_sign_up_does_not_tell_whether_its_address_has_an_account(acme: World) -> None:
    """The one who signed up knows the password of the form, and must not learn more than that."""
    founder_token("known", admin={"email": "agent@acme.example"})
    founder_token("other", admin={"email": "nobody@acme.example"})

    known = sign_in("agent@acme.example", GOOD_PASSWORD)
    unknown = sign_in("nobody@acme.example", GOOD_PASSWORD)

    assert outcome(known) == outcome(unknown) == (403, "company_pending")
    assert set(known.json()) == set(unknown.json())


def test_the_password_of_a_registration_that_was_used_opens_nothing(acme: World) -> None:
    make_user("bill@initech.example")
    ApiClient().post("companies/confirm/", {"token": founder_token("initech")})

    assert Registration.unscoped.get().used_at is not None
    assert outcome(sign_in("bill@initech.example", GOOD_PASSWORD)) == (401, "invalid_credentials")


def test_a_suspension_closes_the_door_at_once(acme: World, staff: User) -> None:
    suspend_company(actor=actor_for(staff), company=acme.company, reason="Unpaid.")

    for member in acme.people():
        assert outcome(sign_in(member.email)) == (403, "company_suspended")


def test_a_deleted_company_is_told_nothing(acme: World) -> None:
    Company.objects.update(is_deleted=True)

    assert outcome(sign_in("agent@acme.example")) == (401, "invalid_credentials")


def test_a_deleted_company_that_waits_is_told_nothing() -> None:
    ApiClient().post("companies/", sign_up_form("initech"))
    Company.objects.update(is_deleted=True)

    answer = sign_in("bill@initech.example", GOOD_PASSWORD)

    assert outcome(answer) == (401, "invalid_credentials")
