"""Cached values of one company: the company is part of every key, hits and misses are counted."""

from collections import Counter
from threading import Lock
from typing import Any
from uuid import UUID

from django.core.cache import cache

from tokdesk.common import metrics

_counts: Counter[str] = Counter()
_lock = Lock()
_MISSING = object()


def get(company_id: UUID, name: str) -> Any | None:
    """The cached value, or None; values are never None."""
    value = cache.get(_key(company_id, name), _MISSING)
    found = value is not _MISSING
    result = "hit" if found else "miss"
    with _lock:
        _counts[result] += 1
    metrics.count(metrics.CACHE_READS, result)
    return value if found else None


def put(company_id: UUID, name: str, value: Any, *, seconds: int) -> None:
    if value is None:
        raise ValueError("None cannot be told from a miss")
    cache.set(_key(company_id, name), value, seconds)


def drop(company_id: UUID, name: str) -> None:
    cache.delete(_key(company_id, name))


def counters() -> dict[str, int]:
    """Hits and misses of this process since it started."""
    with _lock:
        return {"hits": _counts["hit"], "misses": _counts["miss"]}


def _key(company_id: UUID, name: str) -> str:
    if not isinstance(company_id, UUID):
        raise TypeError("a cached value needs its company")
    return f"{company_id.hex}:{name}"
