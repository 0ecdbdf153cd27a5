"""Primary keys: all of them are `_id`, and integers come from sequences of our own."""

from typing import Any

from bson import Int64
from django.db import models
from pymongo import ReturnDocument

ID = "_id"
SEQUENCES = "tokdesk_sequences"
INTEGER_KEYS = ("AutoField", "BigAutoField", "SmallAutoField")
SMALL_INTEGERS = ("SmallIntegerField", "PositiveSmallIntegerField")
# One type for all of them: what links to a key is compared with it.
INTEGER_TYPES = dict.fromkeys((*INTEGER_KEYS, *SMALL_INTEGERS), "long")


def store_keys_as_id(sender: type[models.Model], **_: Any) -> None:
    """`_id` has the only index that every collection has, and it is never partial."""
    key = sender._meta.pk
    # Of a child in another table the key is its link to the parent, and still its own `_id`.
    if key is not None and not sender._meta.abstract:
        key.column = ID
        key.__dict__.pop("cached_col", None)


def next_keys(connection: Any, table: str, count: int) -> range:
    """As a sequence of SQL: what is taken stays taken, also where the transaction fails."""
    found = connection.get_collection(SEQUENCES).find_one_and_update(
        {ID: table},
        {"$inc": {"last": Int64(count)}},
        upsert=True,
        return_document=ReturnDocument.AFTER,
    )
    last = int(found["last"])
    return range(last - count + 1, last + 1)


def reach(connection: Any, table: str, key: int) -> None:
    """A key was given by hand; the sequence goes on behind it."""
    connection.get_collection(SEQUENCES).find_one_and_update(
        {ID: table}, {"$max": {"last": Int64(key)}}, upsert=True
    )
