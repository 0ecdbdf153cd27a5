"""Delete what has run out: counters, keys, tokens, and sessions that ended long ago."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import PasswordReset, Registration, Session
from tokdesk.common.commands import BaseOperatorCommand, Report
from tokdesk.common.models import IdempotencyKey, RateCounter
from tokdesk.common.tenancy import unscoped

# Long enough to answer "what was that mail?" and "who was signed in then?".
KEEP_TOKENS = timedelta(days=30)
KEEP_SESSIONS = timedelta(days=90)


class Command(BaseOperatorCommand):
    help = "Delete expired counters, keys and tokens, and sessions that ended 90 days ago."
    examples = "  manage.py purge_expired --dry-run\n  manage.py purge_expired --json"

    def work(self) -> Report:
        with unscoped():
            counts = {name: self.purge(rows) for name, rows in expired().items()}
        verb = "Would delete" if self.is_dry_run else "Deleted"
        said = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items())
        next_step = "run this again without --dry-run." if self.is_dry_run else "run this daily."
        return Report([f"{verb} {said}."], {"dry_run": self.is_dry_run, **counts}, next_step)

    def purge(self, rows: Any) -> int:
        if self.is_dry_run:
            return int(rows.count())
        deleted: int = rows.delete()[0]
        return deleted


def expired() -> dict[str, Any]:
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
