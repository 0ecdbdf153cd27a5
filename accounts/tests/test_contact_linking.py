"""A contact that the staff made becomes the person who proves its address."""

import pytest

from accounts.models import Membership
from accounts.tests.factories import make_member, make_user
from accounts.tests.forms import customer_token
from companies.models import CompanyState
from conftest import World
from tokdesk.common.roles import Role
from tokdesk.common.testing import ApiClient
from tokdesk.tests.answers import outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


def confirm(token: str) -> ApiClient:
    return ApiClient().post("auth/register/confirm/", {"token": token})


def test_the_contact_becomes_the_person_and_keeps_what_the_company_wrote(acme: World) -> None:
    contact = make_member(
        acme.company, Role.USER, "carla@home.example", user=None, name="Ms Carla", phone="+20 1"
    )

    body = confirm(customer_token(email="Carla@Home.example")).json()

    assert body["member"]["id"] == str(contact.id)
    fresh = Membership.unscoped.get(pk=contact.pk)
    assert (str(fresh.user_id), fresh.name, fresh.phone) == (
        body["user"]["id"],
        "Ms Carla",
        "+20 1",
    )
    assert Membership.unscoped.filter(email="carla@home.example").count() == 1


def test_the_contact_of_another_company_stays_a_contact(acme: World, globex: World) -> None:
    elsewhere = make_member(globex.company, Role.USER, "carla@home.example", user=None)

    confirm(customer_token("acme"))

    assert Membership.unscoped.get(pk=elsewhere.pk).user_id is None


def test_a_contact_of_another_person_is_not_taken_over(acme: World) -> None:
    """Staff wrote Carla's address on Dan's row; Carla gets a row of her own without it."""
    dan = make_member(acme.company, Role.USER, "dan@home.example")
    Membership.unscoped.filter(pk=dan.pk).update(email="carla@home.example")

    body = confirm(customer_token()).json()

    assert body["member"]["id"] != str(dan.id)
    assert body["member"]["email"] == ""
    assert body["user"]["email"] == "carla@home.example"
    assert Membership.unscoped.get(pk=dan.pk).user_id == dan.user_id


def test_an_existing_account_is_linked_to_the_contact(acme: World) -> None:
    user = make_user("carla@home.example")
    contact = make_member(acme.company, Role.USER, "carla@home.example", user=None)

    body = confirm(customer_token()).json()

    assert (body["member"]["id"], body["user"]["id"]) == (str(contact.id), str(user.id))


def test_a_deactivated_contact_is_not_opened_by_a_form(acme: World) -> None:
    make_member(acme.company, Role.USER, "carla@home.example", user=None, status="deactivated")
    token = customer_token()

    with nothing_changes():
        answer = confirm(token)

    assert outcome(answer) == (410, "gone")


def test_a_deleted_contact_is_forgotten(acme: World) -> None:
    old = make_member(acme.company, Role.USER, "carla@home.example", user=None, is_deleted=True)

    body = confirm(customer_token()).json()

    assert body["member"]["id"] != str(old.id)
    assert body["member"]["email"] == "carla@home.example"


def test_the_link_counts_as_a_change_of_rights(acme: World) -> None:
    make_member(acme.company, Role.USER, "carla@home.example", user=None)
    seen = CompanyState.unscoped.get().access_version

    confirm(customer_token())

    assert CompanyState.unscoped.get().access_version == seen + 1
