"""Mail: one letter as text and HTML, with an id that stays the same when it is sent again."""

from collections.abc import Callable
from email.utils import parseaddr
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from notifications.letters import Letter


def send(*, to: str, language: str, event_id: UUID, write: Callable[[], Letter]) -> None:
    """Write the letter in the reader's language and hand it to the mail server.

    `event_id` names the Message-ID, so a repeat after a crash is recognised as the same mail.
    """
    with translation.override(language):
        letter = write()
        page = {"letter": letter, "language": language, "rtl": translation.get_language_bidi()}
        message = EmailMultiAlternatives(
            subject=" ".join(letter.subject.split()),
            body=render_to_string("emails/letter.txt", page),
            to=[to],
            headers={"Message-ID": f"<{event_id}@{_domain()}>", "Auto-Submitted": "auto-generated"},
        )
        message.attach_alternative(render_to_string("emails/letter.html", page), "text/html")
        message.send()


def _domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2] or "localhost"
