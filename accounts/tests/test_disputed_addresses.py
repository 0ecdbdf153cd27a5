"""Several forms under one address: nobody's password is believed but the owner's own choice."""

from typing import Any

import pytest

from accounts.models import Registration, User
from accounts.tests.devices import device
from accounts.tests.forms import customer_token, founder_token, register_form, reset_token
from conftest import World
from notifications.tests.mailbox import delivered, token_in
from tokdesk.tests.answers import outcome

pytestmark = [pytest.mark.django_db, pytest.mark.contract]
EMAIL = "carla@home.example"
OWN, FOREIGN = "carlas-own-password", "a-strangers-password"


def confirm(token: str) -> Any:
    return device().post("auth/register/confirm/", {"token": token})


def sign_in(password: str) -> tuple[int, str]:
    return outcome(device().post("auth/login/", {"email": EMAIL, "password": password}))


@pytest.mark.parametrize("clicked", [0, 1])
def test_of_two_forms_neither_password_opens_the_account(acme: World, clicked: int) -> None:
    tokens = [customer_token(password=OWN), customer_token(password=FOREIGN)]

    with delivered() as mails:
        assert confirm(tokens[clicked]).status_code == 201

    assert sign_in(OWN) == sign_in(FOREIGN) == (401, "invalid_credentials")
    assert [mail.to for mail in mails] == [[EMAIL]]
    body = {"token": token_in(mails[0]), "password": OWN}
    assert device().post("auth/password/reset/", body).status_code == 204
    assert sign_in(OWN) == (200, "")


def test_of_two_forms_for_one_company_the_second_token_is_spent_with_the_first(
    acme: World,
) -> None:
    tokens = [customer_token(password=OWN), customer_token(password=FOREIGN)]
    confirm(tokens[0])

    assert outcome(confirm(tokens[1])) == (410, "gone")


def test_a_strangers_company_gives_no_power_over_the_founders_own(acme: World) -> None:
    evil = founder_token("evil", admin={"email": EMAIL, "password": FOREIGN})
    good = founder_token("good", admin={"email": EMAIL, "password": OWN})

    assert device().post("companies/confirm/", {"token": evil}).status_code == 200
    assert device().post("companies/confirm/", {"token": good}).status_code == 200

    assert not User.objects.get(email=EMAIL).has_usable_password()
    assert sign_in(FOREIGN)[0] == 401


def test_one_form_alone_keeps_its_password(acme: World) -> None:
    confirm(customer_token(password=OWN))

    assert sign_in(OWN) == (200, "")


def test_a_new_password_spends_every_form_of_the_address(acme: World, globex: World) -> None:
    confirm(customer_token(password=OWN))
    later = customer_token("globex", password=FOREIGN)
    token = reset_token(EMAIL)
    device().post("auth/password/reset/", {"token": token, "password": OWN})

    assert outcome(confirm(later)) == (410, "gone")
    assert Registration.unscoped.exclude(password="").count() == 0


@pytest.mark.parametrize("domain", ["ｈome.example", "HOME.example", "ho\u00adme.example"])
def test_one_mailbox_is_one_address_however_its_domain_is_written(acme: World, domain: str) -> None:
    device().post("auth/register/", register_form(email=f"carla@{domain}"))

    assert Registration.unscoped.get().email == EMAIL


def test_a_domain_that_no_mail_can_reach_is_refused(acme: World) -> None:
    answer = device().post("auth/register/", register_form(email="a@" + "ŉ" * 30 + ".example"))

    assert outcome(answer) in {(400, "invalid"), (202, "")}
    assert len(Registration.unscoped.values_list("email", flat=True)) == (answer.status_code == 202)
