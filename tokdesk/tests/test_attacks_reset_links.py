"""A16: a reset link works once, for its own person, address and hour."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from accounts.services.platform import deactivate_account
from accounts.tests.factories import PASSWORD, actor_for
from accounts.tests.forms import GOOD_PASSWORD, customer_token, founder_token, reset_token
from conftest import World
from tokdesk.common.testing import ApiClient, without_request_id
from tokdesk.tests.answers import faults, outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

EMAIL = "agent@acme.example"
GONE = (410, "gone")


def reset(token: Any, password: str = GOOD_PASSWORD, **fields: Any) -> Any:
    body = {"token": token, "password": password, **fields}
    return ApiClient().post("auth/password/reset/", body)


def refused(token: Any, **fields: Any) -> tuple[int, str]:
    with nothing_changes():
        answer = reset(token, **fields)
    return outcome(answer)


def test_a_used_link_is_gone(acme: World) -> None:
    token = reset_token(EMAIL)
    assert reset(token).status_code == 204

    assert refused(token, password="yet-another-password") == GONE


@pytest.mark.parametrize("used", [0, 1])
def test_using_one_link_voids_all_others(acme: World, used: int) -> None:
    tokens = [reset_token(EMAIL), reset_token(EMAIL)]

    assert reset(tokens[used]).status_code == 204
    assert refused(tokens[1 - used]) == GONE


def test_a_link_that_a_stranger_asks_for_spoils_none(acme: World) -> None:
    own = reset_token(EMAIL)
    reset_token(EMAIL)

    assert reset(own).status_code == 204


def test_an_hour_later_the_link_is_gone(acme: World) -> None:
    token = reset_token(EMAIL)

    with time_machine.travel(timezone.now() + timedelta(hours=1, seconds=1)):
        assert refused(token) == GONE


def test_after_a_change_of_address_the_link_is_gone(acme: World) -> None:
    token = reset_token(EMAIL)
    User.objects.filter(email=EMAIL).update(email="new@acme.example")

    assert refused(token) == GONE


def test_a_closed_account_is_not_opened_by_its_link(acme: World, staff: User) -> None:
    token = reset_token(EMAIL)
    deactivate_account(actor=actor_for(staff), user=acme.agent.user)

    assert refused(token) == GONE


def test_a_deleted_account_is_not_opened_by_its_link(acme: World) -> None:
    token = reset_token(EMAIL)
    User.objects.filter(email=EMAIL).update(is_deleted=True)

    assert refused(token) == GONE


@pytest.mark.parametrize("field", ["user", "user_id", "id", "email"])
def test_a_link_cannot_be_turned_on_another_person(acme: World, field: str) -> None:
    token = reset_token(EMAIL)
    named = acme.admin.email if field == "email" else str(acme.admin.user_id)

    assert refused(token, **{field: named}) == (400, "unknown_field")
    acme.admin.user.refresh_from_db()
    assert acme.admin.user.check_password(PASSWORD)


def test_a_link_changes_its_own_person_alone(acme: World) -> None:
    reset(reset_token(EMAIL))

    changed = {user.email for user in User.objects.all() if user.check_password(GOOD_PASSWORD)}
    assert changed == {EMAIL}


@pytest.mark.parametrize("kind", ["founder", "customer"])
def test_the_token_of_another_mail_resets_nothing(acme: World, kind: str) -> None:
    token = founder_token() if kind == "founder" else customer_token(email=EMAIL)

    assert refused(token) == (404, "not_found")


def test_a_reset_link_confirms_nothing(acme: World) -> None:
    token = reset_token(EMAIL)

    with nothing_changes():
        answers = [
            ApiClient().post(path, {"token": token})
            for path in ("companies/confirm/", "auth/register/confirm/")
        ]

    assert [outcome(answer) for answer in answers] == [(404, "not_found")] * 2


@pytest.mark.parametrize("length", [1, 42, 44, 64, 5000])
def test_a_token_of_another_length_is_400(acme: World, length: int) -> None:
    reset_token(EMAIL)

    assert refused("A" * length) == (400, "invalid")


@pytest.mark.parametrize("form", ["{t} ", "{t}=", "{t}\n", "{u}", "x{t}", "{t}\u200b", "%41{t}"])
def test_a_token_is_compared_letter_by_letter(acme: World, form: str) -> None:
    token = reset_token(EMAIL)

    answer = reset(form.format(t=token, u=token.swapcase()))

    assert answer.status_code == (404 if form == "{u}" else 400)


@pytest.mark.parametrize("token", [None, True, 0, ["A" * 43], {"$ne": ""}, {"token": "A" * 43}])
def test_a_token_is_text(acme: World, token: Any) -> None:
    reset_token(EMAIL)

    with nothing_changes():
        answer = reset(token)

    assert outcome(answer) == (400, "invalid")
    assert list(faults(answer)) == ["token"]


def test_all_unknown_tokens_answer_alike(acme: World) -> None:
    token = reset_token(EMAIL)
    guesses = ["A" * 43, "_" * 43, token[:-1] + ("A" if token[-1] != "A" else "B")]

    answers = [reset(guess) for guess in guesses]

    assert [outcome(answer) for answer in answers] == [(404, "not_found")] * 3
    assert len({without_request_id(answer) for answer in answers}) == 1
