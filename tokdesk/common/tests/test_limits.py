"""Limits of guessing hold in parallel and open again."""

from datetime import UTC, datetime

import pytest
import time_machine

from tokdesk.common.errors import RateLimited
from tokdesk.common.limits import network_of, refund, spend
from tokdesk.common.models import RateCounter
from tokdesk.common.testing import race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.contract]
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _limits(settings: object) -> None:
    settings.RATE_LIMITS_ENABLED = True  # type: ignore[attr-defined]
    settings.GUESS_LIMITS = {"door": (10, 300), "window": (10, 300)}  # type: ignore[attr-defined]


def passes(name: str = "door", value: str = "a") -> bool:
    try:
        spend(name, value)
    except RateLimited:
        return False
    return True


def test_of_500_parallel_tries_exactly_the_limit_passes() -> None:
    results = race(lambda _n: sum(passes() for _ in range(10)))

    assert sum(results) == 10
    assert RateCounter.objects.get().count == 10


def test_the_limit_counts_each_kind_and_value_apart() -> None:
    assert [passes() for _ in range(11)] == [True] * 10 + [False]
    assert passes("window") is True
    assert passes("door", "b") is True


def test_the_window_opens_with_its_first_try_and_closes_after_its_seconds() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        assert [passes() for _ in range(11)] == [True] * 10 + [False]
        clock.shift(299)
        with pytest.raises(RateLimited) as caught:
            spend("door", "a")
        assert (caught.value.retry_after, caught.value.limit) == (2, 10)
        clock.shift(1)
        assert [passes() for _ in range(11)] == [True] * 10 + [False]


def test_a_success_gives_its_try_back() -> None:
    for _ in range(30):
        spend("door", "a")
        refund("door", "a")

    assert RateCounter.objects.get().count == 0


def passes_at(cost: int) -> bool:
    try:
        spend("door", "a", cost=cost)
    except RateLimited:
        return False
    return True


def test_what_counts_for_more_takes_all_of_it_or_nothing() -> None:
    assert [passes_at(cost) for cost in (6, 5, 4, 1)] == [True, False, True, False]
    assert RateCounter.objects.get().count == 10

    refund("door", "a", cost=5)

    assert [passes_at(cost) for cost in (6, 5)] == [False, True]


def test_what_is_more_than_the_limit_never_passes() -> None:
    assert passes_at(11) is False
    assert passes_at(10) is True


def test_what_costs_nothing_counts_nothing() -> None:
    assert passes_at(0) is True
    assert RateCounter.objects.count() == 0


def test_of_parallel_tries_for_three_at_a_time_as_many_pass_as_fit() -> None:
    results = race(lambda _n: passes_at(3), 20)

    assert sum(results) == 3
    assert RateCounter.objects.get().count == 9


def test_limits_can_be_switched_off(settings: object) -> None:
    settings.RATE_LIMITS_ENABLED = False  # type: ignore[attr-defined]

    assert all(passes() for _ in range(50))
    assert RateCounter.objects.count() == 0


def test_no_address_stands_in_the_row() -> None:
    spend("door", "person@acme.example")

    assert "person" not in RateCounter.objects.get().key


@pytest.mark.parametrize(
    ("ip", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (None, "unknown"),
    ],
)
def test_an_ipv6_network_counts_as_one(ip: str | None, counted: str) -> None:
    assert network_of(ip) == counted
