"""What stands around a mail: one id for ever, and nothing a stranger can add."""

import re
from email import message_from_bytes, policy
from typing import Any

import pytest
from django.core import mail as outbox
from django.utils import timezone

from accounts.models import User
from accounts.tests.factories import actor_for
from accounts.tests.forms import sign_up_form
from companies.services import reject_company
from companies.tests.factories import make_company
from notifications.receivers import mail_confirmation
from notifications.tests.mailbox import delivered, html_of
from tokdesk.common.models import Job
from tokdesk.common.testing import ApiClient

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


def parsed(mail: Any) -> Any:
    return message_from_bytes(mail.message().as_bytes(), policy=policy.default)


def test_the_message_id_is_the_jobs(nobody: ApiClient) -> None:
    with delivered() as mails:
        nobody.post("companies/", sign_up_form())
        job = Job.objects.get()

    assert parsed(mails[0])["Message-ID"] == f"<{job.id}@tokdesk.example>"


def test_a_repeat_has_the_same_message_id_and_token(nobody: ApiClient) -> None:
    with delivered() as mails:
        nobody.post("companies/", sign_up_form())
        job = Job.objects.select_related("event").get()

    mail_confirmation(job.event, job.id)

    again = outbox.outbox[-1]
    assert len(outbox.outbox) == 2
    assert again.extra_headers == mails[0].extra_headers
    assert (again.body, again.to) == (mails[0].body, mails[0].to)


def test_machines_are_told_that_a_machine_wrote(nobody: ApiClient) -> None:
    with delivered() as mails:
        nobody.post("companies/", sign_up_form())

    assert parsed(mails[0])["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize("name", ["Tiny\u2028Bcc: all@x.example", "Tiny\u2029X: y", "a\tb"])
def test_no_name_adds_a_header(staff: User, name: str) -> None:
    company = make_company("acme", "pending", name=name)

    with delivered() as mails:
        reject_company(actor=actor_for(staff), company=company, reason="No.\nBcc: all@x.example")

    message = parsed(mails[0])
    assert message["Bcc"] is None
    assert message["X"] is None
    assert len(mails[0].subject.splitlines()) == 1


def test_what_people_wrote_is_text_in_the_page(staff: User) -> None:
    company = make_company("acme", "pending", name="<script>alert(1)</script>")

    with delivered() as mails:
        reject_company(
            actor=actor_for(staff),
            company=company,
            reason='<a href="javascript:x">{{ 7|add:7 }}</a>',
        )

    html = html_of(mails[0])
    assert "<script>" not in html
    assert "javascript:x&quot;&gt;{{ 7|add:7 }}" in html
    assert "<script>alert(1)</script>" in mails[0].body
    assert "{{ 7|add:7 }}" in mails[0].body


def test_a_percent_sign_in_a_name_is_text(nobody: ApiClient) -> None:
    with delivered() as mails:
        nobody.post("companies/", sign_up_form(name="100% %(company)s %s"))

    assert mails[0].subject == "Confirm your address for 100% %(company)s %s"


@pytest.mark.parametrize(
    "name",
    [
        "=?utf-8?b?QWNtZSBCYW5r?=",
        "=?utf-8?q?Your_account?= =?utf-8?q?_is_locked?=",
        "شركة =?utf-8?b?QWNtZSBCYW5r?=",
        "=" * 60 + "?utf-8?q?Acme?=",
    ],
)
def test_an_encoded_word_in_a_name_is_read_as_it_was_typed(nobody: ApiClient, name: str) -> None:
    with delivered() as mails:
        nobody.post("companies/", sign_up_form(name=name))

    read = str(parsed(mails[0])["Subject"])
    assert read == mails[0].subject
    assert name in read


@pytest.mark.parametrize(
    "name", ["Initech", "A" * 60, "A" * 120, "Office " * 17, "شركة", "شركة الدعم " * 10]
)
def test_a_subject_begins_on_its_first_line(nobody: ApiClient, name: str) -> None:
    with delivered() as mails:
        nobody.post("companies/", sign_up_form(name=name.strip()))

    raw = mails[0].message().as_bytes(linesep="\r\n").decode()
    first = next(line for line in raw.split("\r\n") if line.startswith("Subject:"))
    assert first.removeprefix("Subject:").strip() != ""
    assert max(map(len, raw.partition("\r\n\r\n")[0].split("\r\n"))) <= 78
    assert str(parsed(mails[0])["Subject"]) == mails[0].subject


def test_a_short_plain_subject_is_sent_as_it_is(nobody: ApiClient) -> None:
    with delivered() as mails:
        nobody.post("companies/", sign_up_form())

    assert b"\nSubject: Confirm your address for Initech\n" in mails[0].message().as_bytes()


def test_nothing_is_loaded_from_outside(nobody: ApiClient) -> None:
    with delivered() as mails:
        nobody.post("companies/", sign_up_form())

    html = html_of(mails[0])
    assert set(re.findall(r"https?://([^/\"<]+)", html)) == {"desk.example"}
    assert re.search(r"<(img|script|iframe|link|form)\b", html) is None


def test_a_mail_has_a_date_and_two_parts(nobody: ApiClient) -> None:
    with delivered() as mails:
        nobody.post("companies/", sign_up_form())

    message = parsed(mails[0])
    assert message["Date"].datetime.date() == timezone.now().date()
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
