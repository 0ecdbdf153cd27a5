"""Which mail goes to whom, with which subject and which link."""

from typing import Any

import pytest

from accounts.models import User
from accounts.tests.factories import actor_for
from accounts.tests.forms import sign_up_form
from companies.models import Company
from companies.services import (
    approve_company,
    delete_company,
    reject_company,
    restore_company,
    suspend_company,
)
from companies.tests.factories import make_company
from conftest import World
from notifications.tests.mailbox import delivered, html_of, link_in, token_in
from tokdesk.common.testing import ApiClient

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


def test_a_founder_is_asked_to_confirm(nobody: ApiClient) -> None:
    with delivered() as mails:
        nobody.post("companies/", sign_up_form("initech"))

    [mail] = mails
    assert mail.to == ["bill@initech.example"]
    assert mail.subject == "Confirm your address for Initech"
    assert mail.from_email == "TokDesk <no-reply@tokdesk.example>"
    assert link_in(mail).startswith("https://desk.example/accounts/confirm-company/?token=")
    assert (mail.cc, mail.bcc, mail.attachments) == ([], [], [])


def test_a_customer_is_asked_to_confirm(acme: World, nobody: ApiClient) -> None:
    form = {"company": "acme", "name": "Carla", "email": "carla@home.example"}
    with delivered() as mails:
        nobody.post("auth/register/", {**form, "password": "correct-horse-battery"})

    [mail] = mails
    assert mail.subject == "Confirm your address for Acme"
    assert link_in(mail).startswith("https://desk.example/accounts/confirm/?token=")


def test_a_forgetful_person_gets_a_link(acme: World, nobody: ApiClient) -> None:
    with delivered() as mails:
        nobody.post("auth/password/forgot/", {"email": "agent@acme.example"})

    [mail] = mails
    assert mail.subject == "Set a new password"
    assert link_in(mail).startswith("https://desk.example/accounts/reset/?token=")


@pytest.mark.parametrize(
    ("service", "facts", "start", "subject", "words"),
    [
        (approve_company, {}, "pending", "Acme is approved", "You can sign in now."),
        (
            reject_company,
            {"reason": "No such firm."},
            "pending",
            "Acme was not approved",
            "The reason: No such firm.",
        ),
        (
            suspend_company,
            {"reason": "Unpaid."},
            "active",
            "Acme is suspended",
            "The reason: Unpaid.",
        ),
        (restore_company, {}, "suspended", "Acme is open again", "has ended"),
    ],
)
def test_a_company_hears_of_each_decision(
    staff: User, service: Any, facts: dict[str, str], start: str, subject: str, words: str
) -> None:
    company = make_company("acme", start)

    with delivered() as mails:
        service(actor=actor_for(staff), company=company, **facts)

    [mail] = mails
    assert (mail.to, mail.subject) == (["admin@acme.example"], subject)
    assert words in mail.body
    assert words in html_of(mail)


def test_a_deleted_company_is_not_written_to(acme: World, staff: User) -> None:
    with delivered() as mails:
        delete_company(actor=actor_for(staff), company=acme.company, reason="Asked for.")

    assert mails == []


def test_a_refused_sign_up_mails_nobody(acme: World, nobody: ApiClient) -> None:
    with delivered() as mails:
        nobody.post("companies/", sign_up_form("acme"))
        nobody.post("companies/", sign_up_form("admin"))
        nobody.post("companies/", sign_up_form(admin={"password": "short"}))

    assert mails == []


def test_each_mail_has_a_token_of_its_own(acme: World, nobody: ApiClient) -> None:
    with delivered() as mails:
        nobody.post("companies/", sign_up_form("one", admin={"email": "bill@work.example"}))
        nobody.post("companies/", sign_up_form("two", admin={"email": "bill@work.example"}))
        nobody.post("auth/password/forgot/", {"email": "agent@acme.example"})

    assert len({token_in(mail) for mail in mails}) == 3


def test_text_and_page_say_the_same(nobody: ApiClient) -> None:
    with delivered() as mails:
        nobody.post("companies/", sign_up_form())

    [mail] = mails
    html = html_of(mail)
    assert "\n-- \nTokDesk\n" in mail.body
    assert html.count(link_in(mail)) == 3
    for sentence in ("You asked to open Initech on TokDesk.", "If this was not you"):
        assert sentence in mail.body
        assert sentence in html


def test_a_company_without_a_decision_hears_nothing() -> None:
    with delivered() as mails:
        make_company("acme", "pending")
        Company.objects.update(name="Other")

    assert mails == []
