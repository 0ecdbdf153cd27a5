"""Joins: a FilteredRelation joins what its condition lets through."""

from copy import copy
from typing import Any

from django.db.models.expressions import Col
from django.db.models.lookups import Exact
from django.db.models.sql.datastructures import Join
from django.db.models.sql.where import AND, WhereNode
from django_mongodb_backend.query import join as official_join

from tokdesk.db.mongodb.uniqueness import unique_keys


class _Restricted:
    """A link whose rows fulfil one condition more."""

    def __init__(self, field: Any, condition: Any) -> None:
        self._field, self._condition = field, condition

    def __getattr__(self, name: str) -> Any:
        return getattr(self._field, name)

    def get_extra_restriction(self, alias: str, related_alias: str) -> WhereNode:
        own = self._field.get_extra_restriction(alias, related_alias)
        return WhereNode([each for each in (own, self._condition) if each], AND)


def join(self: Any, compiler: Any, connection: Any, pushed: Any = None) -> Any:
    relation = getattr(self, "filtered_relation", None)
    if relation is None:
        return official_join(self, compiler, connection, pushed)
    restricted = copy(self)
    restricted.join_field = _Restricted(self.join_field, relation.resolved_condition)
    return official_join(restricted, compiler, connection, pushed)


def is_to_one(step: Any, connection: Any) -> bool:
    """Whether the link leads from a row to at most one other, so that joining makes no more."""
    fixed = {theirs.column for _, theirs in step.join_fields}
    if step.filtered_relation is not None:
        condition = step.filtered_relation.resolved_condition
        if condition.connector == AND and not condition.negated:
            fixed |= {column for each in condition.children if (column := _fixed_by(each))}
    keys = unique_keys(step.join_field.related_model, connection)
    return any(fixed.issuperset(key.columns) for key in keys if not key.condition)


def _fixed_by(node: Any) -> str | None:
    """The column of which this asks one value."""
    is_fixed = isinstance(node, Exact) and isinstance(node.lhs, Col) and node.rhs_is_direct_value()
    return node.lhs.target.column if is_fixed else None


def register_joins() -> None:
    Join.as_mql = join  # type: ignore[attr-defined]
