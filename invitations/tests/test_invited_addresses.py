"""Whom one may invite: members of this company, and what anybody hears of others."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.tests.factories import make_member, make_user
from conftest import World, client_of
from invitations.tests.factories import EMAIL, make_invitation, now
from tokdesk.common.roles import Role
from tokdesk.common.testing import recorded_events
from tokdesk.tests.answers import outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


def form(**fields: Any) -> dict[str, Any]:
    return {"email": EMAIL, "role": "agent", **fields}


@pytest.mark.parametrize("who", ["admin", "manager", "agent", "customer"])
def test_an_active_member_is_not_invited(acme: World, who: str) -> None:
    client = client_of(acme.admin)

    with nothing_changes():
        answer = client.post("invitations/", form(email=getattr(acme, who).email.upper()))

    assert outcome(answer) == (409, "already_member")


@pytest.mark.parametrize("has_account", [True, False])
def test_whoever_lost_the_access_is_let_in_again_another_way(
    acme: World, has_account: bool
) -> None:
    account = {} if has_account else {"user": None}
    make_member(acme.company, Role.USER, EMAIL, status="deactivated", **account)
    client = client_of(acme.admin)

    with nothing_changes():
        answer = client.post("invitations/", form())

    assert outcome(answer) == (409, "membership_deactivated")


def test_a_contact_without_an_account_is_invited(acme: World) -> None:
    make_member(acme.company, Role.USER, EMAIL, user=None)

    assert client_of(acme.admin).post("invitations/", form()).status_code == 201


def test_a_removed_member_is_invited_like_anybody(acme: World) -> None:
    make_member(acme.company, Role.AGENT, EMAIL, is_deleted=True)

    assert client_of(acme.admin).post("invitations/", form()).status_code == 201


def test_an_address_with_an_account_elsewhere_answers_like_an_unknown_one(
    acme: World, globex: World, staff: User
) -> None:
    make_user("closed@new.example", is_active=False)
    client = client_of(acme.admin)

    addresses = ["nobody@new.example", globex.agent.email, staff.email, "closed@new.example"]
    answers = [client.post("invitations/", form(email=email)) for email in addresses]

    assert [answer.status_code for answer in answers] == [201] * 4
    shapes = [{**answer.json(), "id": "", "email": ""} for answer in answers]
    times = ("sent_at", "expires_at", "created_at")
    assert all(
        {**each, **dict.fromkeys(times)} == {**shapes[0], **dict.fromkeys(times)} for each in shapes
    )


def test_what_waits_elsewhere_is_nobodys_matter_here(acme: World, globex: World) -> None:
    make_invitation(globex.admin)

    assert client_of(acme.admin).post("invitations/", form()).status_code == 201


def test_an_overdue_one_makes_room_and_is_told(acme: World) -> None:
    late = timezone.now() - timedelta(seconds=1)
    old, _token = make_invitation(acme.admin, expires_at=late)

    with recorded_events() as events:
        answer = client_of(acme.admin).post("invitations/", form())

    assert answer.status_code == 201
    assert now(old).status == "expired"
    assert [each for each in events if each.startswith("invitation.")] == [
        "invitation.expired",
        "invitation.sent",
    ]
