"""Limits of load: how many requests one principal may send. They guard the machine, not secrets.

So they live in Redis and open when it is down; guesses are counted in rows instead (limits.py).
"""

import logging
import math
import time
from contextlib import nullcontext
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

from django.conf import settings
from django.http import HttpResponseBase
from limits import RateLimitItem, parse
from limits.storage import Storage, storage_from_string
from limits.strategies import SlidingWindowCounterRateLimiter

from tokdesk.common.actor import Actor
from tokdesk.common.limits import network_of

logger = logging.getLogger(__name__)

# A Redis that hangs must not slow down every request, nor fill the log.
REDIS_TIMEOUT_SECONDS = 0.5
REST_SECONDS = 5
QUIET_SECONDS = 60


@dataclass(frozen=True)
class LimitState:
    """What is left of a principal's window after this request."""

    limit: int
    window: int
    remaining: int
    reset: int
    is_reached: bool


class Outage:
    """The time of the last failure, so that a dead Redis is left alone for a moment."""

    def __init__(self) -> None:
        self.rest_until = 0.0
        self.quiet_until = 0.0

    def is_resting(self) -> bool:
        return time.time() < self.rest_until

    def note(self, error: Exception) -> None:
        now = time.time()
        self.rest_until = now + REST_SECONDS
        if now >= self.quiet_until:
            self.quiet_until = now + QUIET_SECONDS
            logger.warning("request limits are open, Redis fails: %s", type(error).__name__)


outage = Outage()
_one_at_a_time = Lock()


def count_request(actor: Actor) -> LimitState | None:
    """Count one request; None where nothing is limited (switched off, or Redis is down)."""
    if not settings.RATE_LIMITS_ENABLED or outage.is_resting():
        return None
    kind = "member" if actor.is_authenticated else "anonymous"
    limiter = _limiter(settings.REDIS_URL)
    # The storage in memory starts its timer twice when two threads are there at once.
    turn = nullcontext() if settings.REDIS_URL else _one_at_a_time
    try:
        with turn:
            return _hit(limiter, parse(settings.REQUEST_LIMITS[kind]), kind, _counted(actor))
    except limiter.storage.base_exceptions as error:
        outage.note(error)
        return None


def tell_limit(response: HttpResponseBase, state: LimitState | None) -> None:
    """The draft headers `RateLimit` and `RateLimit-Policy` on whatever is answered."""
    if state is None:
        return
    response["RateLimit-Policy"] = f'"default";q={state.limit};w={state.window}'
    response["RateLimit"] = f'"default";r={state.remaining};t={state.reset}'


def _counted(actor: Actor) -> str:
    """A member counts alone, strangers by their network."""
    return actor.principal if actor.is_authenticated else network_of(actor.ip)


def _hit(
    limiter: SlidingWindowCounterRateLimiter, item: RateLimitItem, kind: str, principal: str
) -> LimitState:
    allowed = limiter.hit(item, "request", kind, principal)
    window = limiter.get_window_stats(item, "request", kind, principal)
    return LimitState(
        limit=item.amount,
        window=item.get_expiry(),
        remaining=window.remaining if allowed else 0,
        reset=max(1, math.ceil(window.reset_time - time.time())),
        is_reached=not allowed,
    )


@lru_cache(maxsize=4)
def _limiter(redis_url: str) -> SlidingWindowCounterRateLimiter:
    return SlidingWindowCounterRateLimiter(_storage(redis_url))


def _storage(redis_url: str) -> Storage:
    if not redis_url:
        return storage_from_string("memory://")  # type: ignore[return-value]
    scheme, _, rest = redis_url.partition("://")
    return storage_from_string(  # type: ignore[return-value]
        f"{'redis+unix' if scheme == 'unix' else scheme}://{rest}",
        socket_timeout=REDIS_TIMEOUT_SECONDS,
        socket_connect_timeout=REDIS_TIMEOUT_SECONDS,
    )
