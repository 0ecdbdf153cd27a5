"""A14, A22: the other doors where something could be guessed or somebody bothered."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import PasswordReset, Registration
from accounts.tests.devices import device
from accounts.tests.factories import PASSWORD, access_of
from accounts.tests.forms import GOOD_PASSWORD, register_form, sign_up_form
from conftest import World
from notifications.tests.mailbox import delivered
from tokdesk.common.testing import race
from tokdesk.tests.answers import outcome

pytestmark = pytest.mark.contract

LIMITED = (429, "rate_limited")
ACCEPTED = (202, "")


@pytest.fixture(autouse=True)
def _limits(settings: Any) -> None:
    settings.RATE_LIMITS_ENABLED = True
    settings.REQUEST_LIMITS = {"anonymous": "1000000/minute", "member": "1000000/minute"}


@pytest.mark.django_db(transaction=True)
def test_one_person_has_three_resets_in_a_quarter_of_an_hour_and_the_newest_mail(
    acme: World,
) -> None:
    with delivered() as mails:
        answers = race(
            lambda n: device(f"203.0.113.{n + 1}").post(
                "auth/password/forgot/", {"email": "agent@acme.example"}
            )
        )

    assert Counter(map(outcome, answers)) == {ACCEPTED: 3, LIMITED: 47}
    assert (PasswordReset.objects.count(), len(mails)) == (3, 1)


@pytest.mark.django_db
def test_an_unknown_address_is_limited_alike(acme: World) -> None:
    answers = [
        device().post("auth/password/forgot/", {"email": "nobody@acme.example"}) for _ in range(4)
    ]

    assert [outcome(answer) for answer in answers] == [*[ACCEPTED] * 3, LIMITED]


@pytest.mark.django_db
def test_one_address_asks_for_thirty_resets(acme: World) -> None:
    answers = [
        device().post("auth/password/forgot/", {"email": f"person{n}@acme.example"})
        for n in range(31)
    ]

    assert Counter(map(outcome, answers)) == {ACCEPTED: 30, LIMITED: 1}


@pytest.mark.django_db
def test_one_person_gets_five_registration_mails_an_hour(acme: World) -> None:
    with delivered() as mails:
        answers = [
            device(f"203.0.113.{n + 1}").post("auth/register/", register_form()) for n in range(7)
        ]

    assert [outcome(answer) for answer in answers] == [*[ACCEPTED] * 5, *[LIMITED] * 2]
    assert len(mails) == Registration.unscoped.count() == 5


@pytest.mark.django_db
def test_sign_ups_and_registrations_share_the_mails_of_one_person(acme: World) -> None:
    for n in range(5):
        form = sign_up_form(f"slug-{n}", admin={"email": "carla@home.example"})
        assert device(f"203.0.113.{n + 1}").post("companies/", form).status_code == 201

    assert outcome(device().post("auth/register/", register_form())) == LIMITED


@pytest.mark.django_db
def test_one_address_signs_up_twenty_times_an_hour() -> None:
    answers = [device().post("companies/", sign_up_form(f"slug-{n}")) for n in range(21)]

    assert Counter(map(outcome, answers)) == {(201, ""): 20, LIMITED: 1}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("companies/confirm/", {}),
        ("auth/register/confirm/", {}),
        ("auth/password/reset/", {"password": GOOD_PASSWORD}),
    ],
)
def test_sixty_tokens_are_tried_by_one_address(path: str, fields: dict[str, str]) -> None:
    answers = race(
        lambda n: [
            outcome(device().post(path, {"token": f"{10 * n + each:043d}", **fields}))
            for each in range(4)
        ]
    )

    outcomes = Counter(each for four in answers for each in four)
    assert outcomes == {(404, "not_found"): 60, LIMITED: 140}


@pytest.mark.django_db
def test_an_ill_formed_token_is_no_guess() -> None:
    for _ in range(70):
        assert device().post("companies/confirm/", {"token": "short"}).status_code == 400

    assert device().post("companies/confirm/", {"token": "A" * 43}).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_the_current_password_is_guessed_ten_times(acme: World) -> None:
    access = access_of(acme.agent)

    answers = race(
        lambda n: device(access=access).post(
            "auth/password/change/",
            {"current_password": f"guess-{n}", "password": GOOD_PASSWORD},
        )
    )

    assert Counter(map(outcome, answers)) == {(400, "invalid"): 10, LIMITED: 40}


@pytest.mark.django_db
def test_the_right_current_password_costs_no_try(acme: World) -> None:
    access, passwords = access_of(acme.agent), [PASSWORD, GOOD_PASSWORD]

    for n in range(24):
        body = {"current_password": passwords[n % 2], "password": passwords[(n + 1) % 2]}
        answer = device(access=access).post("auth/password/change/", body)
        assert answer.status_code == 204


@pytest.mark.django_db
def test_resubmission_is_a_guess_of_the_password_too(acme: World) -> None:
    person = {"email": "agent@acme.example", "password": "wrong"}
    for _ in range(10):
        assert device().post("companies/resubmit/", person).status_code == 401

    assert outcome(device().post("companies/resubmit/", person)) == LIMITED
    assert outcome(device().post("auth/login/", person)) == LIMITED


@pytest.mark.django_db
def test_after_the_window_mails_leave_again(acme: World) -> None:
    with delivered():
        for _ in range(5):
            device().post("auth/password/forgot/", {"email": "agent@acme.example"})

    with time_machine.travel(timezone.now() + timedelta(seconds=901)), delivered() as mails:
        answer = device().post("auth/password/forgot/", {"email": "agent@acme.example"})

    assert (outcome(answer), len(mails)) == (ACCEPTED, 1)
