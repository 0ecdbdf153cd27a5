"""Joins: a FilteredRelation joins what its condition lets through."""

from copy import copy
from typing import Any

from django.db.models.sql.datastructures import Join
from django.db.models.sql.where import AND, WhereNode
from django_mongodb_backend.query import join as official_join


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


def is_to_one(step: Any) -> bool:
    """Whether the link leads from a row to one other, so that joining makes no rows more."""
    field = step.join_field
    if getattr(step, "filtered_relation", None) is not None:
        return False
    return bool(getattr(field, "many_to_one", False) or getattr(field, "one_to_one", False))


def register_joins() -> None:
    Join.as_mql = join  # type: ignore[attr-defined]
