"""Fifty sign-ups at once: one company a slug, one effect a key."""

from typing import Any

import pytest

from accounts.models import Registration
from accounts.tests.devices import device
from accounts.tests.forms import sign_up_form
from companies.models import Company
from tokdesk.common.models import Event, IdempotencyKey
from tokdesk.common.testing import race
from tokdesk.tests.answers import outcome

pytestmark = [pytest.mark.contract, pytest.mark.django_db(transaction=True)]


def outcomes(answers: list[Any]) -> list[tuple[int, str]]:
    return sorted(outcome(answer) for answer in answers)


def test_one_of_fifty_gets_the_slug() -> None:
    answers = race(
        lambda number: device().post(
            "companies/", sign_up_form("initech", admin={"email": f"bill{number}@work.example"})
        )
    )

    assert outcomes(answers) == [(201, ""), *[(409, "slug_taken")] * 49]
    assert Company.objects.count() == Registration.unscoped.count() == 1
    assert Event.objects.count() == 2


def test_one_key_makes_one_company_and_everybody_hears_of_it() -> None:
    answers = race(lambda _: device().post("companies/", sign_up_form(), Idempotency_Key="key-1"))

    assert {outcome(answer) for answer in answers} <= {
        (201, ""),
        (409, "idempotency_in_progress"),
    }
    done = [answer for answer in answers if answer.status_code == 201]
    first = [answer for answer in done if "Idempotent-Replay" not in answer.headers]
    assert len(first) == 1
    assert {answer.content for answer in done} == {first[0].content}
    assert Company.objects.count() == Registration.unscoped.count() == 1
    assert IdempotencyKey.objects.count() == 1
    again = device().post("companies/", sign_up_form(), Idempotency_Key="key-1")
    assert (again.status_code, again.headers["Idempotent-Replay"]) == (201, "true")
