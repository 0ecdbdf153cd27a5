"""Every part dies under live talk, and nobody misses a thing; long forms are in bench/chaos.py."""

import pytest

from bench.chaos import SIZES, prove

pytestmark = [pytest.mark.service, pytest.mark.cluster]


# Each starts PostgreSQL, Redis, a worker and two web servers, and talks for some seconds.
@pytest.mark.parametrize("kind", ["kills", "cuts", "hints", "redis"])
def test_whatever_dies_nothing_is_lost_doubled_or_out_of_order(kind: str) -> None:
    assert prove(kind, SIZES[kind, True], seed=20_261_123) == []
