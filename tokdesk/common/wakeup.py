"""The alarm clock of the job table: a hint to a worker that a queue has something to do.

It carries no id and may get lost: the sweep finds what it would have announced.
"""

import logging
import time
from typing import Any

import redis
from celery import current_app
from django.conf import settings
from django_redis import get_redis_connection
from kombu.exceptions import OperationalError

from tokdesk.common.queues import Queue

logger = logging.getLogger(__name__)

DRAIN_TASK = "tokdesk.drain"
# A hint that nobody took for so long is not waited for any more.
FLAG_MILLISECONDS = 2000
MESSAGE_SECONDS = 10
# More of them than this are not needed by anybody; without workers they would pile up for days, and
# each would be looked at before the first job is done again.
MOST_HINTS = 20
# When a worker last began to look; gone after this long without one.
SEEN, SEEN_SECONDS = "tokdesk:worker-seen", 30
# While the broker is away nobody waits for it at every commit: least of all when it is silent, so
# that finding out takes time.
SULK_SECONDS, SULK_FACTOR = 2.0, 10.0
_away_until = 0.0


def wake(queue: Queue) -> None:
    """Tell a worker, unless somebody has told one that has not begun yet."""
    global _away_until
    if not settings.CELERY_BROKER_URL or time.monotonic() < _away_until:
        return
    began = time.monotonic()
    try:
        if _raise_flag(queue) and not has_hints_enough(queue):
            send_drain(queue)
    except (redis.RedisError, OperationalError, OSError) as error:
        ended = time.monotonic()
        _away_until = ended + max(SULK_SECONDS, SULK_FACTOR * (ended - began))
        logger.warning("no worker could be woken: %s", type(error).__name__)


def begin(queue: Queue) -> None:
    """Whoever commits from now on must tell a worker again. Called before the table is read."""
    try:
        pipeline = _flags().pipeline(transaction=False)
        pipeline.delete(_flag(queue))
        pipeline.set(SEEN, time.time(), ex=SEEN_SECONDS)
        pipeline.execute()
    except (redis.RedisError, OSError) as error:
        logger.warning("a wake-up could not be taken: %s", type(error).__name__)


def has_hints_enough(queue: Queue) -> bool:
    """Whether nobody takes them; never so where the broker is another Redis than the cache.

    Raises:
        redis.RedisError, OSError: it cannot be asked.
    """
    waiting: Any = _flags().llen(str(queue))
    return bool(waiting >= MOST_HINTS)


def send_drain(queue: Queue) -> None:
    current_app.send_task(
        DRAIN_TASK, args=[str(queue)], queue=str(queue), expires=MESSAGE_SECONDS, retry=False
    )


def _raise_flag(queue: Queue) -> bool:
    return bool(_flags().set(_flag(queue), 1, nx=True, px=FLAG_MILLISECONDS))


def _flags() -> "redis.Redis":
    client: redis.Redis = get_redis_connection("default")
    return client


def _flag(queue: Queue) -> str:
    return f"tokdesk:wake:{queue}"
