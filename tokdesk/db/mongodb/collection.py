"""What the server answers, told in Django's words."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from bson.errors import BSONError
from django.db.utils import DatabaseError, DataError, IntegrityError, OperationalError
from pymongo.collection import Collection as Official
from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    ConnectionFailure,
    DuplicateKeyError,
    ExecutionTimeout,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
)

TRANSIENT = "TransientTransactionError"
# A document changed under us, outside of any transaction.
WRITE_CONFLICT, LOCK_TIMEOUT = 112, 24
DUPLICATE_KEY = 11000
PASSING = (AutoReconnect, ConnectionFailure, ExecutionTimeout, ServerSelectionTimeoutError)

# A document that is too large, as the server says it.
TOO_LARGE = (10334, 17280, 17419)
# What the driver raises; of values that MongoDB cannot hold it has no word of its own.
FAILURES = (PyMongoError, BSONError, OverflowError)


def is_duplicate(error: PyMongoError) -> bool:
    if isinstance(error, BulkWriteError):
        faults = (error.details or {}).get("writeErrors", [])
        return any(each.get("code") == DUPLICATE_KEY for each in faults)
    return isinstance(error, DuplicateKeyError)


def told_as_django(error: Exception) -> DatabaseError:
    """OperationalError is what may be tried again, and IntegrityError what may not."""
    if not isinstance(error, PyMongoError):
        return DataError(str(error))
    code = error.code if isinstance(error, OperationFailure) else None
    if is_duplicate(error):
        return IntegrityError(str(error))
    if error.has_error_label(TRANSIENT) or code in (WRITE_CONFLICT, LOCK_TIMEOUT):
        return OperationalError(str(error))
    if isinstance(error, PASSING):
        return OperationalError(str(error))
    if code in TOO_LARGE:
        return DataError(str(error))
    return DatabaseError(str(error))


def _telling(method: Callable[..., Any], *, is_write: bool = True) -> Callable[..., Any]:
    @wraps(method)
    def call(collection: "Collection", *args: Any, **kwargs: Any) -> Any:
        try:
            found = method(collection, *args, **kwargs)
            if is_write:
                collection.on_write()
            return found
        except FAILURES as error:
            collection.on_failure()
            raise told_as_django(error) from error

    return call


class Collection(Official[dict[str, Any]]):
    """Raises django.db's errors, each with the driver's as its cause."""

    on_failure: Callable[[], None]
    on_write: Callable[[], None]

    aggregate = _telling(Official.aggregate, is_write=False)
    bulk_write = _telling(Official.bulk_write)
    delete_many = _telling(Official.delete_many)
    find_one_and_update = _telling(Official.find_one_and_update)
    insert_many = _telling(Official.insert_many)
    update_many = _telling(Official.update_many)
    create_indexes = _telling(Official.create_indexes)
    # Nothing of it is seen: it only makes others conflict.
    lock_many = _telling(Official.update_many, is_write=False)
