"""The mail that invites: who, whereto, as what, and one link."""

import re
from email import message_from_bytes, policy
from typing import Any

import pytest
from django.utils import translation
from django.utils.translation import gettext

from accounts.models import Membership, User
from accounts.tests.factories import actor_for, make_user
from companies.models import Company
from conftest import World
from invitations.services import invite, invite_admin, resend, revoke
from invitations.services.offers import token_of
from invitations.tests.factories import EMAIL
from notifications.tests.mailbox import delivered, html_of, link_in, token_in
from tokdesk.common.models import Job
from tokdesk.common.roles import Role

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


def invitation_mail(world: World, role: str = Role.AGENT) -> Any:
    with delivered() as mails:
        invite(actor=actor_for(world.admin), email=EMAIL, role=role)
    [mail] = mails
    return mail


def name_company(world: World, **fields: str) -> None:
    Company.objects.filter(pk=world.company.pk).update(**fields)


def name_inviter(world: World, name: str) -> None:
    Membership.unscoped.filter(pk=world.admin.pk).update(name=name)


def test_it_says_who_invites_whereto_as_what(acme: World) -> None:
    mail = invitation_mail(acme)

    assert (mail.to, mail.cc, mail.bcc) == ([EMAIL], [], [])
    assert mail.subject == "Admin invites you to Acme"
    for text in (mail.body, html_of(mail)):
        assert "Admin invites you to Acme on TokDesk. Your role: Agent." in text
        assert "The link works once, within seven days." in text
    assert link_in(mail).startswith("https://desk.example/accounts/invitation/?token=")
    assert html_of(mail).count(link_in(mail)) == 3


@pytest.mark.parametrize(
    ("role", "label"),
    [
        ("company_admin", "Company admin"),
        ("manager", "Manager"),
        ("agent", "Agent"),
        ("user", "Customer"),
    ],
)
def test_each_role_has_its_word(acme: World, role: str, label: str) -> None:
    assert f"Your role: {label}." in invitation_mail(acme, role).body


def test_the_platform_invites_without_a_name(acme: World, staff: User) -> None:
    with delivered() as mails:
        invite_admin(actor=actor_for(staff), company=acme.company, email=EMAIL)

    [mail] = mails
    assert mail.subject == "You are invited to Acme"
    assert staff.name not in mail.body + html_of(mail)


def test_it_speaks_the_companys_language_to_a_stranger(acme: World) -> None:
    name_company(acme, language="ar")

    mail = invitation_mail(acme)

    with translation.override("ar"):
        facts = {"inviter": "Admin", "company": "Acme"}
        assert mail.subject == gettext("%(inviter)s invites you to %(company)s") % facts
    assert '<html lang="ar" dir="rtl">' in html_of(mail)


def test_it_speaks_the_language_of_whoever_has_an_account(acme: World) -> None:
    make_user(EMAIL, language="ar")

    assert 'dir="rtl"' in html_of(invitation_mail(acme))


def test_a_repeat_carries_a_new_link_and_one_only(acme: World) -> None:
    boss = actor_for(acme.admin)
    with delivered() as first:
        row = invite(actor=boss, email=EMAIL, role=Role.AGENT)
    with delivered() as second:
        resend(actor=boss, invitation=row)

    assert token_in(first[0]) != token_in(second[0])
    assert first[0].extra_headers["Message-ID"] != second[0].extra_headers["Message-ID"]


def test_of_mails_that_left_late_the_last_one_is_sent_alone(acme: World) -> None:
    boss = actor_for(acme.admin)
    with delivered() as mails:
        row = invite(actor=boss, email=EMAIL, role=Role.AGENT)
        row = resend(actor=boss, invitation=row)
        row = resend(actor=boss, invitation=row)

    assert [token_in(mail) for mail in mails] == [token_of(row.id, 2)]
    assert Job.objects.count() == 0


def test_nobody_is_mailed_a_link_that_opens_nothing(acme: World) -> None:
    boss = actor_for(acme.admin)
    with delivered() as mails:
        revoke(actor=boss, invitation=invite(actor=boss, email=EMAIL, role=Role.AGENT))

    assert mails == []
    assert Job.objects.count() == 0


EVIL_NAMES = [
    "Nour\r\nBcc: all@evil.example",
    "Nour\nX-Evil: yes",
    "Nour\u2028Bcc: all@evil.example",
    "Nour\u0085\u0007Reply-To: eve@evil.example",
    "=?utf-8?B?QmNjOiBhbGxAZXZpbC5leGFtcGxl?=",
    "\u202egro.live\u202c",
]


@pytest.mark.parametrize("name", EVIL_NAMES)
@pytest.mark.parametrize("whose", ["company", "inviter"])
def test_no_name_adds_a_header_or_a_line(acme: World, name: str, whose: str) -> None:
    (name_inviter(acme, name) if whose == "inviter" else name_company(acme, name=name))

    mail = invitation_mail(acme)

    message: Any = message_from_bytes(mail.message().as_bytes(), policy=policy.default)
    known = {"Content-Type", "MIME-Version", "Subject", "From", "To", "Date", "Message-ID"}
    assert set(message.keys()) == known | {"Auto-Submitted"}
    assert message["To"] == EMAIL
    assert len(mail.subject.splitlines()) == 1
    first = mail.body.splitlines()[0]
    assert first.endswith("Your role: Agent.")
    assert "\u202e" not in mail.subject + mail.body + html_of(mail)


@pytest.mark.parametrize(
    "name",
    [
        "Win at https://evil.example/now",
        "www.evil.example",
        "evil.example",
        "javascript://evil.example",
        "Pay <a href='https://evil.example'>here</a>",
        "mail eve@evil.example",
        "evil\u3002example",
    ],
)
@pytest.mark.parametrize("whose", ["company", "inviter"])
def test_no_name_becomes_a_link(acme: World, name: str, whose: str) -> None:
    (name_inviter(acme, name) if whose == "inviter" else name_company(acme, name=name))

    mail = invitation_mail(acme)

    for text in (mail.subject, mail.body, html_of(mail)):
        assert "evil.example" not in text
        assert "evil\u3002example" not in text
        assert set(re.findall(r"\w+://([^/\"<\s]+)", text)) <= {"desk.example"}
    assert re.findall(r"<a [^>]*href=\"([^\"]+)\"", html_of(mail)) == [link_in(mail)] * 2


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", '"><img src=x>', "{{ 7|add:7 }}", "{% now 'Y' %}", "%s"]
)
def test_what_people_wrote_is_text(acme: World, name: str) -> None:
    name_inviter(acme, name)
    name_company(acme, name=name)

    mail = invitation_mail(acme)

    assert f"{name} invites you to {name} on TokDesk." in mail.body
    assert re.search(r"<(script|img)\b", html_of(mail)) is None


def test_an_arabic_name_stands_apart_in_an_english_sentence(acme: World) -> None:
    name_company(acme, name="شركة نور")

    mail = invitation_mail(acme)

    assert mail.subject == "Admin invites you to \u2068شركة نور\u2069"


def test_an_ordinary_name_is_left_alone(acme: World) -> None:
    name_company(acme, name="Acme Tools Inc. & Sons")

    assert invitation_mail(acme).subject == "Admin invites you to Acme Tools Inc. & Sons"
