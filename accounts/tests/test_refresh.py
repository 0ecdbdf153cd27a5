"""POST auth/refresh/: a token is spent once; a spent one ends its session."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import Membership, Session, User
from accounts.tests.devices import device
from accounts.tests.factories import PASSWORD, actor_for
from companies.services import delete_company, suspend_company
from conftest import World
from tokdesk.common.testing import ApiClient, recorded_events
from tokdesk.tests.answers import faults, outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def pair(acme: World, clock: time_machine.Traveller) -> dict[str, Any]:
    """The answer of a sign-in at noon, by Firefox at 192.0.2.10."""
    login = {"email": "agent@acme.example", "password": PASSWORD}
    body: dict[str, Any] = device().post("auth/login/", login).json()
    return body


def refresh(token: str, **who: str) -> Any:
    return device(**who).post("auth/refresh/", {"refresh": token})


def test_a_refresh_answers_a_new_pair_and_nothing_else(
    pair: dict[str, Any], clock: time_machine.Traveller
) -> None:
    clock.shift(60)

    with recorded_events() as events:
        answer = refresh(pair["refresh"])

    assert answer.status_code == 200
    assert set(answer.json()) == {"access", "refresh", "access_expires_at"}
    assert answer.json()["access_expires_at"] == "2026-03-01T12:06:00Z"
    assert answer.json()["refresh"] != pair["refresh"]
    assert ApiClient(answer.json()["access"]).get("me/").status_code == 200
    assert events == []


def test_a_rotation_is_written_into_the_session(
    pair: dict[str, Any], clock: time_machine.Traveller
) -> None:
    first = Session.objects.get().refresh_id
    clock.shift(3600)

    refresh(pair["refresh"], ip="203.0.113.5", agent="Firefox/146")

    session = Session.objects.get()
    assert (session.previous_refresh_id, session.ended_at) == (first, None)
    assert session.refresh_id != first
    assert session.rotated_at == NOON + timedelta(hours=1)
    assert session.expires_at == NOON + timedelta(days=30, hours=1)
    assert (session.ip, session.user_agent) == ("203.0.113.5", "Firefox/146")


def test_the_successor_refreshes_in_turn(pair: dict[str, Any]) -> None:
    token = pair["refresh"]

    for _ in range(5):
        answer = refresh(token)
        assert answer.status_code == 200
        token = answer.json()["refresh"]

    assert Session.objects.count() == 1


@pytest.mark.parametrize("seconds", [0, 5, 10])
def test_the_same_client_gets_the_same_successor_for_ten_seconds(
    pair: dict[str, Any], clock: time_machine.Traveller, seconds: int
) -> None:
    first = refresh(pair["refresh"])
    clock.shift(seconds)

    with nothing_changes():
        again = refresh(pair["refresh"])

    assert again.status_code == 200
    assert again.json()["refresh"] == first.json()["refresh"]
    assert ApiClient(again.json()["access"]).get("me/").status_code == 200


def test_after_ten_seconds_the_family_dies(
    pair: dict[str, Any], clock: time_machine.Traveller
) -> None:
    successor = refresh(pair["refresh"]).json()
    clock.shift(10.5)

    with recorded_events() as events:
        reused = refresh(pair["refresh"])

    assert outcome(reused) == (401, "token_reused")
    assert reused.headers["WWW-Authenticate"] == "Bearer"
    assert events == ["session.ended", "session.token_reused"]
    assert Session.objects.get().end_reason == "reuse"
    for dead in (successor["refresh"], pair["refresh"]):
        assert outcome(refresh(dead)) == (401, "session_ended")
    for dead in (successor["access"], pair["access"]):
        assert outcome(ApiClient(dead).get("me/")) == (401, "session_ended")


@pytest.mark.parametrize("other", [{"ip": "203.0.113.9"}, {"agent": "curl/8"}])
def test_another_client_ends_the_family_even_at_once(
    pair: dict[str, Any], other: dict[str, str]
) -> None:
    refresh(pair["refresh"])

    stolen = refresh(pair["refresh"], **other)

    assert outcome(stolen) == (401, "token_reused")
    assert Session.objects.get().end_reason == "reuse"


def test_a_token_of_two_rotations_ago_ends_the_family_even_at_once(pair: dict[str, Any]) -> None:
    newest = refresh(refresh(pair["refresh"]).json()["refresh"]).json()

    reused = refresh(pair["refresh"])

    assert outcome(reused) == (401, "token_reused")
    assert outcome(refresh(newest["refresh"])) == (401, "session_ended")


def test_the_window_does_not_move_with_every_repeat(
    pair: dict[str, Any], clock: time_machine.Traveller
) -> None:
    refresh(pair["refresh"])
    clock.shift(8)
    assert refresh(pair["refresh"]).status_code == 200
    clock.shift(8)

    assert outcome(refresh(pair["refresh"])) == (401, "token_reused")


def test_one_stolen_session_does_not_end_another(
    acme: World, pair: dict[str, Any], clock: time_machine.Traveller
) -> None:
    other = device(agent="Phone").post(
        "auth/login/", {"email": "agent@acme.example", "password": PASSWORD}
    )
    refresh(pair["refresh"])
    clock.shift(30)

    refresh(pair["refresh"])

    assert ApiClient(other.json()["access"]).get("me/").status_code == 200


def test_no_use_for_thirty_days_ends_the_session(
    pair: dict[str, Any], clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(days=30))

    with nothing_changes():
        answer = refresh(pair["refresh"])

    assert outcome(answer) == (401, "invalid_token")


def test_use_keeps_a_session_alive_for_ninety_days_and_no_longer(
    pair: dict[str, Any], clock: time_machine.Traveller
) -> None:
    token = pair["refresh"]
    for _ in range(3):
        clock.shift(timedelta(days=29))
        token = refresh(token).json()["refresh"]
    assert Session.objects.get().expires_at == NOON + timedelta(days=90)
    clock.shift(timedelta(days=3))

    assert refresh(token).status_code == 401


def test_after_logout_it_is_over(pair: dict[str, Any]) -> None:
    ApiClient(pair["access"]).post("auth/logout/")

    with nothing_changes():
        answer = refresh(pair["refresh"])

    assert outcome(answer) == (401, "session_ended")


@pytest.mark.parametrize("close", [suspend_company, delete_company])
def test_after_the_company_closed_it_is_over(
    acme: World, staff: User, pair: dict[str, Any], close: Any
) -> None:
    close(actor=actor_for(staff), company=acme.company, reason="Unpaid.")

    with nothing_changes():
        answer = refresh(pair["refresh"])

    assert outcome(answer) == (401, "session_ended")


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (Membership.unscoped, {"status": "deactivated"}),
        (Membership.unscoped, {"is_deleted": True}),
        (User.objects, {"is_active": False}),
        (User.objects, {"is_deleted": True}),
    ],
)
def test_after_the_person_left_it_is_over(
    pair: dict[str, Any], model: Any, change: dict[str, Any]
) -> None:
    model.update(**change)

    with nothing_changes():
        answer = refresh(pair["refresh"])

    assert outcome(answer) == (401, "session_ended")


def test_platform_staff_refresh_until_they_are_staff_no_more(staff: User) -> None:
    pair = device().post("auth/login/", {"email": staff.email, "password": PASSWORD}).json()
    pair = refresh(pair["refresh"]).json()
    User.objects.update(is_super_admin=False)

    assert outcome(refresh(pair["refresh"])) == (401, "session_ended")


def test_an_access_token_does_not_refresh(pair: dict[str, Any]) -> None:
    with nothing_changes():
        answer = refresh(pair["access"])

    assert outcome(answer) == (401, "invalid_token")


@pytest.mark.parametrize("token", ["", None, 5, ["a"], {"a": 1}, "x" * 2001, True])
def test_what_is_no_text_of_fitting_length_is_400(acme: World, token: Any) -> None:
    answer = refresh(token)

    assert outcome(answer) == (400, "invalid")
    assert list(faults(answer)) == ["refresh"]
