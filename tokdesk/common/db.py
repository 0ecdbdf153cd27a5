"""The one import for transactions: run, retry, and what happens after commit."""

import itertools
import logging
import random
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from importlib import import_module
from typing import Any, ParamSpec, Protocol, TypeVar

from django.db import IntegrityError, OperationalError, connection, models, transaction

from tokdesk.common.errors import Unavailable

logger = logging.getLogger(__name__)
T = TypeVar("T")
P = ParamSpec("P")

ATTEMPTS = 6
PATIENCE_SECONDS = 8.0
LONGEST_PAUSE = 0.32
SERIALIZATION_FAILURE, DEADLOCK, LOCK_TIMEOUT = "40001", "40P01", "55P03"


class RetryTransaction(Exception):
    """Raised inside a transaction whose premise moved; the outermost one runs its work again."""


class OpeningHook(Protocol):
    """Work that belongs first and last into the service's own transaction."""

    def begin(self) -> None: ...

    def finish(self, result: Any) -> None: ...


_hook: ContextVar[OpeningHook | None] = ContextVar("opening_hook", default=None)


# Of the open transaction: which of its parts have failed behind a write, and a number for the next.
_parts: ContextVar[tuple[dict[int, Exception], Iterator[int]]] = ContextVar("parts")


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
    if not connection.features.uses_savepoints:
        return _join(work)
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


def ping() -> None:
    """Ask the database for a sign of life.

    Raises:
        OperationalError, InterfaceError: it gives none.
    """
    if connection.vendor == "mongodb":
        serverchecks().hello(connection)
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def serverchecks() -> Any:
    """tokdesk.db.mongodb.serverchecks; who does not run on MongoDB loads nothing of it."""
    return import_module("tokdesk.db.mongodb.serverchecks")


def drop_broken_connection() -> None:
    """Outside of requests nobody else does it: let the next query open another where this broke."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()


def try_insert(row: models.Model) -> bool:
    """Insert a row unless its unique key is taken; False when it is."""
    if connection.in_atomic_block and not connection.features.uses_savepoints:
        return _insert_if_free(row)
    try:
        # One insert by itself needs no transaction, and conflicts with nobody.
        with transaction.atomic() if connection.features.uses_savepoints else nullcontext():
            row.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def _insert_if_free(row: models.Model) -> bool:
    """Where a failure ends the whole transaction one looks first; who loses a race tries again."""
    if any(_is_taken(row, constraint) for constraint in _unique_constraints(row)):
        return False
    try:
        row.save(force_insert=True)
    except IntegrityError as error:
        raise RetryTransaction from error
    return True


def _unique_constraints(row: models.Model) -> Iterator[models.UniqueConstraint]:
    yield from (each for each in row._meta.constraints if isinstance(each, models.UniqueConstraint))
    for field in row._meta.local_concrete_fields:
        if field.unique:
            yield models.UniqueConstraint(fields=[field.name], name=field.name)


def _is_taken(row: models.Model, constraint: models.UniqueConstraint) -> bool:
    values = {name: getattr(row, name) for name in constraint.fields}
    if None in values.values():
        return False
    rows = type(row)._base_manager.filter(**values)
    if constraint.condition is not None:
        if not _holds(constraint.condition, row):
            return False
        rows = rows.filter(constraint.condition)
    return bool(rows.exists())


def _holds(condition: models.Q, row: models.Model) -> bool:
    """Conditions of unique keys: equal, greater, or one of several; joined by AND."""
    children: list[Any] = condition.children
    for name, wanted in children:
        field, _, lookup = name.partition("__")
        value = getattr(row, field)
        is_met = {"": value == wanted, "gt": lookup == "gt" and value > wanted}.get(lookup)
        if not (value in wanted if is_met is None else is_met):
            return False
    return True


def is_lock_timeout(error: BaseException) -> bool:
    return _sqlstate(error) == LOCK_TIMEOUT


def _run_outermost(work: Callable[[], T]) -> T:
    started = time.monotonic()
    # Where nobody waits for a lock, who is late conflicts again and again until their turn comes.
    most = ATTEMPTS if connection.features.uses_savepoints else sys.maxsize
    failures: dict[int, Exception] = {}
    for attempt in itertools.count(1):
        try:
            _parts.set((failures, itertools.count()))
            with transaction.atomic():
                result = work()
                if connection.needs_rollback:
                    # Something inside has failed, and only its caller forgave it.
                    raise transaction.TransactionManagementError("The transaction is lost.")
                return result
        except (OperationalError, RetryTransaction) as error:
            if not _is_transient(error):
                raise
            logger.info("transaction tried again", extra={"attempt": attempt})
            if attempt >= most or time.monotonic() - started > PATIENCE_SECONDS:
                break
            time.sleep(random.uniform(0, min(LONGEST_PAUSE, 0.005 * 2**attempt)))  # noqa: S311
    raise Unavailable


def _join(work: Callable[[], T]) -> T:
    """Part of the open transaction, where the database cannot undo a part.

    What failed before it wrote anything just fails. Behind a write all is undone and run again,
    and this part then fails as it did without being tried: its caller may forgive it.
    """
    database: Any = connection
    failures, parts = _parts.get()
    part = next(parts)
    if part in failures:
        raise failures[part]
    writes, effects = database.writes, len(database.run_on_commit)
    try:
        return work()
    except (OperationalError, RetryTransaction):
        raise
    except Exception as error:
        if database.writes != writes:
            failures[part] = error
            raise RetryTransaction from error
        del database.run_on_commit[effects:]
        raise


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
    if _has_label(error, "TransientTransactionError"):
        return True
    return state in (SERIALIZATION_FAILURE, DEADLOCK) or "database is locked" in str(error)


def _has_label(error: BaseException, label: str) -> bool:
    """MongoDB tells by labels which transactions may be run again."""
    has_label = getattr(error.__cause__, "has_error_label", None)
    return has_label is not None and bool(has_label(label))


def _sqlstate(error: BaseException) -> str | None:
    return getattr(error.__cause__, "sqlstate", None)
