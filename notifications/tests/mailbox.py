"""The mails that a block sent, and the token that a mail carries."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.core import mail
from django.core.mail import EmailMultiAlternatives

from tokdesk.common.testing import finish_jobs

LINK = re.compile(r"https://\S+\?token=([A-Za-z0-9_-]{43})$", re.MULTILINE)


@contextmanager
def delivered() -> Iterator[list[EmailMultiAlternatives]]:
    """The jobs that the block left are done when it ends; their mails stand in the list."""
    # What came before is not the block's.
    finish_jobs()
    before = len(mail.outbox)
    mails: list[EmailMultiAlternatives] = []
    yield mails
    finish_jobs()
    mails.extend(mail.outbox[before:])


def token_in(message: EmailMultiAlternatives) -> str:
    found = LINK.search(message.body)
    assert found is not None, message.body
    return found.group(1)


def link_in(message: EmailMultiAlternatives) -> str:
    found = LINK.search(message.body)
    assert found is not None, message.body
    return found.group(0)


def html_of(message: EmailMultiAlternatives) -> str:
    [(html, kind)] = message.alternatives
    assert kind == "text/html"
    return str(html)
