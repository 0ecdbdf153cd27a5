"""Two transactions in the one order that hurts, without chance."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, connections


@contextmanager
def just_before(words: str, deed: Callable[[], Any]) -> Iterator[list[Any]]:
    """Let `deed` begin and commit elsewhere just before this thread's first statement with `words`.

    SQLite has one writer at a time, so there the order cannot happen and the test is skipped.
    """
    if connection.vendor == "sqlite":
        pytest.skip("SQLite lets no second writer in between")
    done: list[Any] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not done and words in sql:
            done.append(None)
            done[0] = _elsewhere(deed)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield done
    assert done, f"{words} never came"


def _elsewhere(deed: Callable[[], Any]) -> Any:
    def run() -> Any:
        try:
            return deed()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result(timeout=30)
