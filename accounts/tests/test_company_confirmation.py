"""POST companies/confirm/: the mailed token makes the founder the first admin."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Membership, Registration, User
from accounts.tests.factories import PASSWORD, make_user
from accounts.tests.forms import GOOD_PASSWORD, customer_token, founder_token
from companies.models import Company, CompanyState
from conftest import World
from notifications.tests.mailbox import delivered
from tokdesk.common.testing import ApiClient, recorded_events
from tokdesk.tests.answers import faults, outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


def test_confirming_makes_the_account_and_the_first_admin(nobody: ApiClient) -> None:
    token = founder_token("initech", language="ar")

    with recorded_events() as events:
        response = nobody.post("companies/confirm/", {"token": token})

    assert response.status_code == 200
    assert response.json() == {"name": "Initech", "slug": "initech", "status": "pending"}
    assert events == ["member.added", "registration.confirmed", "company.address_confirmed"]
    user, member = User.objects.get(), Membership.unscoped.get()
    assert (user.email, user.name, user.language) == ("bill@initech.example", "Bill Lumbergh", "ar")
    assert (user.is_super_admin, user.is_active) == (False, True)
    assert (member.user_id, member.role, member.status) == (user.id, "company_admin", "active")
    assert (member.name, member.email) == ("Bill Lumbergh", "bill@initech.example")
    assert Company.objects.get().email_confirmed_at is not None
    assert CompanyState.unscoped.get().access_version == 2


def test_confirming_signs_nobody_in_and_mails_nobody(nobody: ApiClient) -> None:
    token = founder_token()

    with delivered() as mails:
        response = nobody.post("companies/confirm/", {"token": token})

    assert mails == []
    assert response.cookies == {}
    assert {"access", "refresh"}.isdisjoint(response.json())


def test_the_password_of_the_form_becomes_the_accounts(nobody: ApiClient) -> None:
    nobody.post("companies/confirm/", {"token": founder_token()})

    assert User.objects.get().check_password(GOOD_PASSWORD)
    assert Registration.unscoped.get().password == ""


def test_a_token_works_once(nobody: ApiClient) -> None:
    token = founder_token()
    nobody.post("companies/confirm/", {"token": token})

    with nothing_changes():
        again = nobody.post("companies/confirm/", {"token": token})

    assert outcome(again) == (410, "gone")


def test_a_token_expires_after_seven_days(nobody: ApiClient) -> None:
    token = founder_token()

    with time_machine.travel(timezone.now() + timedelta(days=7, seconds=1)), nothing_changes():
        response = nobody.post("companies/confirm/", {"token": token})

    assert outcome(response) == (410, "gone")


def test_a_token_still_works_on_the_seventh_day(nobody: ApiClient) -> None:
    token = founder_token()

    with time_machine.travel(timezone.now() + timedelta(days=7, seconds=-10)):
        response = nobody.post("companies/confirm/", {"token": token})

    assert response.status_code == 200


@pytest.mark.parametrize("token", ["A" * 43, "-_" * 21 + "A"])
def test_a_well_formed_unknown_token_is_404(nobody: ApiClient, token: str) -> None:
    founder_token()

    with nothing_changes():
        response = nobody.post("companies/confirm/", {"token": token})

    assert outcome(response) == (404, "not_found")


@pytest.mark.parametrize(
    "token", ["", " ", "short", "A" * 42, "A" * 44, "A" * 42 + "=", "ä" * 43, None, 5, ["A" * 43]]
)
def test_an_ill_formed_token_is_400(nobody: ApiClient, token: object) -> None:
    with nothing_changes():
        response = nobody.post("companies/confirm/", {"token": token})

    assert outcome(response) == (400, "invalid")
    assert list(faults(response)) == ["token"]


def test_the_token_of_a_customer_confirms_no_company(acme: World, nobody: ApiClient) -> None:
    token = customer_token("acme")

    with nothing_changes():
        response = nobody.post("companies/confirm/", {"token": token})

    assert outcome(response) == (404, "not_found")


def test_the_token_of_a_deleted_company_is_404(nobody: ApiClient) -> None:
    token = founder_token()
    Company.objects.update(is_deleted=True)

    with nothing_changes():
        response = nobody.post("companies/confirm/", {"token": token})

    assert outcome(response) == (404, "not_found")


def test_an_existing_account_joins_and_keeps_its_own_password(nobody: ApiClient) -> None:
    user = make_user("bill@initech.example", name="Old Name", language="ar")
    token = founder_token("initech")

    response = nobody.post("companies/confirm/", {"token": token})

    assert response.status_code == 200
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert not user.check_password(GOOD_PASSWORD)
    assert (user.name, user.language, user.version) == ("Old Name", "ar", 1)
    member = Membership.unscoped.get()
    assert (member.user_id, member.role) == (user.id, "company_admin")
    login = {"email": user.email, "password": GOOD_PASSWORD}
    assert outcome(nobody.post("auth/login/", login)) == (401, "invalid_credentials")


def test_two_companies_of_one_founder_make_one_account(nobody: ApiClient) -> None:
    first = founder_token("first", admin={"email": "bill@initech.example"})
    second = founder_token("second", admin={"email": "bill@initech.example"})

    answers = [nobody.post("companies/confirm/", {"token": token}) for token in (second, first)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert User.objects.count() == 1
    assert Membership.unscoped.count() == 2


def test_a_closed_account_is_not_opened_by_a_form(nobody: ApiClient) -> None:
    make_user("bill@initech.example", is_active=False)
    token = founder_token("initech")

    with nothing_changes():
        response = nobody.post("companies/confirm/", {"token": token})

    assert outcome(response) == (410, "gone")


def test_the_token_takes_no_password_or_role(nobody: ApiClient) -> None:
    token = founder_token()

    with nothing_changes():
        response = nobody.post(
            "companies/confirm/", {"token": token, "password": "x", "role": "super_admin"}
        )

    assert outcome(response) == (400, "unknown_field")
