"""Is it the database that failed, or our code? Only the first may be tried again."""

from django.db import InterfaceError, OperationalError

# SQLite tells an outage and a missing table by the same class, so its words decide.
_SQLITE_OUTAGES = ("locked", "busy", "unable to open", "disk i/o", "database or disk is full")


def is_outage(error: BaseException) -> bool:
    """Whether the same request may succeed later: no connection, no lock, no room, out of time."""
    if isinstance(error, InterfaceError):
        return True
    if not isinstance(error, OperationalError):
        return False
    if type(error.__cause__).__module__ == "sqlite3":
        return any(words in str(error).lower() for words in _SQLITE_OUTAGES)
    return True
