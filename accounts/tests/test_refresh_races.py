"""Fifty refreshes of one token at once: one rotation, and never a crash."""

from typing import Any

import pytest

from accounts.models import Session
from accounts.tests.devices import device
from accounts.tests.factories import PASSWORD
from conftest import World
from tokdesk.common.models import Event
from tokdesk.common.testing import ApiClient, race
from tokdesk.tests.answers import outcome

pytestmark = [pytest.mark.contract, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def pair(acme: World) -> dict[str, Any]:
    login = {"email": "agent@acme.example", "password": PASSWORD}
    body: dict[str, Any] = device().post("auth/login/", login).json()
    return body


def test_one_client_gets_one_successor_fifty_times(pair: dict[str, Any]) -> None:
    before = Session.objects.get()

    answers = race(lambda _: device().post("auth/refresh/", {"refresh": pair["refresh"]}))

    assert [outcome(answer) for answer in answers] == [(200, "")] * 50
    successors = {answer.json()["refresh"] for answer in answers}
    assert len(successors) == 1
    session = Session.objects.get()
    assert (session.previous_refresh_id, session.ended_at) == (before.refresh_id, None)
    access = answers[-1].json()["access"]
    assert ApiClient(access).get("me/").status_code == 200
    assert device().post("auth/refresh/", {"refresh": successors.pop()}).status_code == 200


def test_fifty_clients_cause_one_rotation_and_the_end_of_the_family(pair: dict[str, Any]) -> None:
    before = Session.objects.get()

    answers = race(
        lambda number: device(agent=f"Client {number}").post(
            "auth/refresh/", {"refresh": pair["refresh"]}
        )
    )

    outcomes = sorted(outcome(answer) for answer in answers)
    assert outcomes.count((200, "")) == 1
    assert outcomes.count((401, "token_reused")) >= 1
    assert set(outcomes) <= {(200, ""), (401, "token_reused"), (401, "session_ended")}
    session = Session.objects.get()
    assert session.previous_refresh_id == before.refresh_id
    assert session.end_reason == "reuse"
    assert Event.objects.filter(type="session.ended").count() == 1
    winner = next(answer for answer in answers if answer.status_code == 200)
    assert outcome(ApiClient(winner.json()["access"]).get("me/")) == (401, "session_ended")


def test_refresh_against_logout_leaves_a_dead_session(pair: dict[str, Any]) -> None:
    def work(number: int) -> Any:
        if number == 7:
            return ApiClient(pair["access"]).post("auth/logout/")
        return device().post("auth/refresh/", {"refresh": pair["refresh"]})

    answers = race(work, 20)

    assert outcome(answers.pop(7)) == (204, "")
    assert {outcome(answer) for answer in answers} <= {(200, ""), (401, "session_ended")}
    assert Session.objects.get().end_reason == "logout"
    for answer in answers:
        if answer.status_code == 200:
            assert ApiClient(answer.json()["access"]).get("me/").status_code == 401
