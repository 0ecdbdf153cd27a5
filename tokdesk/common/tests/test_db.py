"""Transactions: nesting, retrying, hooks, and effects after commit."""

import logging
from functools import partial

import pytest
from django.db import OperationalError, connection, transaction

from tokdesk.common.db import (
    ATTEMPTS,
    RetryTransaction,
    on_commit,
    on_commit_once,
    opening,
    run_in_transaction,
    transactional,
    try_insert,
)
from tokdesk.common.errors import Conflict, Unavailable
from tokdesk.common.models import RateCounter
from tokdesk.common.testing import race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.contract]


def counter(key: str, count: int = 1) -> RateCounter:
    from django.utils import timezone

    return RateCounter(key=key, count=count, expires_at=timezone.now())


def test_a_failed_service_leaves_nothing_behind() -> None:
    def work() -> None:
        counter("a").save()
        raise Conflict

    with pytest.raises(Conflict):
        run_in_transaction(work)

    assert RateCounter.objects.count() == 0


def test_an_inner_service_that_fails_is_undone_alone_when_the_outer_goes_on() -> None:
    @transactional
    def inner() -> None:
        counter("inner").save()
        raise Conflict

    @transactional
    def outer() -> None:
        counter("outer").save()
        with pytest.raises(Conflict):
            inner()

    outer()

    assert list(RateCounter.objects.values_list("key", flat=True)) == ["outer"]


def test_only_the_outermost_transaction_runs_again() -> None:
    runs: list[str] = []

    @transactional
    def inner() -> None:
        runs.append("inner")
        if len(runs) < 4:
            raise RetryTransaction

    @transactional
    def outer() -> str:
        runs.append("outer")
        inner()
        return "done"

    assert outer() == "done"
    assert runs == ["outer", "inner", "outer", "inner"]


def test_a_database_that_stays_busy_is_unavailable() -> None:
    runs: list[int] = []

    def work() -> None:
        runs.append(1)
        raise OperationalError("database is locked")

    with pytest.raises(Unavailable) as caught:
        run_in_transaction(work)

    assert len(runs) == ATTEMPTS
    assert caught.value.retry_after == 1


def test_another_database_error_is_raised_as_it_is() -> None:
    def work() -> None:
        raise OperationalError("disk is gone")

    with pytest.raises(OperationalError, match="disk is gone"):
        run_in_transaction(work)


def test_effects_run_after_commit_only_and_their_failure_is_only_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    done: list[bool] = []

    def broken() -> None:
        raise ValueError("broken effect")

    def work() -> int:
        on_commit(partial(broken))
        on_commit(lambda: done.append(connection.in_atomic_block))
        assert done == []
        return 7

    with caplog.at_level(logging.ERROR):
        assert run_in_transaction(work) == 7

    assert done == [False]
    assert "broken effect" in caplog.text


def test_an_effect_of_one_name_runs_once_a_transaction() -> None:
    done: list[str] = []

    def add(name: str) -> None:
        on_commit_once(name, lambda: done.append(name))

    def undone() -> None:
        add("b")
        raise Conflict

    def work() -> None:
        add("a")
        with pytest.raises(Conflict):
            run_in_transaction(undone)
        add("b")
        run_in_transaction(lambda: add("a"))
        add("b")

    run_in_transaction(work)
    assert done == ["a", "b"]
    run_in_transaction(lambda: add("a"))
    assert done == ["a", "b", "a"]


class Hook:
    def __init__(self) -> None:
        self.calls: list[object] = []

    def begin(self) -> None:
        assert connection.in_atomic_block
        self.calls.append("begin")

    def finish(self, result: object) -> None:
        self.calls.append(result)


def test_a_hook_begins_and_finishes_the_outermost_transaction_and_its_retries() -> None:
    hook = Hook()
    runs: list[int] = []

    @transactional
    def inner() -> str:
        return "inner"

    @transactional
    def outer() -> str:
        runs.append(1)
        inner()
        if len(runs) == 1:
            raise RetryTransaction
        return "outer"

    with opening(hook):
        outer()
    outer()

    assert hook.calls == ["begin", "begin", "outer"]


def test_try_insert_tells_a_taken_key_and_the_transaction_goes_on() -> None:
    counter("a").save()

    with transaction.atomic():
        assert try_insert(counter("a", count=9)) is False
        assert try_insert(counter("b")) is True

    assert dict(RateCounter.objects.values_list("key", "count")) == {"a": 1, "b": 1}


def test_fifty_read_modify_writes_at_once_lose_nothing() -> None:
    counter("a", count=0).save()

    def add(_number: int) -> None:
        def work() -> None:
            row = RateCounter.objects.select_for_update().get(key="a")
            row.count += 1
            row.save(update_fields=["count"])

        run_in_transaction(work)

    assert race(add) == [None] * 50
    assert RateCounter.objects.get(key="a").count == 50
