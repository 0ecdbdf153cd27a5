"""Every part dies under live talk, and nobody misses a thing; long forms are in bench/chaos.py."""

from dataclasses import replace

import pytest

from bench.chaos import SIZES, prove
from bench.mongoset import mongoset

SEED = 20_261_123


# Each starts PostgreSQL, Redis, a worker and two web servers, and talks for some seconds.
@pytest.mark.service
@pytest.mark.cluster
@pytest.mark.parametrize("kind", ["kills", "cuts", "hints", "redis"])
def test_whatever_dies_nothing_is_lost_doubled_or_out_of_order(kind: str) -> None:
    assert prove(kind, SIZES[kind, True], seed=SEED) == []


@pytest.mark.mongod
def test_a_primary_that_dies_or_steps_down_takes_nothing_along() -> None:
    """Of three MongoDBs, both within the same talk; web servers, Redis and worker die as well."""
    size = replace(SIZES["kills", True], blows=7, seconds=20)

    assert prove("kills", size, SEED, mongoset) == []
