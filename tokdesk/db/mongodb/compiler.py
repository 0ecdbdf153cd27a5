"""From queries to pipelines: what the official compiler refuses, ignores or does slowly."""

from collections.abc import Callable
from typing import Any

from bson import ObjectId
from django.core.exceptions import FullResultSet
from django.db.models.expressions import Col, Ref
from django.db.models.sql import Query as Select
from django.db.models.sql.constants import GET_ITERATOR_CHUNK_SIZE, MULTI
from django.db.models.sql.where import AND, WhereNode
from django.db.transaction import TransactionManagementError
from django.db.utils import NotSupportedError
from django.utils.functional import cached_property
from django_mongodb_backend import compiler as official
from pymongo.errors import PyMongoError

from tokdesk.db.mongodb.collection import told_as_django
from tokdesk.db.mongodb.inserts import Inserting
from tokdesk.db.mongodb.joins import is_to_one
from tokdesk.db.mongodb.keys import ID
from tokdesk.db.mongodb.pipeline import Query
from tokdesk.db.mongodb.subqueries import aliases_of, has_query

# What a row that was selected for update is written with, so that no other transaction that read
# it can write it too.
LOCK = "_locked_by"
PREFETCH = "_prefetch_related_val_"


class _Compiler(official.SQLCompiler):  # type: ignore[misc]
    query_class = Query
    order_by_objs: list[Any]

    def __init__(self, query: Any, *args: Any, **options: Any) -> None:
        if any(name.startswith(PREFETCH) for name in query.extra):
            query = _with_prefetched_keys(query)
        super().__init__(query, *args, **options)

    def check_query(self) -> None:
        super().check_query()
        if self.query.distinct_fields:
            raise NotSupportedError('MongoDB has no distinct("field"); it would be ignored.')

    @cached_property
    def collection(self) -> Any:
        """Of a subquery that is asked by itself the name is an alias."""
        name = self.base_table.table_name if self.base_table else self.collection_name
        return self.connection.get_collection(name)

    def pre_sql_setup(self, with_col_aliases: bool = False) -> Any:
        found = super().pre_sql_setup(with_col_aliases)
        if not self._is_grouped():
            # By what an annotation names: no index has the annotation itself.
            self.order_by_objs = [_by_its_source(order) for order in self.order_by_objs]
        return found

    def build_query(self, columns: Any = None) -> Any:
        if self.query.combinator or self.search_pipeline or not self.base_table:
            return super().build_query(columns)
        own, rest = self._split_where()
        if self._is_grouped() or any(has_query(order) for order in self.order_by_objs):
            query = self._asking(rest, lambda: super(_Compiler, self).build_query(columns))
        else:
            query = self._plain_query(rest, columns)
        query.base_mql = _matched(own, self)
        return query

    def _is_grouped(self) -> bool:
        asked = self.query
        grouping = asked.distinct, asked.group_by, self.aggregation_pipeline, asked.combinator
        return any(grouping) or bool(self.having)

    def _asking(self, where: WhereNode, build: Callable[[], Any]) -> Any:
        whole = self.get_where()
        self.set_where(where)
        try:
            return build()
        finally:
            self.set_where(whole)

    def _plain_query(self, rest: WhereNode, columns: Any) -> Any:
        match, count = _matched(rest, self), len(self.subqueries)
        query = self._asking(WhereNode(), lambda: super(_Compiler, self).build_query(columns))
        choosing = self._choosing_joins(rest)
        others = [join for join in self._joins() if join not in choosing]
        query.is_plain, query.match_mql = True, match
        query.choosing = self._asking(rest, lambda: self._lookups(choosing))
        for subquery in self.subqueries[:count]:
            query.choosing += subquery.get_pipeline()
        query.lookup_pipeline, query.subqueries = self._lookups(others), self.subqueries[count:]
        fields, _, nulls = self._get_ordering()
        computed = [(name, each) for name, each in (*fields, *nulls) if not isinstance(each, Col)]
        query.sort_fields = self.get_project_fields(tuple(computed), force_expression=True)
        query.sorts_own = all(self._asks_own(order) for order in self.order_by_objs)
        return query

    def _joins(self) -> list[Any]:
        counts = self.query.alias_refcount
        joins = self.query.alias_map.items()
        return [join for alias, join in joins if counts[alias] and alias != self.collection_name]

    def _choosing_joins(self, rest: WhereNode) -> list[Any]:
        """Those that tell which rows are on the page, or make more rows of one."""
        joins = self._joins()
        wanted = aliases_of(rest, *self.order_by_objs)
        if self.query.is_sliced:
            many = [join for join in joins if not is_to_one(join, self.connection)]
            wanted |= {join.table_alias for join in many}
        for join in reversed(joins):
            if join.table_alias in wanted:
                wanted.add(join.parent_alias)
        return [join for join in joins if join.table_alias in wanted]

    def get_lookup_pipeline(self) -> list[dict[str, Any]]:
        return self._lookups(self._joins())

    def _lookups(self, joins: list[Any]) -> list[dict[str, Any]]:
        """Each join behind the one that it goes on from; a FilteredRelation is named too late."""
        pushed = self._get_pushable_conditions()
        waiting = joins[:]
        stages: list[dict[str, Any]] = []
        while waiting:
            names = {join.table_alias for join in waiting}
            join = next(each for each in waiting if each.parent_alias not in names)
            waiting.remove(join)
            stages += join.as_mql(self, self.connection, pushed.get(join.table_alias))
        return stages

    def _split_where(self) -> tuple[WhereNode, WhereNode]:
        """What is asked of the collection's own rows, and what beside that."""
        where = self.get_where()
        own, rest = WhereNode(connector=AND), WhereNode(connector=AND)
        children = where.children if _is_conjunction(where) else [where] if where else []
        for child in children:
            (own if self._asks_own(child) else rest).children.append(child)
        return own, rest

    def _asks_own(self, node: Any) -> bool:
        """Nothing but columns of the collection itself, and values."""
        if has_query(node) or getattr(node, "contains_aggregate", False):
            return False
        return aliases_of(node) <= {self.collection_name}

    def _is_joined(self) -> bool:
        return bool(self.base_table and self._joins())

    def cursor_iter(self, cursor: Any, chunk_size: int, columns: Any) -> Any:
        """More of the answer is asked for while it is read, and that can fail too."""
        try:
            yield from super().cursor_iter(cursor, chunk_size, columns)
        except PyMongoError as error:
            raise told_as_django(error) from error


