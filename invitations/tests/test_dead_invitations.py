"""An invitation that nobody vouches for any more keeps no new one to its address out."""

from typing import Any

import pytest

from accounts.models import Membership
from accounts.services.members import deactivate_member
from accounts.tests.factories import actor_for
from conftest import World, client_of
from departments.services import remove_department_member
from invitations.tests.factories import EMAIL, make_invitation, now
from tokdesk.common.testing import ApiClient, recorded_events
from tokdesk.tests.answers import outcome

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


def invite(client: ApiClient, way: str) -> Any:
    """Invite the address by itself or in a list, and say what came of it."""
    if way == "one":
        return outcome(client.post("invitations/", {"email": EMAIL, "role": "agent"}))
    answer = client.post("invitations/bulk/", {"emails": [EMAIL], "role": "agent"})
    return answer.json()["results"][0]["outcome"]


CREATED = {"one": (201, ""), "many": "created"}
WAITS = {"one": (409, "already_invited"), "many": "already_invited"}
WAYS = pytest.mark.parametrize("way", ["one", "many"])


@WAYS
def test_whose_inviter_lost_the_right_is_replaced(acme: World, way: str) -> None:
    dead, _token = make_invitation(acme.manager, department=acme.support)
    deactivate_member(actor=actor_for(acme.admin), member=acme.manager)
    client = client_of(acme.admin)

    with recorded_events() as events:
        found = invite(client, way)

    assert found == CREATED[way]
    assert (now(dead).status, now(dead).version) == ("revoked", 2)
    assert events == ["invitation.revoked", "invitation.sent"]


@WAYS
def test_whose_inviter_left_the_department_is_replaced(acme: World, way: str) -> None:
    dead, _token = make_invitation(acme.manager, department=acme.support)
    boss = actor_for(acme.admin)
    remove_department_member(actor=boss, department=acme.support, member=acme.manager)

    assert invite(client_of(acme.admin), way) == CREATED[way]
    assert now(dead).status == "revoked"


@WAYS
def test_one_that_is_vouched_for_stays(acme: World, way: str) -> None:
    good, _token = make_invitation(acme.manager, department=acme.support)

    assert invite(client_of(acme.admin), way) == WAITS[way]
    assert now(good).status == "pending"


def test_an_expired_one_is_sent_again_past_a_dead_one(acme: World) -> None:
    expired, _token = make_invitation(acme.admin, status="expired")
    dead, _token = make_invitation(acme.manager, department=acme.support)
    Membership.unscoped.filter(pk=acme.manager.pk).update(status="deactivated")

    answer = client_of(acme.admin).post(f"invitations/{expired.id}/resend/")

    assert answer.status_code == 200
    assert (now(expired).status, now(dead).status) == ("pending", "revoked")


def test_who_vouches_is_asked_once_for_all_that_are_alike(
    acme: World, django_assert_max_num_queries: Any
) -> None:
    emails = [f"p{number}@x.example" for number in range(40)]
    for email in emails:
        make_invitation(acme.manager, email, department=acme.support)
    client = client_of(acme.admin)

    with django_assert_max_num_queries(18):
        answer = client.post("invitations/bulk/", {"emails": emails, "role": "agent"})

    assert {row["outcome"] for row in answer.json()["results"]} == {"already_invited"}
