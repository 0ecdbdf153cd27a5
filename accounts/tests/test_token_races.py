"""Fifty uses of one mailed token at once: one effect, and the losers are told that it is spent."""

from typing import Any

import pytest

from accounts.models import Membership, Registration, User
from accounts.tests.devices import device
from accounts.tests.factories import make_member, make_user
from accounts.tests.forms import customer_token, founder_token, reset_token
from companies.models import Company
from conftest import World
from tokdesk.common.models import Event
from tokdesk.common.roles import Role
from tokdesk.common.testing import race
from tokdesk.tests.answers import outcome
from tokdesk.tests.interleaving import just_before

pytestmark = [pytest.mark.contract, pytest.mark.django_db(transaction=True)]


def outcomes(answers: list[Any]) -> list[tuple[int, str]]:
    return sorted(outcome(answer) for answer in answers)


def of_type(name: str) -> int:
    return Event.objects.filter(type=name).count()


def test_a_founders_token_confirms_once() -> None:
    token = founder_token()

    answers = race(lambda _: device().post("companies/confirm/", {"token": token}))

    assert outcomes(answers) == [(200, ""), *[(410, "gone")] * 49]
    assert (User.objects.count(), Membership.unscoped.count()) == (1, 1)
    assert of_type("company.address_confirmed") == of_type("member.added") == 1
    assert Company.objects.get().version == 2


def test_a_customers_token_confirms_once(acme: World) -> None:
    token = customer_token()

    answers = race(lambda _: device().post("auth/register/confirm/", {"token": token}))

    assert outcomes(answers) == [(201, ""), *[(410, "gone")] * 49]
    assert Membership.unscoped.filter(email="carla@home.example").count() == 1
    assert of_type("session.started") == of_type("member.added") == 1


def test_a_reset_token_sets_one_password(acme: World) -> None:
    token = reset_token("agent@acme.example")

    answers = race(
        lambda number: device().post(
            "auth/password/reset/", {"token": token, "password": f"good-password-{number}"}
        )
    )

    assert outcomes(answers) == [(204, ""), *[(410, "gone")] * 49]
    winner = next(n for n, answer in enumerate(answers) if answer.status_code == 204)
    user = User.objects.get(email="agent@acme.example")
    assert user.check_password(f"good-password-{winner}")
    assert of_type("password.changed") == 1


def tokens_of(count: int) -> list[str]:
    return [customer_token() for _ in range(count)]


@pytest.mark.parametrize("known", ["nobody", "account", "contact"])
def test_of_ten_tokens_of_one_address_one_makes_the_person(acme: World, known: str) -> None:
    if known == "account":
        make_user("carla@home.example")
    if known == "contact":
        make_member(acme.company, Role.USER, "carla@home.example", user=None)
    tokens = tokens_of(10)

    answers = race(
        lambda number: device().post("auth/register/confirm/", {"token": tokens[number]}), 10
    )

    assert outcomes(answers) == [(201, ""), *[(410, "gone")] * 9]
    assert User.objects.by_email("carla@home.example").count() == 1
    assert Membership.unscoped.filter(user__email="carla@home.example").count() == 1
    assert Registration.unscoped.filter(used_at__isnull=True).count() == 0


def test_of_one_persons_forms_for_two_companies_the_first_makes_the_account(
    acme: World, globex: World
) -> None:
    first, second = customer_token("acme"), customer_token("globex")

    def confirm(token: str) -> Any:
        return device().post("auth/register/confirm/", {"token": token})

    with just_before('INSERT INTO "accounts_user"', lambda: confirm(second)) as between:
        answer = confirm(first)

    assert (outcome(between[0]), outcome(answer)) == ((201, ""), (410, "gone"))
    assert User.objects.by_email("carla@home.example").count() == 1


def test_two_founders_tokens_of_one_address_make_one_account() -> None:
    tokens = [founder_token(f"c{n}", admin={"email": "bill@work.example"}) for n in range(10)]

    answers = race(
        lambda number: device().post("companies/confirm/", {"token": tokens[number]}), 10
    )

    assert outcomes(answers) == [(200, "")] * 10
    assert (User.objects.count(), Membership.unscoped.count()) == (1, 10)
