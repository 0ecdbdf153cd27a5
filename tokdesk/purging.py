"""What has run out and may go: counters, keys, tokens, and sessions that ended long ago."""

import time
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import PasswordReset, Registration, Session, SocketTicket
from tokdesk.common.models import IdempotencyKey, RateCounter
from tokdesk.common.tenancy import unscoped

# Long enough to answer "what was that mail?" and "who was signed in then?".
KEEP_TOKENS = timedelta(days=30)
KEEP_SESSIONS = timedelta(days=90)
# So many rows are deleted in one transaction.
CHUNK = 2000


def expired() -> dict[str, Any]:
    """Querysets by name. Those of companies need `unscoped()` around their use."""
    now = timezone.now()
    return {
        "rate_counters": RateCounter.objects.filter(expires_at__lte=now),
        "idempotency_keys": IdempotencyKey.objects.filter(expires_at__lte=now),
        "password_resets": PasswordReset.objects.filter(expires_at__lte=now - KEEP_TOKENS),
        "registrations": Registration.objects.filter(expires_at__lte=now - KEEP_TOKENS),
        "socket_tickets": SocketTicket.objects.filter(expires_at__lte=now),
        "sessions": Session.objects.filter(ended_at__lte=now - KEEP_SESSIONS),
        "lapsed_sessions": Session.objects.filter(
            ended_at__isnull=True, expires_at__lte=now - KEEP_SESSIONS
        ),
    }


def count_expired() -> dict[str, int]:
    with unscoped():
        return {name: rows.count() for name, rows in expired().items()}


def purge_expired(*, seconds: float = float("inf")) -> dict[str, int]:
    """Delete them, piece by piece, until all or the time is gone; returns how many of each."""
    deadline = time.monotonic() + seconds
    with unscoped():
        return {name: _purge(rows, deadline) for name, rows in expired().items()}


def _purge(rows: Any, deadline: float) -> int:
    deleted = 0
    while time.monotonic() < deadline:
        ids = list(rows.values_list("pk", flat=True)[:CHUNK])
        deleted += rows.filter(pk__in=ids).delete()[0]
        if len(ids) < CHUNK:
            break
    return deleted
