"""join_company: how a proven address enters a company, whatever let it in."""

from typing import Any

import pytest

from accounts.models import Membership, User
from accounts.services.credentials import WrongCredentials, prove_account
from accounts.services.joining import join_company, make_account
from accounts.tests.factories import NOBODY, PASSWORD, make_member, make_user
from accounts.tests.forms import GOOD_PASSWORD, sign_up_form
from companies.models import CompanyState
from conftest import World
from tokdesk.common.db import RetryTransaction
from tokdesk.common.errors import Conflict, Gone
from tokdesk.common.models import Event
from tokdesk.common.roles import Role
from tokdesk.common.testing import ApiClient, recorded_events
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

EMAIL = "carla@home.example"


def join(world: World, user: User, role: str = Role.AGENT, email: str = EMAIL) -> Membership:
    return join_company(
        actor=NOBODY,
        company=world.company,
        user=user,
        role=role,
        name="Carla",
        email=email,
        language="ar",
    )


def test_who_is_new_gets_a_row_with_the_role_given(acme: World) -> None:
    user = make_user(EMAIL)
    seen = CompanyState.unscoped.get().access_version

    with recorded_events() as events:
        member = join(acme, user)

    assert (member.role, member.name, member.email, member.language) == (
        "agent",
        "Carla",
        EMAIL,
        "ar",
    )
    assert (member.user_id, member.status) == (user.id, "active")
    assert events == ["member.added"]
    event = Event.objects.get(type="member.added")
    assert event.payload == {"member_id": str(member.id), "role": "agent"}
    assert (event.stream, event.company_id) == (f"member:{member.id}", acme.company.id)
    assert CompanyState.unscoped.get().access_version == seen + 1


def test_the_contact_of_the_address_becomes_the_person_with_the_new_role(acme: World) -> None:
    user = make_user(EMAIL)
    contact = make_member(acme.company, Role.USER, EMAIL, user=None, name="Ms C", phone="+20 1")

    member = join(acme, user, email=EMAIL.upper())

    fresh = Membership.unscoped.get(pk=contact.pk)
    assert member.pk == contact.pk
    assert (fresh.user_id, fresh.role, fresh.name, fresh.phone, fresh.version) == (
        user.id,
        "agent",
        "Ms C",
        "+20 1",
        2,
    )


def test_a_contact_of_another_person_is_left_alone(acme: World) -> None:
    dan = make_member(acme.company, Role.USER, "dan@home.example")
    Membership.unscoped.filter(pk=dan.pk).update(email=EMAIL)

    member = join(acme, make_user(EMAIL))

    assert (member.pk == dan.pk, member.email) == (False, "")
    assert Membership.unscoped.get(pk=dan.pk).user_id == dan.user_id


def test_who_is_in_is_already_a_member(acme: World) -> None:
    with nothing_changes(), pytest.raises(Conflict) as refusal:
        join(acme, acme.customer.user)

    assert refusal.value.code == "already_member"


@pytest.mark.parametrize("fields", [{}, {"user": None}])
def test_whose_access_was_withdrawn_does_not_come_back_this_way(
    acme: World, fields: dict[str, Any]
) -> None:
    user = make_user(EMAIL)
    make_member(acme.company, Role.USER, EMAIL, status="deactivated", **fields)

    with nothing_changes(), pytest.raises(Gone):
        join(acme, user)


@pytest.mark.parametrize("fields", [{"is_active": False}, {"is_super_admin": True}])
def test_closed_accounts_and_platform_staff_join_nothing(
    acme: World, fields: dict[str, Any]
) -> None:
    user = make_user(EMAIL, **fields)

    with nothing_changes(), pytest.raises(Gone):
        join(acme, user)


def test_an_account_is_made_once_an_address(acme: World) -> None:
    user = make_account(
        name="Carla", email="Carla@Home.example", hashed_password="!", language="ar"
    )

    assert (user.email, user.name, user.language) == (EMAIL, "Carla", "ar")
    with pytest.raises(RetryTransaction):
        make_account(name="Other", email=EMAIL, hashed_password="!", language="en")


def test_an_account_is_proven_by_its_password(acme: World) -> None:
    email = acme.agent.user.email

    assert prove_account(actor=NOBODY, email=email, password=PASSWORD) == acme.agent.user
    for wrong, password in ((email, "wrong"), ("nobody@acme.example", PASSWORD)):
        with pytest.raises(WrongCredentials):
            prove_account(actor=NOBODY, email=wrong, password=password)


def test_a_founder_who_still_waits_has_no_account_to_prove(db: None) -> None:
    ApiClient().post("companies/", sign_up_form("initech"))

    with pytest.raises(WrongCredentials):
        prove_account(actor=NOBODY, email="bill@initech.example", password=GOOD_PASSWORD)
