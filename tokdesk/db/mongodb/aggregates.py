"""Counting what is different: all of it, also behind a filter, and none of nothing."""

from typing import Any

from django.db.models import Case, Count, When
from django_mongodb_backend.aggregates import count as official_count
from django_mongodb_backend.query_utils import process_lhs


def count(
    self: Any, compiler: Any, connection: Any, resolve_inner_expression: bool = False
) -> dict[str, Any]:
    if not self.distinct:
        found: dict[str, Any] = official_count(self, compiler, connection, resolve_inner_expression)
        return found
    if resolve_inner_expression:
        # Into the set goes the value itself, where the filter lets it through.
        node = self.copy()
        node.filter = None
        value, *rest = node.get_source_expressions()
        if self.filter:
            value = Case(When(self.filter, then=value))
        node.set_source_expressions([value, *rest])
        inner: dict[str, Any] = process_lhs(node, compiler, connection, as_expr=True)
        return inner
    values = {"$ifNull": [process_lhs(self, compiler, connection, as_expr=True), []]}
    return {"$size": {"$setDifference": [values, [None]]}}


def register_counts() -> None:
    Count.as_mql_expr = count  # type: ignore[attr-defined]
