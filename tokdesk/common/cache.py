"""Cached values of one company: the company is part of every key, hits and misses are counted."""

from collections import Counter
from collections.abc import Collection, Mapping
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
    _note("hit" if found else "miss")
    return value if found else None


def get_many(company_id: UUID, names: Collection[str]) -> dict[str, Any]:
    """Those of the values that are cached, by name, in one round trip; each counts by itself."""
    keys = {_key(company_id, name): name for name in names}
    found = {keys[key]: value for key, value in cache.get_many(keys).items()} if keys else {}
    _note("hit", len(found))
    _note("miss", len(keys) - len(found))
    return found


def put(company_id: UUID, name: str, value: Any, *, seconds: int) -> None:
    put_many(company_id, {name: value}, seconds=seconds)


def put_many(company_id: UUID, values: Mapping[str, Any], *, seconds: int) -> None:
    """Keep these by their names, in one round trip."""
    if None in values.values():
        raise ValueError("None cannot be told from a miss")
    if values:
        cache.set_many({_key(company_id, name): each for name, each in values.items()}, seconds)


def drop(company_id: UUID, name: str) -> None:
    cache.delete(_key(company_id, name))


def forget_all() -> None:
    """Of every company: what is cached speaks of a database that is no more."""
    cache.clear()


def counters() -> dict[str, int]:
    """Hits and misses of this process since it started."""
    with _lock:
        return {"hits": _counts["hit"], "misses": _counts["miss"]}


def _note(result: str, times: int = 1) -> None:
    if times:
        with _lock:
            _counts[result] += times
        metrics.count(metrics.CACHE_READS, result, times=times)


def _key(company_id: UUID, name: str) -> str:
    if not isinstance(company_id, UUID):
        raise TypeError("a cached value needs its company")
    return f"{company_id.hex}:{name}"
