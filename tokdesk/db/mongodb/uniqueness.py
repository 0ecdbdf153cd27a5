"""Which rows there can be but once."""

import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models.sql import Query

Document = dict[str, Any]
# All that a condition of an index can ask.
TESTS: dict[str, Callable[[Any, Any], Any]] = {
    "$eq": operator.eq,
    "$gt": operator.gt,
    "$gte": operator.ge,
    "$lt": operator.lt,
    "$lte": operator.le,
    "$in": lambda value, several: value in several,
}


@dataclass(frozen=True)
class UniqueKey:
    """Columns of which no two rows have the same values, of those that fulfil the condition."""

    columns: tuple[str, ...]
    condition: Document = field(default_factory=dict)

    def row_like(self, doc: Document) -> Document | None:
        """How to find the row that this one would conflict with; None where there can be none."""
        values = {name: doc.get(name) for name in self.columns}
        if None in values.values() or not fulfils(doc, self.condition):
            return None
        return {"$and": [values, self.condition]} if self.condition else values


def unique_keys(model: type[models.Model], connection: Any) -> list[UniqueKey]:
    meta = model._meta
    keys = [UniqueKey(_columns(meta, [each.name])) for each in meta.local_fields if each.unique]
    for names in meta.unique_together:
        keys.append(UniqueKey(_columns(meta, names)))
    for each in meta.constraints:
        if isinstance(each, models.UniqueConstraint):
            condition = _asked(model, each.condition, connection) if each.condition else {}
            keys.append(UniqueKey(_columns(meta, each.fields), condition))
    return keys


def fulfils(doc: Document, condition: Document) -> bool:
    """As the server decides which rows an index holds."""
    return all(_passes(doc, name, test) for name, test in condition.items())


def _passes(doc: Document, name: str, test: Any) -> bool:
    if name in ("$and", "$or"):
        found = (fulfils(doc, each) for each in test)
        return all(found) if name == "$and" else any(found)
    value = doc.get(name)
    return value is not None and all(TESTS[how](value, wanted) for how, wanted in test.items())


def _columns(meta: Any, names: Any) -> tuple[str, ...]:
    return tuple(meta.get_field(name).column for name in names)


def _asked(model: type[models.Model], condition: models.Q, connection: Any) -> Document:
    query: Any = Query(model, alias_cols=False)
    compiler = query.get_compiler(connection=connection)
    found: Document = query.build_where(condition).as_mql_idx(compiler, connection)
    return found
