"""Counters of all processes together: each counts for itself and adds to Redis now and then.

Without Redis, or while it is away, a process keeps what it counted. Nothing here may fail or delay
the work that is counted.
"""

import json
import logging
import time
from bisect import bisect_left
from collections import Counter
from threading import Lock

import redis
from django.conf import settings
from django_redis import get_redis_connection

logger = logging.getLogger(__name__)

HASH = "tokdesk:metrics"
FLUSH_SECONDS = 1.0
# After a failure: a Redis that is silent costs its timeout each time.
SULK_SECONDS = 20.0
# Upper bounds of the job histogram, in seconds.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
JOB_BUCKET, JOB_SECONDS, JOBS = "job_bucket", "job_seconds", "jobs"
CACHE_READS = "cache_reads"

Series = tuple[str, tuple[str, ...]]

_counts: Counter[Series] = Counter()
_lock = Lock()
_next_flush = 0.0


def count(name: str, *labels: str, times: int = 1) -> None:
    _add({(name, labels): times})


def observe_job(listener: str, outcome: str, seconds: float) -> None:
    """Count one run of a job; `outcome` is done, failed, dead or lost."""
    bucket = bisect_left(BUCKETS, seconds)
    bound = str(BUCKETS[bucket]) if bucket < len(BUCKETS) else "+Inf"
    _add(
        {
            (JOBS, (listener, outcome)): 1,
            (JOB_SECONDS, (listener,)): seconds,
            (JOB_BUCKET, (listener, bound)): 1,
        }
    )


def flush_when_due() -> None:
    """`flush`, but not twice in a moment, and seldom while Redis is away."""
    if time.monotonic() > _next_flush:
        flush()


def flush() -> None:
    """Add what this process counted to what all counted; on failure it is kept for later."""
    global _next_flush
    _next_flush = time.monotonic() + FLUSH_SECONDS
    if not settings.REDIS_URL:
        return
    with _lock:
        taken = dict(_counts)
        _counts.clear()
    if not taken:
        return
    try:
        pipeline = get_redis_connection("default").pipeline(transaction=True)
        for (name, labels), amount in taken.items():
            pipeline.hincrbyfloat(HASH, json.dumps([name, *labels]), amount)
        pipeline.execute()
    except (redis.RedisError, OSError) as error:
        logger.warning("counters could not be shared: %s", type(error).__name__)
        _next_flush = time.monotonic() + SULK_SECONDS
        with _lock:
            _counts.update(taken)


def totals() -> dict[Series, float]:
    """Every series of all processes that could be heard of."""
    flush()
    with _lock:
        found: Counter[Series] = Counter(_counts)
    for field, amount in _shared().items():
        name, *labels = json.loads(field)
        found[name, tuple(labels)] += float(amount)  # type: ignore[assignment]
    return dict(found)


def reset() -> None:
    """Forget what this process counted. For tests."""
    global _next_flush
    _next_flush = 0.0
    with _lock:
        _counts.clear()


def _add(amounts: dict[Series, float]) -> None:
    with _lock:
        for series, amount in amounts.items():
            _counts[series] += amount  # type: ignore[assignment]  # sums of seconds are floats
    flush_when_due()


def _shared() -> dict[bytes, bytes]:
    if not settings.REDIS_URL:
        return {}
    try:
        found: dict[bytes, bytes] = get_redis_connection("default").hgetall(HASH)
    except (redis.RedisError, OSError):
        return {}
    return found