def _with_prefetched_keys(query: Any) -> Any:
    """To which row each belongs: SQL of its own in Django, here a column of the joined table."""
    query = query.chain()
    extra, query.extra = query.extra, {}
    query._extra_select_cache = None
    for name, (sql, values) in extra.items():
        if not name.startswith(PREFETCH):
            query.extra[name] = (sql, values)
            continue
        alias, _, column = sql.partition(".")
        through = query.alias_map[alias].join_field.related_model
        fields = {field.column: field for field in through._meta.concrete_fields}
        query.annotations[name] = Col(alias, fields[column])
        query.append_annotation_mask([name])
    return query


def _by_its_source(order: Any) -> Any:
    named = order.expression
    if not isinstance(named, Ref) or has_query(source := named.get_source_expressions()[0]):
        return order
    order = order.copy()
    order.set_source_expressions([source])
    return order


def _matched(where: WhereNode, compiler: Any) -> dict[str, Any]:
    if not where.children:
        return {}
    try:
        found: dict[str, Any] = where.as_mql(  # type: ignore[attr-defined]
            compiler, compiler.connection
        )
    except FullResultSet:
        return {}
    return found


def _is_conjunction(where: WhereNode | None) -> bool:
    return where is not None and where.connector == AND and not where.negated


class SQLCompiler(_Compiler):
    def execute_sql(
        self,
        result_type: str = MULTI,
        chunked_fetch: bool = False,
        chunk_size: int = GET_ITERATOR_CHUNK_SIZE,
    ) -> Any:
        if self.query.select_for_update:
            self._lock()
        return super().execute_sql(result_type, chunked_fetch, chunk_size)

    def _lock(self) -> None:
        """Write the rows that will be read, so that whoever else does so conflicts with us."""
        if not self.connection.in_atomic_block:
            raise TransactionManagementError(
                "select_for_update cannot be used outside of a transaction."
            )
        query = self.query.clone()
        query.select_for_update = False
        query.clear_select_clause()
        query.add_fields([query.get_meta().pk.name])
        compiler = query.get_compiler(connection=self.connection)
        keys = [row[0] for chunk in compiler.execute_sql(MULTI) or () for row in chunk]
        if keys:
            self.connection.get_collection(query.get_meta().db_table).lock_many(
                {ID: {"$in": keys}},
                {"$set": {LOCK: ObjectId()}},
                session=self.connection.session,
            )


class SQLInsertCompiler(Inserting, official.SQLInsertCompiler, _Compiler):  # type: ignore[misc]
    @property
    def collection_name(self) -> str:
        table: str = self.query.get_meta().db_table
        return table


class SQLDeleteCompiler(official.SQLDeleteCompiler, _Compiler):  # type: ignore[misc]
    def build_query(self, columns: Any = None) -> Any:
        return official.SQLCompiler.build_query(self, columns)

    def execute_sql(self, result_type: str = MULTI) -> int:
        if self.single_alias and not has_query(self.query.where):
            deleted: int = super().execute_sql(result_type)
            return deleted
        keys = selected_keys(self)
        if not keys:
            return 0
        collection = self.connection.get_collection(self.query.get_meta().db_table)
        result = collection.delete_many({ID: {"$in": keys}}, session=self.connection.session)
        return int(result.deleted_count)

    def check_query(self) -> None:
        official.SQLCompiler.check_query(self)


class SQLUpdateCompiler(official.SQLUpdateCompiler, _Compiler):  # type: ignore[misc]
    def build_query(self, columns: Any = None) -> Any:
        if self.subqueries:
            raise NotSupportedError("MongoDB has no subquery in update(): read its value first.")
        if self._is_joined() or has_query(self.query.where):
            query = self.query_class(self)
            query.match_mql = {ID: {"$in": selected_keys(self)}}
            return query
        return official.SQLCompiler.build_query(self, columns)

    def check_query(self) -> None:
        official.SQLCompiler.check_query(self)


class SQLAggregateCompiler(official.SQLAggregateCompiler, _Compiler):  # type: ignore[misc]
    def build_query(self, columns: Any = None) -> Any:
        return official.SQLAggregateCompiler.build_query(self, columns)


def selected_keys(compiler: Any) -> list[Any]:
    """Of the rows that the query of a change is about, as they are stored."""
    query = compiler.query.chain(klass=Select)
    query.clear_ordering(force=True)
    query.clear_select_clause()
    query.select_for_update = False
    query.add_fields([query.get_meta().pk.name])
    found = query.get_compiler(connection=compiler.connection).execute_sql(MULTI) or ()
    return [row[0] for chunk in found for row in chunk]
