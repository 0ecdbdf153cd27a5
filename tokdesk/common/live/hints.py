"""What processes tell each other at once, so that sockets need not wait for somebody to look.

A hint may be lost and is never trusted: the hub reads what it speaks of from the database, and
looks for itself every ten seconds. Only passing signs (who types, who looks) travel whole.

The channel layer receives; sending goes through a client of our own that is kept open, since the
layer's, called from synchronous code, would open a connection for each message.
"""

import logging
import os
import secrets
import time
from collections.abc import Callable, Collection
from threading import Lock
from typing import Any
from uuid import UUID

import redis
from channels.layers import get_channel_layer
from django.conf import settings

logger = logging.getLogger(__name__)

Message = dict[str, Any]
Listener = Callable[[UUID, Message], None]

# How channels_redis.pubsub names the group in Redis; a test sends one through.
CHANNEL = "asgi__group__{group}"
TIMEOUT_SECONDS = 1.0
# While Redis is away nobody waits for it at every commit.
SULK_SECONDS = 2.0

_listeners: set[Listener] = set()
_lock = Lock()
_client: tuple[int, "redis.Redis"] | None = None
_away_until = 0.0
# Told along, so that a process that hears itself knows it.
_origin: tuple[int, str] | None = None


def group_of(company_id: UUID) -> str:
    return f"live.{company_id.hex}"


def announce(company_id: UUID, message: Message) -> None:
    """Tell every process with sockets of this company, this one first; from any thread.

    `k` names the kind of the message, which holds what msgpack can carry.
    """
    for listener in tuple(_listeners):
        listener(company_id, message)
    _publish(company_id, {**message, "company": company_id.hex, "origin": origin()})


def hint_head(company_id: UUID, conversation_id: UUID, seq: int, *, is_public: bool) -> None:
    """The log of a conversation reaches to `seq` now; `is_public` where customers see it."""
    message = {"k": "head", "conv": conversation_id.hex, "seq": seq, "public": is_public}
    announce(company_id, message)


def hint_presence(company_id: UUID, gone: Collection[UUID] = ()) -> None:
    """Somebody came, went, or wants to be seen otherwise.

    `gone` were seen by others until now and may not be any more. They are named because whoever
    looks may not have looked since they came, and others were told of them meanwhile.
    """
    announce(company_id, {"k": "presence", "gone": [each.hex for each in gone]})


def listen(listener: Listener) -> None:
    """Hear at once what this process announces; called in the announcing thread."""
    _listeners.add(listener)


def unlisten(listener: Listener) -> None:
    _listeners.discard(listener)


def origin() -> str:
    """This process; another one after a fork."""
    global _origin
    if _origin is None or _origin[0] != os.getpid():
        _origin = (os.getpid(), secrets.token_hex(8))
    return _origin[1]


def _publish(company_id: UUID, message: Message) -> None:
    global _away_until
    if not settings.LAYER_URL or time.monotonic() < _away_until:
        return
    try:
        channel = CHANNEL.format(group=group_of(company_id))
        _kept_client().publish(channel, get_channel_layer().serialize(message))
    except (redis.RedisError, OSError) as error:
        _away_until = time.monotonic() + SULK_SECONDS
        logger.warning("other processes could not be told: %s", type(error).__name__)


def _kept_client() -> "redis.Redis":
    global _client
    with _lock:
        if _client is None or _client[0] != os.getpid():
            made = redis.Redis.from_url(
                settings.LAYER_URL,
                socket_timeout=TIMEOUT_SECONDS,
                socket_connect_timeout=TIMEOUT_SECONDS,
            )
            _client = (os.getpid(), made)
        return _client[1]
