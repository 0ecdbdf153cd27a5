"""Founders whose mail was lost, whose address strangers use, or whose slug somebody squats on."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Membership, Registration
from accounts.tests.devices import device
from accounts.tests.factories import make_member
from accounts.tests.forms import GOOD_PASSWORD, sign_up_form
from companies.models import Company
from companies.services import reject_company
from companies.tests.factories import make_company
from conftest import World
from tokdesk.common.actor import system_actor
from tokdesk.common.roles import Role
from tokdesk.common.tokens import mailed_token
from tokdesk.tests.answers import outcome

pytestmark = [pytest.mark.django_db, pytest.mark.contract]
FOUNDER = {"email": "nour@founder.example", "password": GOOD_PASSWORD}


def sign_up(slug: str, **admin: str) -> Any:
    who = {"name": "Nour", **FOUNDER, **admin}
    return device().post("companies/", sign_up_form(slug, admin=who))


def newest_token() -> str:
    return mailed_token("registration", Registration.unscoped.latest("created_at").id)


def test_a_lost_mail_is_sent_again_and_the_old_token_is_void() -> None:
    sign_up("nour")
    lost = newest_token()

    assert device().post("companies/confirm/resend/", FOUNDER).status_code == 202

    assert Registration.unscoped.count() == 2
    assert outcome(device().post("companies/confirm/", {"token": lost})) == (410, "gone")
    assert device().post("companies/confirm/", {"token": newest_token()}).status_code == 200


def test_only_the_founder_asks_for_it_again() -> None:
    sign_up("nour")

    answer = device().post("companies/confirm/resend/", {**FOUNDER, "password": "wrong"})

    assert outcome(answer) == (401, "invalid_credentials")
    assert Registration.unscoped.count() == 1


def test_a_rejected_company_that_was_never_confirmed_can_still_open() -> None:
    sign_up("nour")
    company = Company.objects.get(slug="nour")
    reject_company(actor=system_actor(), company=company, reason="Which Nour?")

    answer = device().post("companies/resubmit/", {**FOUNDER, "name": "Nour Books"})

    assert (answer.status_code, answer.json()["status"]) == (200, "pending")
    assert device().post("companies/confirm/", {"token": newest_token()}).status_code == 200
    company.refresh_from_db()
    assert (company.name, company.email_confirmed_at is None) == ("Nour Books", False)


def test_a_stranger_who_uses_the_address_shuts_nobody_out() -> None:
    sign_up("nour")
    sign_up("other", password="a-strangers-password")

    answer = device().post("auth/login/", FOUNDER)

    assert outcome(answer) == (403, "company_pending")
    assert answer.json()["company"]["slug"] == "nour"


def test_an_address_that_was_never_confirmed_is_free_again_after_its_week() -> None:
    sign_up("nour")
    assert outcome(sign_up("nour", email="second@founder.example")) == (409, "slug_taken")

    with time_machine.travel(timezone.now() + timedelta(days=7, seconds=1)):
        assert sign_up("nour", email="second@founder.example").status_code == 201

    assert list(Company.objects.living().values_list("email", flat=True)) == [
        "second@founder.example"
    ]


def test_a_deactivated_admin_hands_nothing_in_again() -> None:
    company = make_company("acme", "rejected")
    make_member(company, Role.COMPANY_ADMIN, FOUNDER["email"], status="deactivated")
    Membership.unscoped.get().user.set_password(GOOD_PASSWORD)

    answer = device().post(
        "companies/resubmit/", {"email": FOUNDER["email"], "password": "tokdesk-demo"}
    )

    assert outcome(answer) == (401, "invalid_credentials")


def test_the_refresh_token_of_a_company_that_was_left_is_dead_and_kills_nothing(
    acme: World, globex: World
) -> None:
    make_member(globex.company, Role.AGENT, acme.agent.email)
    body = {"email": acme.agent.email, "password": "tokdesk-demo", "company": "acme"}
    first = device().post("auth/login/", body).json()
    second = device(access=first["access"]).post("auth/switch/", {"company": "globex"}).json()

    answer = device().post("auth/refresh/", {"refresh": first["refresh"]})

    assert outcome(answer) == (401, "session_ended")
    assert device().post("auth/refresh/", {"refresh": second["refresh"]}).status_code == 200


def test_a_stranger_who_uses_the_address_asks_only_for_the_own_mail_again() -> None:
    sign_up("nour")
    own = newest_token()
    sign_up("other", password="a-strangers-password")

    body = {**FOUNDER, "password": "a-strangers-password"}
    assert device().post("companies/confirm/resend/", body).status_code == 202

    assert Registration.unscoped.filter(company__slug="nour").count() == 1
    assert Registration.unscoped.filter(company__slug="other").count() == 2
    assert device().post("companies/confirm/", {"token": own}).status_code == 200
