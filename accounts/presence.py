"""Who has a live socket, in all processes together, and as what they want to be seen.

Sockets stand in Redis with a time until which they count, so whoever dies without a word is gone
by itself; processes renew those of theirs. Nothing here fails or waits for long: while Redis is
away a process knows its own sockets alone.
"""

import logging
import time
from collections.abc import Callable, Collection, Mapping
from threading import Lock
from typing import Any, TypeVar
from uuid import UUID

import redis
from django.conf import settings
from django_redis import get_redis_connection

from accounts.choices import Availability
from accounts.models import Membership

logger = logging.getLogger(__name__)
T = TypeVar("T")

# Renewed every ten seconds.
LIFETIME_SECONDS = 25.0
KEY_SECONDS = 60
SULK_SECONDS = 5.0
HIDDEN = (Availability.OFFLINE, Availability.INVISIBLE)

# company -> "member:socket" -> until. What this process would know without any other.
_own: dict[UUID, dict[str, float]] = {}
_lock = Lock()
_away_until = 0.0

# KEYS: the sockets of a company by the time when they run out, and by name; both run out behind the
# last one. ARGV: now, until, seconds, the member, the socket, the most that a member may have.
ENTER = """
for _, name in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])) do
  redis.call('ZREM', KEYS[2], name)
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
local prefix = ARGV[4] .. ':'
local count = redis.call('ZLEXCOUNT', KEYS[2], '[' .. prefix, '(' .. ARGV[4] .. ';')
if count >= tonumber(ARGV[6]) then return 0 end
redis.call('ZADD', KEYS[1], ARGV[2], prefix .. ARGV[5])
redis.call('ZADD', KEYS[2], 0, prefix .. ARGV[5])
redis.call('EXPIRE', KEYS[1], ARGV[3])
redis.call('EXPIRE', KEYS[2], ARGV[3])
return 1
"""


def enter(company_id: UUID, member_id: UUID, socket_id: str, *, most: int) -> bool:
    """Count one more socket of this person; False where there are `most` of them already."""
    now = time.time()
    name = _name(member_id, socket_id)
    with _lock:
        own = _living(company_id, now)
        if sum(each.startswith(f"{member_id.hex}:") for each in own) >= most:
            return False
        own[name] = now + LIFETIME_SECONDS
    until = now + LIFETIME_SECONDS
    words = (now, until, KEY_SECONDS, member_id.hex, socket_id, most)

    def count(client: Any) -> bool:
        return bool(client.eval(ENTER, 2, *_keys(company_id), *words))

    if _ask(count, True):
        return True
    with _lock:
        own.pop(name, None)
    return False


def leave(company_id: UUID, member_id: UUID, socket_id: str) -> None:
    name = _name(member_id, socket_id)
    with _lock:
        _living(company_id, time.time()).pop(name, None)

    def remove(client: Any) -> None:
        pipeline = client.pipeline(transaction=False)
        for key in _keys(company_id):
            pipeline.zrem(key, name)
        pipeline.execute()

    _ask(remove, None)


def refresh(company_id: UUID, sockets: Mapping[UUID, Collection[str]]) -> None:
    """These sockets live; what a Redis that was wiped does not know any more it learns again."""
    names = [_name(member_id, each) for member_id, ids in sockets.items() for each in ids]
    now = time.time()
    until = dict.fromkeys(names, now + LIFETIME_SECONDS)
    with _lock:
        _living(company_id, now).update(until)
    if not names:
        return

    def renew(client: Any) -> None:
        by_time, by_name = _keys(company_id)
        pipeline = client.pipeline(transaction=False)
        pipeline.zadd(by_time, until)
        pipeline.zadd(by_name, dict.fromkeys(names, 0))
        for key in (by_time, by_name):
            pipeline.expire(key, KEY_SECONDS)
        pipeline.execute()

    _ask(renew, None)


def shown(company_id: UUID) -> dict[UUID, str]:
    """Whom of the staff others see, and as what; must run inside the company's scope.

    Whoever is not in it is offline to everybody, also who is there and hides.
    """
    rows = Membership.objects.active().staff().filter(pk__in=_members(company_id))
    seen = rows.exclude(availability__in=HIDDEN).order_by()
    return dict(seen.values_list("pk", "availability"))


def forget_all() -> None:
    """What this process knew alone. For tests."""
    global _away_until
    _away_until = 0.0
    with _lock:
        _own.clear()


def _members(company_id: UUID) -> set[UUID]:
    now = time.time()
    with _lock:
        names = set(_living(company_id, now))

    def living(client: Any) -> set[str]:
        found = client.zrangebyscore(_keys(company_id)[0], now, "+inf")
        return {each.decode() for each in found}

    names |= _ask(living, set())
    return {UUID(name.partition(":")[0]) for name in names}


def _living(company_id: UUID, now: float) -> dict[str, float]:
    """Of this process; run under the lock."""
    own = _own.setdefault(company_id, {})
    for name in [name for name, until in own.items() if until <= now]:
        del own[name]
    return own


def _ask(work: Callable[[Any], T], otherwise: T) -> T:
    """What Redis says, or the other answer while it is away."""
    global _away_until
    if not settings.REDIS_URL or time.monotonic() < _away_until:
        return otherwise
    try:
        return work(get_redis_connection("default"))
    except (redis.RedisError, OSError) as error:
        _away_until = time.monotonic() + SULK_SECONDS
        logger.warning("presence is this process's alone: %s", type(error).__name__)
        return otherwise


def _keys(company_id: UUID) -> tuple[str, str]:
    """The sockets by the time when they run out, and by name."""
    return f"tokdesk:sockets:{company_id.hex}", f"tokdesk:sockets:{company_id.hex}:names"


def _name(member_id: UUID, socket_id: str) -> str:
    return f"{member_id.hex}:{socket_id}"
