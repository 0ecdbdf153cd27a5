"""What has run out and may go: counters, keys, tokens, and sessions that ended long ago."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import PasswordReset, Registration, Session
from tokdesk.common.models import IdempotencyKey, RateCounter
from tokdesk.common.tenancy import unscoped

# Long enough to answer "what was that mail?" and "who was signed in then?".
KEEP_TOKENS = timedelta(days=30)
KEEP_SESSIONS = timedelta(days=90)


def expired() -> dict[str, Any]:
    """Querysets by name. Those of companies need `unscoped()` around their use."""
    now = timezone.now()
    return {
        "rate_counters": RateCounter.objects.filter(expires_at__lte=now),
        "idempotency_keys": IdempotencyKey.objects.filter(expires_at__lte=now),
        "password_resets": PasswordReset.objects.filter(expires_at__lte=now - KEEP_TOKENS),
        "registrations": Registration.objects.filter(expires_at__lte=now - KEEP_TOKENS),
        "sessions": Session.objects.filter(ended_at__lte=now - KEEP_SESSIONS),
        "lapsed_sessions": Session.objects.filter(
            ended_at__isnull=True, expires_at__lte=now - KEEP_SESSIONS
        ),
    }


def count_expired() -> dict[str, int]:
    with unscoped():
        return {name: rows.count() for name, rows in expired().items()}


def purge_expired() -> dict[str, int]:
    """Delete them, and return how many there were of each."""
    with unscoped():
        return {name: rows.delete()[0] for name, rows in expired().items()}
