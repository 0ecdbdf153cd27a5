"""UUIDv7: unique like any UUID, and sorted by time, so that new rows sit together in the index."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    return uuid7()
