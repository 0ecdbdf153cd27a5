"""MongoDB by the official backend of Django, with what it does not do yet, or does wrong.

`ENGINE = "tokdesk.db.mongodb"`. A thin subclass of django-mongodb-backend 5.2.4: it reaches into
parts that are nobody's public interface, so another version is refused (`base.py`).

===============  ==============================================  ================================
Module           What the official backend does                  What would end this part
===============  ==============================================  ================================
base.py          `transaction.atomic` does nothing               Django's own `atomic` mapped to
                                                                 sessions upstream
collection.py    conflicts and lost primaries are plain          typed errors upstream
                 `DatabaseError`, which nobody can retry
keys.py          every key beside ObjectId is a field with a     `_id` for every primary key;
                 partial index that no look-up uses; integers    integer keys upstream
                 are refused, so contrib apps need other
                 migrations
schema.py        unique indexes are partial by `$type`, so       the release for Django 6 drops the
                 that equality look-ups scan the collection      filter on fields without nulls
compiler.py      `select_for_update` does nothing;               locks in `aggregate` (none planned)
                 delete and update across joins are refused,
                 subqueries in an update forgotten
pipeline.py      all rows are joined before one page of them    none known
                 is taken, and ordered by what no index has
subqueries.py    `__in` compares each row with all rows of the   `$in` of a subquery as a list
                 subquery, by no index
inserts.py       conflicts of `bulk_create` are not ignored,     upserts upstream (none planned)
uniqueness.py    nor updated
joins.py         `FilteredRelation` joins without its condition  issue 157
aggregates.py    different values behind a filter count as one  none known
                 at most; over nothing it fails
operations.py    microseconds come back only where they were     BSON dates with microseconds
                 not stored                                      (none planned)
===============  ==============================================  ================================

docs/databases.md tells what operators must know, tests/ what the official backend answers to the
same questions.
"""
