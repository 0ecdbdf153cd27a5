"""Passwords and tokens stand nowhere: not in rows, not in events, not in logs, not in answers."""

import logging
from typing import Any

import pytest
from django.core import mail

from accounts.models import Registration, User
from accounts.tests.browsers import Browser
from accounts.tests.devices import device
from accounts.tests.factories import PASSWORD, access_of
from accounts.tests.forms import (
    GOOD_PASSWORD,
    customer_token,
    founder_token,
    register_form,
    reset_token,
    sign_up_form,
)
from conftest import World
from tokdesk.common.models import Event
from tokdesk.common.testing import ApiClient
from tokdesk.common.tokens import token_hash
from tokdesk.tests.rows import text_of_all_rows

pytestmark = pytest.mark.django_db

CANARY = "canary-passphrase-7Qz"
STATUSES = [201, 409, 202, 200, 201, 200, 401, 401, 400, 409, 404, 204, 204]
LOGIN = {"email": "agent@acme.example", "password": PASSWORD}


def parts(token: str) -> list[str]:
    """The token and, of a JWT, its signature, which alone makes it worth anything."""
    return [token, token.rpartition(".")[2]]


def nowhere_at_rest(*secrets: str) -> None:
    rows = text_of_all_rows()
    for secret in secrets:
        for part in parts(secret):
            assert part not in rows


def test_the_search_would_find_what_stands_in_a_row(acme: World) -> None:
    assert "agent@acme.example" in text_of_all_rows()


def test_no_token_of_a_session_is_stored(acme: World) -> None:
    pair = device().post("auth/login/", LOGIN).json()
    renewed = device().post("auth/refresh/", {"refresh": pair["refresh"]}).json()
    switched = device(access=renewed["access"]).post("auth/switch/", {"company": "acme"}).json()

    nowhere_at_rest(
        *(each[kind] for each in (pair, renewed, switched) for kind in ("access", "refresh"))
    )


@pytest.mark.parametrize("form", ["founder", "customer", "reset"])
def test_of_a_mailed_token_only_the_hash_is_stored(acme: World, form: str) -> None:
    ask: Any = {"founder": founder_token, "customer": customer_token, "reset": reset_token}[form]
    token = ask("agent@acme.example") if form == "reset" else ask()

    nowhere_at_rest(token)
    assert token_hash(token) in text_of_all_rows()


def test_used_tokens_leave_nothing_behind(acme: World) -> None:
    founder, customer, reset = founder_token(), customer_token(), reset_token("agent@acme.example")
    device().post("companies/confirm/", {"token": founder})
    answer = device().post("auth/register/confirm/", {"token": customer}).json()
    device().post("auth/password/reset/", {"token": reset, "password": GOOD_PASSWORD})

    nowhere_at_rest(founder, customer, reset, answer["access"], answer["refresh"])
    assert set(Registration.unscoped.values_list("password", flat=True)) == {""}


def every_flow() -> list[Any]:
    """Each form that takes a password, with the canary as the password, right and wrong."""
    new = {"password": CANARY}
    founder = founder_token("canary", admin=new)
    customer = customer_token(email="canary@home.example", **new)
    answers = [
        device().post("companies/", sign_up_form("second", admin=new), Idempotency_Key="canary"),
        device().post("companies/", sign_up_form("acme", admin=new)),
        device().post("auth/register/", register_form(**new)),
        device().post("companies/confirm/", {"token": founder}),
        device().post("auth/register/confirm/", {"token": customer}),
        device().post("auth/login/", {"email": "canary@home.example", **new}),
        device().post("auth/login/", {"email": "nobody@home.example", **new}),
        device().post("auth/login/", {"email": "canary@home.example", "password": CANARY + "x"}),
        device().post("auth/login/", {"email": "canary@home.example", "otp": CANARY, **new}),
        device().post("companies/resubmit/", {"email": "bill@canary.example", **new}),
        device().post("auth/password/reset/", {"token": "A" * 43, **new}),
    ]
    reset = {"token": reset_token("agent@acme.example"), **new}
    answers.append(device().post("auth/password/reset/", reset))
    access = device().post("auth/login/", {**LOGIN, **new}).json()["access"]
    change = {"current_password": CANARY, "password": CANARY + "-again"}
    answers.append(device(access=access).post("auth/password/change/", change))
    assert [answer.status_code for answer in answers] == STATUSES
    return answers


def test_a_password_is_stored_as_a_hash_alone(acme: World) -> None:
    every_flow()

    nowhere_at_rest(CANARY)


def test_a_password_is_never_answered(acme: World) -> None:
    for answer in every_flow():
        assert CANARY.encode() not in answer.content
        assert CANARY not in str(answer.headers)


def test_a_password_is_never_mailed(acme: World) -> None:
    every_flow()

    assert mail.outbox
    for message in mail.outbox:
        assert CANARY not in message.message().as_string()


def test_no_log_line_holds_a_secret(acme: World, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        every_flow()
        pair = device().post("auth/login/", {**LOGIN, "password": CANARY + "-again"}).json()
        forged = pair["access"][:-2] + "xx"
        device(access=forged).get("me/")
        device().get(f"me/?access={pair['access']}")
        device().post("auth/refresh/", {"refresh": pair["refresh"]})
        device(agent="thief").post("auth/refresh/", {"refresh": pair["refresh"]})

    assert caplog.records
    logged = "\n".join(
        f"{record.getMessage()} {vars(record)} {record.exc_text}" for record in caplog.records
    )
    for secret in (CANARY, *parts(pair["access"]), *parts(pair["refresh"]), forged):
        assert secret not in logged


def test_events_hold_ids_and_plain_words_alone(acme: World) -> None:
    every_flow()

    events = Event.objects.all()
    assert len({event.type for event in events}) >= 8
    for event in events:
        text = str(event.payload)
        for secret in (CANARY, "@", "$", "eyJ"):
            assert secret not in text


def test_no_answer_holds_a_hash_or_a_mailed_token(acme: World) -> None:
    client = ApiClient(access_of(acme.admin))
    tokens = [founder_token(), customer_token(), reset_token("admin@acme.example")]
    hashed = User.objects.get(email="admin@acme.example").password

    for path in ("me/", "me/sessions/", "me/preferences/", "company/"):
        body = client.get(path).content.decode()
        assert hashed not in body
        assert "password" not in body
        for token in tokens:
            assert token not in body
            assert token_hash(token) not in body


def test_a_session_cookie_stores_an_id_and_no_token(acme: World) -> None:
    browser = Browser(acme.agent)

    body = browser.send_with_token("POST", "auth/switch/", '{"company": "acme"}').json()

    nowhere_at_rest(body["access"], body["refresh"])


def test_a_reset_does_not_tell_whose_it_is(acme: World) -> None:
    token = reset_token("agent@acme.example")

    answer = device().post("auth/password/reset/", {"token": token, "password": "short"})

    assert answer.status_code == 400
    assert b"agent@acme.example" not in answer.content
    assert str(acme.agent.user_id).encode() not in answer.content
