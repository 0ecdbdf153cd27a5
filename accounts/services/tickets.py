"""Tickets of sockets: a browser cannot send a header with a socket, and no URL may hold a token."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Session, SocketTicket
from accounts.services.sessions import live_session
from tokdesk.common.actor import Actor
from tokdesk.common.db import transactional
from tokdesk.common.errors import Denied, Unauthenticated
from tokdesk.common.tokens import token_hash

LIFETIME = timedelta(seconds=30)
PATH = "/ws/v1/"


class NoTicket(Unauthenticated):
    """Unknown, spent, run out, or of a session that has ended; nobody is told which."""

    default_code = "invalid_ticket"
    default_detail = _("This ticket is not valid any more. Get a new one.")


@dataclass(frozen=True)
class IssuedTicket:
    """`token` is told this once; the database has its hash alone."""

    pk: UUID
    token: str
    expires_at: datetime
    url: str


@transactional
def issue_ticket(*, actor: Actor) -> IssuedTicket:
    """A ticket for one socket of this session.

    Raises:
        Denied: nobody of a company, or without a session.
    """
    if actor.member_id is None or actor.session_id is None:
        raise Denied
    token = secrets.token_urlsafe(32)
    row = SocketTicket(
        session_id=actor.session_id,
        token_hash=token_hash(token),
        expires_at=timezone.now() + LIFETIME,
    )
    row.save(force_insert=True)
    return IssuedTicket(row.pk, token, row.expires_at, socket_url())


@transactional
def spend_ticket(*, token: str) -> Session:
    """The live session that the ticket is of; of many who spend it at once a single one gets it.

    Raises:
        NoTicket. Unauthenticated: the session has ended.
    """
    now = timezone.now()
    row = SocketTicket.objects.filter(token_hash=token_hash(token)).first()
    if row is None or row.used_at is not None or row.expires_at <= now:
        raise NoTicket
    unused = SocketTicket.objects.filter(pk=row.pk, used_at__isnull=True)
    if unused.update(used_at=now) != 1:
        raise NoTicket
    return live_session(row.session_id)


def socket_url() -> str:
    """Where sockets are opened."""
    scheme, _separator, place = settings.BASE_URL.partition("://")
    return f"{'wss' if scheme == 'https' else 'ws'}://{place}{PATH}"
