"""The one import for transactions: run, retry, and what happens after commit."""

import logging
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, Protocol, TypeVar

from django.db import IntegrityError, OperationalError, connection, models, transaction

from tokdesk.common.errors import Unavailable

logger = logging.getLogger(__name__)
T = TypeVar("T")
P = ParamSpec("P")

ATTEMPTS = 6
PATIENCE_SECONDS = 8.0
SERIALIZATION_FAILURE, DEADLOCK, LOCK_TIMEOUT = "40001", "40P01", "55P03"


class RetryTransaction(Exception):
    """Raised inside a transaction whose premise moved; the outermost one runs its work again."""


class OpeningHook(Protocol):
    """Work that belongs first and last into the service's own transaction."""

    def begin(self) -> None: ...

    def finish(self, result: Any) -> None: ...


_hook: ContextVar[OpeningHook | None] = ContextVar("opening_hook", default=None)


@contextmanager
def opening(hook: OpeningHook | None) -> Iterator[None]:
    """Let `hook` begin and finish the next outermost transaction (and each retry of it).

    None sets an open hook aside meanwhile.
    """
    token = _hook.set(hook)
    try:
        yield
    finally:
        _hook.reset(token)


def run_in_transaction(work: Callable[[], T]) -> T:
    """Run `work` in one transaction; nested calls join it, the outermost one retries.

    `work` must be runnable twice. Serialization failures, deadlocks, "database is locked" and
    RetryTransaction are tried again with jitter.

    Raises:
        Unavailable: the database stayed busy for too long.
    """
    if not _is_inside():
        return _run_outermost(_hooked(work))
    with transaction.atomic():
        return _hooked(work)() if _is_test_wrapper() else work()


def transactional(service: Callable[P, T]) -> Callable[P, T]:
    """Make a service one transaction (see `run_in_transaction`)."""

    @wraps(service)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        return run_in_transaction(lambda: service(*args, **kwargs))

    return run


def on_commit(effect: Callable[[], Any]) -> None:
    """Run `effect` after commit; its failure is logged and never becomes the request's."""
    transaction.on_commit(_Guarded(effect))


def on_commit_once(name: str, effect: Callable[[], Any]) -> None:
    """As `on_commit`, but not again where the transaction has an effect of this name already."""
    open_savepoints = set(connection.savepoint_ids)
    for savepoints, known, *_ in connection.run_on_commit:
        # One that was asked for inside a savepoint may yet vanish with it.
        if getattr(known, "name", None) == name and savepoints <= open_savepoints:
            return
    transaction.on_commit(_Guarded(effect, name))


@dataclass(frozen=True)
class _Guarded:
    effect: Callable[[], Any]
    name: str | None = None

    def __call__(self) -> None:
        try:
            self.effect()
        except Exception:
            # The change is committed: whatever the effect raises, its caller has succeeded, and
            # the effects behind it must still run.
            logger.exception("an effect after commit failed")


def commit_lazily() -> None:
    """Let the open transaction's commit not wait for the disk.

    Only for what may be forgotten when the database server crashes.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit TO off")


def drop_broken_connection() -> None:
    """Outside of requests nobody else does it: let the next query open another where this broke."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()


def try_insert(row: models.Model) -> bool:
    """Insert a row unless its unique key is taken; False when it is."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def is_lock_timeout(error: BaseException) -> bool:
    return _sqlstate(error) == LOCK_TIMEOUT


def _run_outermost(work: Callable[[], T]) -> T:
    started = time.monotonic()
    for attempt in range(ATTEMPTS):
        try:
            with transaction.atomic():
                return work()
        except (OperationalError, RetryTransaction) as error:
            if not _is_transient(error):
                raise
            logger.info("transaction tried again", extra={"attempt": attempt + 1})
            if time.monotonic() - started > PATIENCE_SECONDS:
                break
            time.sleep(random.uniform(0, 0.01 * 2**attempt))  # noqa: S311
    raise Unavailable


def _hooked(work: Callable[[], T]) -> Callable[[], T]:
    """`work` between the ends of the open hook, which is thereby used up."""
    hook = _hook.get()
    if hook is None:
        return work
    _hook.set(None)

    def run() -> T:
        hook.begin()
        result = work()
        hook.finish(result)
        return result

    return run


def _is_inside() -> bool:
    return bool(connection.in_atomic_block)


def _is_test_wrapper() -> bool:
    """Whether the innermost open block is a test case's own; to a service it is the outside."""
    blocks = connection.atomic_blocks
    return len(blocks) > 1 and bool(getattr(blocks[-2], "_from_testcase", False))


def _is_transient(error: BaseException) -> bool:
    if isinstance(error, RetryTransaction):
        return True
    state = _sqlstate(error)
    if state == LOCK_TIMEOUT:
        raise Unavailable from error
    return state in (SERIALIZATION_FAILURE, DEADLOCK) or "database is locked" in str(error)


def _sqlstate(error: BaseException) -> str | None:
    return getattr(error.__cause__, "sqlstate", None)
