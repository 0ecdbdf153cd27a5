"""New rows, also where they may be there already: then they are left as they are, or updated."""

from typing import Any

from django.db.models.constants import OnConflict
from pymongo import InsertOne, UpdateOne

from tokdesk.db.mongodb.keys import ID, next_keys, reach
from tokdesk.db.mongodb.operations import is_integer_key
from tokdesk.db.mongodb.uniqueness import Document, UniqueKey, unique_keys


class Inserting:
    """A part of the compiler of inserts."""

    connection: Any
    collection: Any
    query: Any

    def insert(self, docs: list[Document], returning_fields: Any = None) -> Any:
        self._number(docs)
        if self.query.on_conflict is None:
            self.collection.insert_many(docs, session=self.connection.session)
        else:
            self._insert_beside(docs)
        return [(doc[ID],) for doc in docs] if returning_fields else []

    def _number(self, docs: list[Document]) -> None:
        meta = self.query.get_meta()
        if not is_integer_key(meta.pk):
            return
        given = [int(doc[ID]) for doc in docs if doc.get(ID) is not None]
        if given:
            reach(self.connection, meta.db_table, max(given))
        bare = [doc for doc in docs if doc.get(ID) is None]
        if bare:
            keys = next_keys(self.connection, meta.db_table, len(bare))
            for doc, key in zip(bare, keys, strict=True):
                doc[ID] = meta.pk.get_db_prep_value(key, self.connection)

    def _insert_beside(self, docs: list[Document]) -> None:
        """Each finds the row that it conflicts with by the unique keys."""
        if self.query.on_conflict == OnConflict.IGNORE:
            keys = unique_keys(self.query.model, self.connection)
            self._write([_upsert(doc, keys, []) for doc in docs])
            return
        key = UniqueKey(tuple(field.column for field in self.query.unique_fields))
        changing = [field.column for field in self.query.update_fields]
        self._write([_upsert(doc, [key], changing) for doc in docs])
        self._take_kept_ids(docs, key)

    def _write(self, works: list[Any]) -> None:
        self.collection.bulk_write(works, session=self.connection.session)

    def _take_kept_ids(self, docs: list[Document], key: UniqueKey) -> None:
        """A row that was there already has kept its own."""
        known = [like for doc in docs if (like := key.row_like(doc))]
        if not known:
            return
        stages = [{"$match": {"$or": known}}, {"$project": dict.fromkeys(key.columns, 1)}]
        rows = self.collection.aggregate(stages, session=self.connection.session)
        ids = {tuple(row[name] for name in key.columns): row[ID] for row in rows}
        for doc in docs:
            doc[ID] = ids.get(tuple(doc.get(name) for name in key.columns), doc[ID])


def _upsert(doc: Document, keys: list[UniqueKey], changing: list[str]) -> Any:
    alike = [like for key in keys if (like := key.row_like(doc))]
    if not alike:
        return InsertOne(doc)
    update: Document = {
        "$setOnInsert": {name: value for name, value in doc.items() if name not in changing}
    }
    if changing:
        update["$set"] = {name: doc[name] for name in changing}
    return UpdateOne({"$or": alike}, update, upsert=True)
