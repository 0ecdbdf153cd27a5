"""Mail: one letter as text and HTML, with an id that stays the same when it is sent again."""

from collections.abc import Callable
from email.header import Header
from email.utils import parseaddr
from smtplib import (
    SMTPDataError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
)
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from companies.models import Company
from notifications.brands import DESK, Brand, brand_of
from notifications.letters import Letter
from tokdesk.common.jobs import Hopeless

# What a first line of 78 holds behind "Subject: ".
ROOM = 69


class MailRefused(Exception):
    """The mail server did not take a mail this time."""


class _Mail(EmailMultiAlternatives):
    """A mail whose subject is read as it was written."""

    # Ignored: the stubs are those of Django 6, where `message` takes a policy.
    def message(self) -> Any:  # type: ignore[override]
        made: Any = super().message()
        made.replace_header("Subject", _subject_header(str(self.subject)))
        return made


def send(
    *,
    to: str,
    language: str,
    delivery: UUID,
    write: Callable[[], Letter],
    company: Company | None = None,
) -> None:
    """Write the letter in the reader's language and hand it to the mail server.

    `delivery` names the Message-ID, so a repeat after a crash is recognised as the same mail. A
    letter about a company shows its name and colour.

    Raises:
        Hopeless: the server refuses this mail for good. MailRefused: it did so this time.
    """
    with translation.override(language):
        brand: Brand = brand_of(company) if company else DESK
        letter = write()
        rtl = translation.get_language_bidi()
        page = {"letter": letter, "brand": brand, "language": language, "rtl": rtl}
        message = _Mail(
            subject=" ".join(letter.subject.split()),
            body=render_to_string("emails/letter.txt", page),
            to=[to],
            headers={"Message-ID": f"<{delivery}@{_domain()}>", "Auto-Submitted": "auto-generated"},
        )
        message.attach_alternative(render_to_string("emails/letter.html", page), "text/html")
        _hand_over(message)


def _subject_header(subject: str) -> Header:
    """Encoded unless it is short and plain, so that a reader shows what was typed, and all of it.

    Left as it is, an encoded word in a name would be decoded, and a long word pushed off the first
    line. Django encodes for a line without "Subject: ", which leaves that line empty.
    """
    is_plain = subject.isascii() and "=?" not in subject and len(subject) <= ROOM
    return Header(subject, "us-ascii" if is_plain else "utf-8", header_name="Subject")


def _hand_over(message: EmailMultiAlternatives) -> None:
    """What a mail server refuses with 5xx it refuses tomorrow too; anything else may pass.

    A server's own words repeat addresses, so only its codes are told.
    """
    try:
        message.send()
    except (SMTPRecipientsRefused, SMTPDataError) as error:
        codes = _codes_of(error)
        kind = Hopeless if all(500 <= code < 600 for code in codes) else MailRefused
        raise kind(f"the mail server answered {', '.join(map(str, codes))}") from None
    except SMTPResponseException as error:
        # About ourselves (greeting, sign-in, sender): our settings may be mended, so it may pass.
        raise MailRefused(f"{type(error).__name__} {error.smtp_code}") from None
    except SMTPException as error:
        raise MailRefused(type(error).__name__) from None


def _codes_of(error: SMTPRecipientsRefused | SMTPDataError) -> list[int]:
    if isinstance(error, SMTPDataError):
        return [error.smtp_code]
    return [code for code, _text in error.recipients.values()]


def _domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2] or "localhost"
