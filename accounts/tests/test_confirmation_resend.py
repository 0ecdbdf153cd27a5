"""POST companies/confirm/resend/: a founder whose mail was lost gets another."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Registration, User
from accounts.tests.factories import PASSWORD, actor_for
from accounts.tests.forms import GOOD_PASSWORD, founder_token
from companies.models import Company
from companies.services import reject_company
from conftest import World
from notifications.tests.mailbox import delivered, token_in
from tokdesk.common.testing import ApiClient, finish_jobs, recorded_events, without_request_id
from tokdesk.tests.answers import outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

EMAIL = "bill@initech.example"


def resend(email: str = EMAIL, password: str = GOOD_PASSWORD) -> Any:
    body = {"email": email, "password": password}
    return ApiClient().post("companies/confirm/resend/", body)


def confirm(token: str) -> Any:
    return ApiClient().post("companies/confirm/", {"token": token})


def test_a_new_link_is_mailed_and_works() -> None:
    founder_token("initech")

    with delivered() as mails, recorded_events() as events:
        answer = resend()

    assert (answer.status_code, answer.content) == (202, b"")
    assert events == ["registration.requested"]
    assert [mail.to for mail in mails] == [[EMAIL]]
    assert confirm(token_in(mails[0])).status_code == 200
    assert User.objects.get().check_password(GOOD_PASSWORD)


def test_the_old_link_is_void() -> None:
    old = founder_token("initech")
    resend()

    with nothing_changes():
        answer = confirm(old)

    assert outcome(answer) == (410, "gone")


def test_after_the_old_link_expired_a_new_one_helps() -> None:
    founder_token("initech")

    with time_machine.travel(timezone.now() + timedelta(days=20)), delivered() as mails:
        assert resend().status_code == 202
    with time_machine.travel(timezone.now() + timedelta(days=26)):
        assert confirm(token_in(mails[0])).status_code == 200


def test_each_waiting_company_of_the_founder_gets_its_mail() -> None:
    for slug in ("one", "two"):
        founder_token(slug, admin={"email": EMAIL})

    with delivered() as mails:
        resend()

    assert sorted(mail.subject for mail in mails) == [
        "Confirm your address for One",
        "Confirm your address for Two",
    ]


def test_a_confirmed_company_needs_no_mail() -> None:
    confirm(founder_token("initech"))

    with delivered() as mails, nothing_changes():
        answer = resend()

    assert (answer.status_code, mails) == (202, [])


@pytest.mark.parametrize("password", ["wrong-password", GOOD_PASSWORD + " "])
def test_a_stranger_makes_no_mail(password: str) -> None:
    founder_token("initech")

    with delivered() as mails, nothing_changes():
        wrong = resend(password=password)
        unknown = resend("nobody@initech.example", password)

    assert mails == []
    assert outcome(wrong) == (401, "invalid_credentials")
    assert without_request_id(wrong) == without_request_id(unknown)


def test_a_person_without_a_sign_up_is_told_nothing_else(acme: World) -> None:
    with delivered() as mails, nothing_changes():
        answer = resend("agent@acme.example", PASSWORD)

    assert (answer.status_code, mails) == (202, [])


def test_voided_registrations_keep_no_password() -> None:
    founder_token("initech")
    resend()

    used = Registration.unscoped.filter(used_at__isnull=False)
    assert [row.password for row in used] == [""]


def test_resubmitting_an_unconfirmed_company_mails_a_new_link_too(staff: User) -> None:
    founder_token("initech")
    company = Company.objects.get()
    reject_company(actor=actor_for(staff), company=company, reason="Too vague.")
    finish_jobs()
    body = {"email": EMAIL, "password": GOOD_PASSWORD, "name": "Initech Ltd"}

    with delivered() as mails:
        answer = ApiClient().post("companies/resubmit/", body)

    assert answer.status_code == 200
    assert [mail.subject for mail in mails] == ["Confirm your address for Initech Ltd"]
    assert confirm(token_in(mails[0])).status_code == 200


def test_resubmitting_a_confirmed_company_mails_nothing(staff: User) -> None:
    confirm(founder_token("initech"))
    reject_company(actor=actor_for(staff), company=Company.objects.get(), reason="Too vague.")
    finish_jobs()
    body = {"email": EMAIL, "password": GOOD_PASSWORD}

    with delivered() as mails:
        answer = ApiClient().post("companies/resubmit/", body)

    assert (answer.status_code, mails) == (200, [])
