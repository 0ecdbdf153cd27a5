"""`x__in=rows`: what those rows hold is asked first, so that an index finds what has it."""

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models.expressions import BaseExpression, ColPairs
from django.db.models.lookups import In
from django.db.models.sql import Query
from django.db.models.sql.constants import MULTI
from django.db.utils import NotSupportedError
from django_mongodb_backend.query_utils import process_lhs

from tokdesk.db.mongodb.operations import DatabaseOperations

official_in = BaseExpression.as_mql  # type: ignore[attr-defined]
official_wrapping = In.get_subquery_wrapping_pipeline  # type: ignore[attr-defined]


def as_mql(self: Any, compiler: Any, connection: Any, as_expr: bool = False) -> Any:
    if not isinstance(connection.ops, DatabaseOperations) or not _is_asked_first(self):
        return official_in(self, compiler, connection, as_expr=as_expr)
    values = values_of(self.rhs, connection)
    if not values:
        raise EmptyResultSet
    if self.lhs.is_simple_column and not as_expr:
        return {process_lhs(self, compiler, connection): {"$in": values}}
    found = {"$in": [process_lhs(self, compiler, connection, as_expr=True), {"$literal": values}]}
    return found if as_expr else {"$expr": found}


def has_query(node: Any) -> bool:
    """Whether there is a subquery in it that has to be asked for each row."""
    if isinstance(node, In) and _is_asked_first(node):
        return has_query(node.lhs)
    if isinstance(node, Query) or hasattr(node, "query"):
        return True
    parts = node.get_source_expressions() if hasattr(node, "get_source_expressions") else []
    return any(has_query(each) for each in parts if each is not None)


def aliases_of(*nodes: Any) -> set[str]:
    """Of the collections whose columns are named in it, also from within subqueries."""
    columns = Query._gen_cols(nodes, include_external=True)  # type: ignore[attr-defined]
    return {column.alias for column in columns}


def _is_asked_first(node: Any) -> bool:
    """Rows that depend on nothing of the query around them."""
    rows = node.rhs
    if not isinstance(rows, Query) or rows.combinator or isinstance(node.lhs, ColPairs):
        return False
    return not rows.get_external_cols()  # type: ignore[attr-defined]


def values_of(rows: Any, connection: Any) -> list[Any]:
    """As they are stored, each once; null equals nothing."""
    query = rows.clone()
    query.distinct = query.distinct or not query.is_sliced
    found = query.get_compiler(connection=connection).execute_sql(MULTI) or ()
    values = dict.fromkeys(row[0] for chunk in found for row in chunk)
    values.pop(None, None)
    return list(values)


def wrapping_pipeline(self: Any, compiler: Any, connection: Any, *args: Any) -> Any:
    """The official one looks in all rows and forgets the slice."""
    if compiler.query.is_sliced and isinstance(connection.ops, DatabaseOperations):
        raise NotSupportedError("MongoDB looks in all rows of a sliced subquery of each row.")
    return official_wrapping(self, compiler, connection, *args)


def register_subqueries() -> None:
    In.as_mql = as_mql  # type: ignore[attr-defined]
    In.get_subquery_wrapping_pipeline = wrapping_pipeline  # type: ignore[attr-defined]
