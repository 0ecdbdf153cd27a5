"""Limits of guessing: rows changed conditionally, so they hold in parallel and without Redis."""

import hashlib
import hmac
import ipaddress
from datetime import timedelta

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from tokdesk.common.db import try_insert
from tokdesk.common.errors import RateLimited
from tokdesk.common.models.rate_counter import RateCounter


def spend(name: str, value: str) -> None:
    """Count one try of `value` against the limit `name`, before the try is made.

    Must run outside a transaction: a try that fails later still counts.

    Raises:
        RateLimited: the window has no try left.
    """
    if not settings.RATE_LIMITS_ENABLED:
        return
    limit, seconds = settings.GUESS_LIMITS[name]
    key = _key(name, value)
    for _ in range(3):
        if _count(key, limit) or _open(key, seconds):
            return
        row = RateCounter.objects.filter(key=key).first()
        if row and row.count >= limit and row.expires_at > timezone.now():
            raise RateLimited(
                int((row.expires_at - timezone.now()).total_seconds()) + 1, limit=limit
            )
    raise RateLimited(1, limit=limit)


def refund(name: str, value: str) -> None:
    """Give one try back after a success, so honest people behind one address share no limit."""
    RateCounter.objects.filter(key=_key(name, value), count__gt=0).update(count=F("count") - 1)


def network_of(ip: str | None) -> str:
    """The address a limit counts by: an IPv6 customer owns a whole /64."""
    if not ip:
        return "unknown"
    address = ipaddress.ip_address(ip)
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, 64), strict=False))


def _key(name: str, value: str) -> str:
    message = f"{name}|{value}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), message, hashlib.sha256).hexdigest()


def _count(key: str, limit: int) -> bool:
    live = RateCounter.objects.filter(key=key, expires_at__gt=timezone.now(), count__lt=limit)
    return live.update(count=F("count") + 1) == 1


def _open(key: str, seconds: int) -> bool:
    """Open a new window with this try as its first."""
    now = timezone.now()
    expires_at = now + timedelta(seconds=seconds)
    over = RateCounter.objects.filter(key=key, expires_at__lte=now)
    if over.update(count=1, expires_at=expires_at) == 1:
        return True
    return try_insert(RateCounter(key=key, count=1, expires_at=expires_at))
