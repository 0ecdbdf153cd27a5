"""Mail: one letter as text and HTML, with an id that stays the same when it is sent again."""

from collections.abc import Callable
from email.utils import parseaddr
from smtplib import SMTPDataError, SMTPRecipientsRefused
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from companies.models import Company
from notifications.brands import DESK, Brand, brand_of
from notifications.letters import Letter
from tokdesk.common.jobs import Hopeless


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
        Hopeless: the server refuses this mail for good.
    """
    with translation.override(language):
        brand: Brand = brand_of(company) if company else DESK
        letter = write()
        rtl = translation.get_language_bidi()
        page = {"letter": letter, "brand": brand, "language": language, "rtl": rtl}
        message = EmailMultiAlternatives(
            subject=" ".join(letter.subject.split()),
            body=render_to_string("emails/letter.txt", page),
            to=[to],
            headers={"Message-ID": f"<{delivery}@{_domain()}>", "Auto-Submitted": "auto-generated"},
        )
        message.attach_alternative(render_to_string("emails/letter.html", page), "text/html")
        _hand_over(message)


def _hand_over(message: EmailMultiAlternatives) -> None:
    """What a mail server refuses with 5xx it refuses tomorrow too; anything else may pass."""
    try:
        message.send()
    except SMTPRecipientsRefused as error:
        if all(_is_final(code) for code, _text in error.recipients.values()):
            raise Hopeless("the recipient was refused") from error
        raise
    except SMTPDataError as error:
        if _is_final(error.smtp_code):
            raise Hopeless("the mail was refused") from error
        raise


def _is_final(code: int) -> bool:
    return 500 <= code < 600


def _domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2] or "localhost"
