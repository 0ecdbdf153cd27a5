"""Who signs in while the door is being closed is either refused or put out again."""

from typing import Any

import pytest

from accounts.models import Session, User
from accounts.services.members import deactivate_member
from accounts.services.platform import deactivate_account
from accounts.tests.devices import device
from accounts.tests.factories import PASSWORD, access_of, actor_for
from accounts.tests.forms import GOOD_PASSWORD, reset_token
from companies.services import restore_company, suspend_company
from conftest import World
from tokdesk.common.testing import ApiClient, race
from tokdesk.tests.answers import outcome
from tokdesk.tests.interleaving import just_before

pytestmark = [pytest.mark.contract, pytest.mark.django_db(transaction=True)]

LOGIN = {"email": "agent@acme.example", "password": PASSWORD}


def sign_in() -> Any:
    return device().post("auth/login/", LOGIN)


def living_answers(answers: list[Any]) -> list[Any]:
    """Those whose token opens something now."""
    done = [answer for answer in answers if answer.status_code == 200]
    return [a for a in done if ApiClient(a.json()["access"]).get("me/").status_code == 200]


def test_a_password_changed_after_it_was_proven_opens_nothing(acme: World) -> None:
    access = access_of(acme.agent)
    body = {"current_password": PASSWORD, "password": GOOD_PASSWORD}

    def change() -> Any:
        return device(access=access).post("auth/password/change/", body)

    with just_before("FOR NO KEY UPDATE", change) as between:
        answer = sign_in()

    assert outcome(between[0]) == (204, "")
    assert outcome(answer) == (401, "invalid_credentials")
    assert Session.objects.filter(ended_at__isnull=True).count() == 1


def test_an_account_closed_after_it_was_proven_opens_nothing(acme: World, staff: User) -> None:
    def close() -> Any:
        return deactivate_account(actor=actor_for(staff), user=acme.agent.user)

    with just_before("FOR NO KEY UPDATE", close):
        answer = sign_in()

    assert outcome(answer) == (401, "invalid_credentials")
    assert not Session.objects.exists()


def test_access_withdrawn_after_the_choice_opens_nothing(acme: World) -> None:
    def withdraw() -> Any:
        return deactivate_member(actor=actor_for(acme.admin), member=acme.agent)

    with just_before("FOR NO KEY UPDATE", withdraw):
        answer = sign_in()

    assert outcome(answer) == (403, "membership_deactivated")
    assert not Session.objects.exists()


def test_a_company_suspended_after_the_choice_opens_nothing(acme: World, staff: User) -> None:
    def suspend() -> Any:
        return suspend_company(actor=actor_for(staff), company=acme.company, reason="Unpaid.")

    with just_before("FOR NO KEY UPDATE", suspend):
        answer = sign_in()

    assert outcome(answer) == (403, "company_suspended")


def test_many_sign_ins_beside_a_withdrawal_leave_nobody_inside(acme: World) -> None:
    def work(number: int) -> Any:
        if number == 10:
            return deactivate_member(actor=actor_for(acme.admin), member=acme.agent)
        return sign_in()

    answers = race(work, 20)

    answers.pop(10)
    assert {outcome(answer) for answer in answers} <= {(200, ""), (403, "membership_deactivated")}
    assert living_answers(answers) == []
    assert not Session.objects.filter(ended_at__isnull=True).exists()


def test_many_sign_ins_beside_a_reset_leave_nobody_inside(acme: World) -> None:
    token = reset_token("agent@acme.example")

    def work(number: int) -> Any:
        if number == 10:
            body = {"token": token, "password": GOOD_PASSWORD}
            return device().post("auth/password/reset/", body)
        return sign_in()

    answers = race(work, 20)

    assert outcome(answers.pop(10)) == (204, "")
    assert {outcome(answer) for answer in answers} <= {(200, ""), (401, "invalid_credentials")}
    assert living_answers(answers) == []


def test_many_sign_ins_beside_a_suspension_leave_nobody_inside_after_it_is_lifted(
    acme: World, staff: User
) -> None:
    def work(number: int) -> Any:
        if number == 10:
            return suspend_company(actor=actor_for(staff), company=acme.company, reason="Unpaid.")
        return sign_in()

    answers = race(work, 20)
    answers.pop(10)
    restore_company(actor=actor_for(staff), company=acme.company)

    assert {outcome(answer) for answer in answers} <= {(200, ""), (403, "company_suspended")}
    assert living_answers(answers) == []


def test_two_password_changes_at_once_are_one(acme: World) -> None:
    access = access_of(acme.agent)

    answers = race(
        lambda n: device(access=access).post(
            "auth/password/change/",
            {"current_password": PASSWORD, "password": f"good-password-{n}"},
        )
    )

    outcomes = sorted(outcome(answer) for answer in answers)
    assert outcomes == [(204, ""), *[(400, "invalid")] * 49]
