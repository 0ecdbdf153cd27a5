"""POST auth/register/ and its confirm: a customer comes in by the front door."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Membership, Registration, Session, User
from accounts.tests.factories import PASSWORD, make_user
from accounts.tests.forms import GOOD_PASSWORD, customer_token, founder_token, register_form
from companies.choices import Status
from companies.models import Company
from companies.tests.factories import make_company
from conftest import World
from notifications.tests.mailbox import delivered
from tokdesk.common.testing import ApiClient, recorded_events, without_request_id
from tokdesk.tests.answers import faults, outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


def register(**changes: Any) -> Any:
    return ApiClient().post("auth/register/", register_form(**changes))


def confirm(token: str) -> Any:
    return ApiClient().post("auth/register/confirm/", {"token": token})


def test_a_registration_mails_a_token_and_makes_nobody(acme: World) -> None:
    people = User.objects.count()

    with delivered() as mails, recorded_events() as events:
        answer = register()

    assert (answer.status_code, answer.content) == (202, b"")
    assert events == ["registration.requested"]
    assert [mail.to for mail in mails] == [["carla@home.example"]]
    assert User.objects.count() == people
    row = Registration.unscoped.get()
    assert (row.company_id, row.kind, row.language) == (acme.company.id, "customer", "en")


def test_confirming_makes_a_customer_who_is_signed_in(acme: World) -> None:
    token = customer_token()

    with recorded_events() as events:
        answer = confirm(token)

    assert answer.status_code == 201
    assert events == ["member.added", "registration.confirmed", "session.started"]
    body = answer.json()
    assert set(body) == {
        "access", "refresh", "access_expires_at", "user", "member", "company", "role", "companies"
    }  # fmt: skip
    assert (body["role"], body["company"]["slug"]) == ("user", "acme")
    assert (body["user"]["email"], body["member"]["name"]) == ("carla@home.example", "Carla")
    assert ApiClient(body["access"]).get("me/").status_code == 200
    login = {"email": "carla@home.example", "password": GOOD_PASSWORD}
    assert ApiClient().post("auth/login/", login).status_code == 200


def test_the_language_is_the_forms_or_the_companys(acme: World) -> None:
    Company.objects.update(language="ar")
    register(email="a@home.example")
    register(email="b@home.example", language="en")

    languages = dict(Registration.unscoped.values_list("email", "language"))
    assert languages == {"a@home.example": "ar", "b@home.example": "en"}


@pytest.mark.parametrize("status", [Status.PENDING, Status.REJECTED, Status.SUSPENDED])
def test_a_company_that_is_not_open_takes_nobody_and_tells_nobody(acme: World, status: str) -> None:
    make_company("initech", status)

    with delivered() as mails, nothing_changes():
        closed = register(company="initech")
        unknown = register(company="nowhere")

    assert mails == []
    assert (closed.status_code, closed.content) == (202, b"")
    assert without_request_id(closed) == without_request_id(unknown)


def test_a_company_that_closed_its_door_takes_nobody_and_tells_nobody(acme: World) -> None:
    Company.objects.update(settings={"customer_registration": False})

    with delivered() as mails, nothing_changes():
        answer = register()

    assert (answer.status_code, answer.content, mails) == (202, b"", [])


def test_a_door_that_was_closed_meanwhile_stays_closed(acme: World) -> None:
    token = customer_token()
    Company.objects.update(settings={"customer_registration": False})

    with nothing_changes():
        answer = confirm(token)

    assert outcome(answer) == (410, "gone")


@pytest.mark.parametrize("status", [Status.SUSPENDED, Status.REJECTED])
def test_a_company_that_was_closed_meanwhile_takes_nobody(acme: World, status: str) -> None:
    token = customer_token()
    Company.objects.update(status=status)

    with nothing_changes():
        answer = confirm(token)

    assert outcome(answer) == (410, "gone")


def test_a_token_works_once(acme: World) -> None:
    token = customer_token()
    confirm(token)

    with nothing_changes():
        again = confirm(token)

    assert outcome(again) == (410, "gone")


def test_a_token_expires_after_seven_days(acme: World) -> None:
    token = customer_token()

    with time_machine.travel(timezone.now() + timedelta(days=7, seconds=1)), nothing_changes():
        answer = confirm(token)

    assert outcome(answer) == (410, "gone")


def test_the_token_of_a_founder_makes_no_customer(acme: World) -> None:
    token = founder_token()

    with nothing_changes():
        answer = confirm(token)

    assert outcome(answer) == (404, "not_found")


def test_an_unknown_token_is_404_and_an_ill_formed_one_400(acme: World) -> None:
    assert outcome(confirm("B" * 43)) == (404, "not_found")
    assert outcome(confirm("short")) == (400, "invalid")


def test_an_existing_account_joins_and_keeps_its_own_password(acme: World) -> None:
    user = make_user("carla@home.example", name="Carla of Old")
    token = customer_token()

    body = confirm(token).json()

    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert (body["user"]["id"], body["user"]["name"]) == (str(user.id), "Carla of Old")
    assert body["role"] == "user"


def test_no_form_signs_in_a_colleague(acme: World) -> None:
    token = customer_token(email="agent@acme.example")

    with nothing_changes():
        answer = confirm(token)

    assert outcome(answer) == (410, "gone")
    assert not Session.objects.exists()


def test_no_form_signs_in_a_customer_who_has_become_staff_since(acme: World) -> None:
    token = customer_token(email="customer@acme.example")
    Membership.unscoped.filter(pk=acme.customer.pk).update(role="agent")

    with nothing_changes():
        answer = confirm(token)

    assert outcome(answer) == (410, "gone")
    assert not Session.objects.exists()


def test_a_colleague_of_another_company_becomes_a_customer(acme: World, globex: World) -> None:
    token = customer_token(email="agent@globex.example")

    body = confirm(token).json()

    assert (body["role"], body["company"]["slug"]) == ("user", "acme")


def test_no_form_signs_in_to_an_account_that_is_younger(acme: World) -> None:
    """Its owner has chosen a password since, and the link would go round it."""
    token = customer_token()
    make_user("carla@home.example")

    with nothing_changes():
        answer = confirm(token)

    assert outcome(answer) == (410, "gone")
    assert not Session.objects.exists()


def test_whoever_came_in_elsewhere_since_asks_again(acme: World, globex: World) -> None:
    tokens = [customer_token("acme"), customer_token("globex")]
    confirm(tokens[0])

    late, again = confirm(tokens[1]), confirm(customer_token("globex"))

    assert outcome(late) == (410, "gone")
    assert (again.status_code, again.json()["company"]["slug"]) == (201, "globex")


def test_one_person_registers_in_two_companies(acme: World, globex: World) -> None:
    confirm(customer_token("acme"))

    body = confirm(customer_token("globex", password="quite-another-password")).json()

    assert body["company"]["slug"] == "globex"
    assert sorted(each["slug"] for each in body["companies"]) == ["acme", "globex"]
    assert User.objects.by_email("carla@home.example").count() == 1


def test_a_person_whose_access_was_withdrawn_does_not_come_back_by_the_form(acme: World) -> None:
    token = customer_token(email="customer@acme.example")
    Membership.unscoped.filter(pk=acme.customer.pk).update(status="deactivated")

    with nothing_changes():
        answer = confirm(token)

    assert outcome(answer) == (410, "gone")
    assert not Session.objects.exists()


def test_a_closed_account_does_not_come_back_by_the_form(acme: World) -> None:
    token = customer_token(email="customer@acme.example")
    User.objects.filter(pk=acme.customer.user_id).update(is_active=False)

    with nothing_changes():
        answer = confirm(token)

    assert outcome(answer) == (410, "gone")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"password": "short"}, "password"),
        ({"password": "carla@home.example"}, "password"),
        ({"email": "no"}, "email"),
        ({"name": ""}, "name"),
        ({"language": "fr"}, "language"),
        ({"company": None}, "company"),
    ],
)
def test_a_wrong_field_is_named_whatever_is_known(
    acme: World, changes: dict[str, Any], field: str
) -> None:
    with delivered() as mails, nothing_changes():
        answer = register(**changes)

    assert outcome(answer) == (400, "invalid")
    assert list(faults(answer)) == [field]
    assert mails == []


def test_no_role_can_be_asked_for(acme: World) -> None:
    with nothing_changes():
        answer = register(role="company_admin", user=str(acme.admin.user_id))

    assert outcome(answer) == (400, "unknown_field")
