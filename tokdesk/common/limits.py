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


def spend(name: str, value: str, *, cost: int = 1) -> None:
    """Count one try of `value` against the limit `name`, before the try is made.

    What counts for more than one (so many mails at once) has its `cost`: all of it or nothing.
    Must run outside a transaction: a try that fails later still counts.

    Raises:
        RateLimited: the window has not so much left.
    """
    limit, seconds = settings.GUESS_LIMITS[name]
    if not settings.RATE_LIMITS_ENABLED or cost == 0:
        return
    if cost > limit:
        raise RateLimited(seconds, limit=limit)
    key = _key(name, value)
    for _ in range(3):
        if _count(key, limit, cost) or _open(key, seconds, cost):
            return
        row = RateCounter.objects.filter(key=key).first()
        if row and row.count + cost > limit and row.expires_at > timezone.now():
            raise RateLimited(
                int((row.expires_at - timezone.now()).total_seconds()) + 1, limit=limit
            )
    raise RateLimited(1, limit=limit)


def refund(name: str, value: str, *, cost: int = 1) -> None:
    """Give a try back after a success, so honest people behind one address share no limit."""
    rows = RateCounter.objects.filter(key=_key(name, value), count__gte=cost)
    rows.update(count=F("count") - cost)


def is_first(name: str, value: str, *, seconds: int) -> bool:
    """Whether nobody asked this within the window: for what is noted once in a while.

    Holds also where limits are switched off, and refuses nobody.
    """
    key = _key(name, value)
    if RateCounter.objects.filter(key=key, expires_at__gt=timezone.now()).exists():
        return False
    return _open(key, seconds)


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


def _count(key: str, limit: int, cost: int) -> bool:
    live = RateCounter.objects.filter(key=key, expires_at__gt=timezone.now())
    return live.filter(count__lte=limit - cost).update(count=F("count") + cost) == 1


def _open(key: str, seconds: int, cost: int = 1) -> bool:
    """Open a new window with this try as its first."""
    now = timezone.now()
    expires_at = now + timedelta(seconds=seconds)
    over = RateCounter.objects.filter(key=key, expires_at__lte=now)
    if over.update(count=cost, expires_at=expires_at) == 1:
        return True
    return try_insert(RateCounter(key=key, count=cost, expires_at=expires_at))
