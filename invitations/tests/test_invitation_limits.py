"""How much mail a company sends to strangers in a day, and how often one person gets it."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from conftest import World, client_of
from invitations.models import Invitation
from invitations.tests.factories import make_invitation
from tokdesk.common.models import RateCounter
from tokdesk.common.testing import ApiClient
from tokdesk.settings.auth import GUESS_LIMITS
from tokdesk.tests.answers import outcome

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LIMITED = (429, "rate_limited")


@pytest.fixture(autouse=True)
def _limits(settings: Any) -> None:
    settings.RATE_LIMITS_ENABLED = True
    settings.REQUEST_LIMITS = {"anonymous": "1000000/minute", "member": "1000000/minute"}
    settings.GUESS_LIMITS = {**settings.GUESS_LIMITS, "invite_company": (10, 86400)}


def test_the_limits_are_those_that_we_promise() -> None:
    assert GUESS_LIMITS["invite_company"] == (1000, 86400)
    assert GUESS_LIMITS["invite_again"] == (5, 86400)


def send(client: ApiClient, number: int) -> Any:
    return client.post("invitations/", {"email": f"p{number}@x.example", "role": "agent"})


def bulk(client: ApiClient, *emails: str) -> Any:
    return client.post("invitations/bulk/", {"emails": list(emails), "role": "agent"})


def addresses(start: int, count: int) -> list[str]:
    return [f"p{number}@x.example" for number in range(start, start + count)]


def test_a_company_sends_so_many_a_day_whoever_sends_them(acme: World, globex: World) -> None:
    with time_machine.travel(NOON, tick=False):
        admin, other = client_of(acme.admin), client_of(globex.admin)
        answers = [outcome(send(admin, number)) for number in range(12)]

        assert answers == [*[(201, "")] * 10, LIMITED, LIMITED]
        assert send(other, 1).status_code == 201
    with time_machine.travel(NOON + timedelta(days=1, seconds=1), tick=False):
        assert send(client_of(acme.admin), 11).status_code == 201


def test_the_refusal_says_when_to_come_back(acme: World) -> None:
    with time_machine.travel(NOON, tick=False):
        client = client_of(acme.admin)
        bulk(client, *addresses(0, 10))
        answer = send(client, 10)

    assert outcome(answer) == LIMITED
    assert answer.headers["Retry-After"] == "86401"


def test_a_list_counts_by_its_addresses_and_goes_as_a_whole(acme: World) -> None:
    client = client_of(acme.admin)
    bulk(client, *addresses(0, 6))

    refused = bulk(client, *addresses(6, 5))
    fits = bulk(client, *addresses(6, 4))

    assert outcome(refused) == LIMITED
    assert fits.status_code == 200
    assert Invitation.unscoped.count() == 10
    assert outcome(send(client, 11)) == LIMITED


def test_what_invites_nobody_costs_nothing(acme: World) -> None:
    client = client_of(acme.admin)

    for _again in range(3):
        bulk(client, "bad", "agent@acme.example", "p1@x.example", "p1@x.example")
        client.post("invitations/", {"email": "agent@acme.example", "role": "agent"})
        client.post("invitations/", {"email": "p1@x.example", "role": "agent"})

    assert RateCounter.objects.get().count == 1
    assert bulk(client, *addresses(2, 9)).status_code == 200


def test_a_list_longer_than_the_limit_goes_at_no_time(acme: World) -> None:
    assert outcome(bulk(client_of(acme.admin), *addresses(0, 11))) == LIMITED
    assert Invitation.unscoped.count() == 0


def test_one_address_is_mailed_again_five_times_a_day(acme: World) -> None:
    with time_machine.travel(NOON, tick=False):
        row, _token = make_invitation(acme.admin)
        client = client_of(acme.admin)
        answers = [outcome(client.post(f"invitations/{row.id}/resend/")) for _ in range(7)]

    assert answers == [*[(200, "")] * 5, LIMITED, LIMITED]
    with time_machine.travel(NOON + timedelta(days=1, seconds=1), tick=False):
        again = client_of(acme.admin).post(f"invitations/{row.id}/resend/")
        assert again.status_code == 200


def test_a_new_invitation_to_the_same_address_gets_no_new_repeats(acme: World) -> None:
    row, _token = make_invitation(acme.admin)
    client = client_of(acme.admin)
    for _again in range(5):
        client.post(f"invitations/{row.id}/resend/")
    client.post(f"invitations/{row.id}/revoke/")
    anew = client.post("invitations/", {"email": row.email, "role": "agent"})

    assert outcome(client.post(f"invitations/{anew.json()['id']}/resend/")) == LIMITED


def test_a_refused_repeat_costs_none(acme: World) -> None:
    used, _token = make_invitation(acme.admin, status="revoked")
    client = client_of(acme.admin)

    answers = Counter(outcome(client.post(f"invitations/{used.id}/resend/")) for _again in range(7))

    assert answers == {(409, "illegal_move"): 7}


@pytest.mark.parametrize("path", ["preview", "accept"])
def test_sixty_tokens_are_tried_by_one_network(path: str) -> None:
    answers = Counter(
        outcome(ApiClient().post(f"invitations/{path}/", {"token": f"{number:043d}"}))
        for number in range(63)
    )

    assert answers == {(404, "not_found"): 60, LIMITED: 3}


def test_an_ill_formed_token_is_no_guess() -> None:
    for _again in range(70):
        ApiClient().post("invitations/accept/", {"token": "short"})

    assert outcome(ApiClient().post("invitations/accept/", {"token": "A" * 43})) == (
        404,
        "not_found",
    )


def test_passwords_are_guessed_here_as_little_as_at_the_sign_in(acme: World, globex: World) -> None:
    _row, token = make_invitation(acme.admin, globex.agent.email)
    body = {"token": token, "password": "a-guess-of-it"}

    here = [outcome(ApiClient().post("invitations/accept/", body)) for _ in range(12)]
    there = ApiClient().post("auth/login/", {"email": globex.agent.email, "password": "a-guess"})

    assert here == [*[(401, "invalid_credentials")] * 10, LIMITED, LIMITED]
    assert outcome(there) == LIMITED
