"""Mails speak the reader's language and run in its direction."""

from typing import Any

import pytest
from django.utils import translation
from django.utils.translation import gettext

from accounts.models import User
from accounts.tests.factories import actor_for
from accounts.tests.forms import register_form, sign_up_form
from companies.services import approve_company
from companies.tests.factories import make_company
from conftest import World
from notifications.tests.mailbox import delivered, html_of
from tokdesk.common.testing import ApiClient

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


def sign_up_mail(language: str, **headers: str) -> Any:
    with delivered() as mails:
        ApiClient().post("companies/", sign_up_form("initech", language=language), **headers)
    return mails[0]


def in_language(language: str, text: str, **facts: str) -> str:
    with translation.override(language):
        return gettext(text) % facts


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("ar", "rtl")])
def test_the_page_names_its_language_and_direction(language: str, direction: str) -> None:
    html = html_of(sign_up_mail(language))

    assert f'<html lang="{language}" dir="{direction}">' in html
    assert '<a class="link" dir="ltr" href="https://desk.example/' in html


@pytest.mark.parametrize("language", ["en", "ar"])
def test_subject_and_sentences_are_the_languages_own(language: str) -> None:
    mail = sign_up_mail(language)

    subject = in_language(language, "Confirm your address for %(company)s", company="Initech")
    sentence = in_language(language, "You asked to open %(company)s on TokDesk.", company="Initech")
    assert mail.subject == subject
    assert sentence in mail.body
    assert in_language(language, "Confirm address") in html_of(mail)


def test_an_arabic_mail_is_in_arabic() -> None:
    mail = sign_up_mail("ar")

    assert any("\u0600" <= letter <= "\u06ff" for letter in mail.subject)
    assert any("\u0600" <= letter <= "\u06ff" for letter in mail.body)


def test_the_readers_language_wins_over_the_requests() -> None:
    mail = sign_up_mail("en", Accept_Language="ar")

    assert mail.subject == "Confirm your address for Initech"
    assert 'dir="ltr"' in html_of(mail)


def test_a_mail_leaves_the_language_of_the_request_alone() -> None:
    with translation.override("en"):
        sign_up_mail("ar")
        assert translation.get_language() == "en"


def test_a_company_reads_its_decisions_in_its_own_language(staff: User) -> None:
    company = make_company("acme", "pending", language="ar")

    with delivered() as mails:
        approve_company(actor=actor_for(staff), company=company)

    assert mails[0].subject == in_language("ar", "%(company)s is approved", company="Acme")
    assert 'dir="rtl"' in html_of(mails[0])


def test_a_person_reads_of_the_password_in_the_own_language(acme: World) -> None:
    User.objects.filter(pk=acme.agent.user_id).update(language="ar")

    with delivered() as mails:
        ApiClient().post("auth/password/forgot/", {"email": "agent@acme.example"})

    assert mails[0].subject == in_language("ar", "Set a new password")
    assert 'dir="rtl"' in html_of(mails[0])


def test_a_customer_reads_the_companys_language_unless_another_was_chosen(acme: World) -> None:
    type(acme.company).objects.update(language="ar")

    with delivered() as mails:
        ApiClient().post("auth/register/", register_form(email="a@home.example"))
        ApiClient().post("auth/register/", register_form(email="b@home.example", language="en"))

    assert ['dir="rtl"' in html_of(mail) for mail in mails] == [True, False]
