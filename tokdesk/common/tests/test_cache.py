"""Cached values belong to one company and are counted."""

from uuid import UUID, uuid4

import pytest

from tokdesk.common import cache

pytestmark = pytest.mark.contract


def test_a_value_is_seen_by_its_own_company_alone() -> None:
    acme, globex = uuid4(), uuid4()
    cache.put(acme, "counts", {"open": 3}, seconds=60)

    assert cache.get(acme, "counts") == {"open": 3}
    assert cache.get(globex, "counts") is None
    cache.drop(acme, "counts")
    assert cache.get(acme, "counts") is None


def test_hits_and_misses_are_counted() -> None:
    company, before = uuid4(), cache.counters()
    cache.get(company, "a")
    cache.put(company, "a", 0, seconds=60)
    cache.get(company, "a")
    cache.get(company, "a")

    after = cache.counters()
    assert {name: after[name] - before[name] for name in after} == {"hits": 2, "misses": 1}


def test_many_values_are_kept_and_found_at_once() -> None:
    acme, globex, before = uuid4(), uuid4(), cache.counters()
    cache.put_many(acme, {"a": 1, "b": 2}, seconds=60)

    assert cache.get_many(acme, ["a", "b", "c"]) == {"a": 1, "b": 2}
    assert cache.get_many(globex, ["a"]) == {}
    assert cache.get_many(acme, []) == {}
    after = cache.counters()
    assert {name: after[name] - before[name] for name in after} == {"hits": 2, "misses": 2}


@pytest.mark.parametrize("company", [None, "acme"])
def test_a_key_without_a_company_is_refused(company: UUID) -> None:
    with pytest.raises(TypeError):
        cache.get(company, "a")


def test_none_cannot_be_cached() -> None:
    with pytest.raises(ValueError, match="None"):
        cache.put(uuid4(), "a", None, seconds=1)
