"""From queries to pipelines: what the official compiler refuses, ignores or does slowly."""

from typing import Any

from bson import ObjectId
from django.core.exceptions import FullResultSet
from django.db.models.constants import OnConflict
from django.db.models.expressions import Col
from django.db.models.lookups import In
from django.db.models.sql import Query as Select
from django.db.models.sql.constants import GET_ITERATOR_CHUNK_SIZE, MULTI
from django.db.models.sql.where import AND, WhereNode
from django.db.transaction import TransactionManagementError
from django.db.utils import NotSupportedError
from django_mongodb_backend import compiler as official
from django_mongodb_backend.query import MongoQuery
from pymongo import InsertOne, UpdateOne
from pymongo.errors import PyMongoError

from tokdesk.db.mongodb.collection import told_as_django
from tokdesk.db.mongodb.joins import is_to_one
from tokdesk.db.mongodb.keys import ID, next_keys, reach
from tokdesk.db.mongodb.operations import is_integer_key

# What a row that was selected for update is written with, so that no other transaction that read
# it can write it too.
LOCK = "_locked_by"
PREFETCH = "_prefetch_related_val_"


class Query(MongoQuery):  # type: ignore[misc]
    """A page of rows is taken before they are joined, wherever that gives the same rows."""

    query: Any
    base_mql: dict[str, Any] = {}
    subquery_lookup: dict[str, Any] | None
    extra_fields: dict[str, Any] | None
    ordering: Any
    is_page_first = False

    def get_pipeline(self) -> list[dict[str, Any]]:
        lookup, self.subquery_lookup = self.subquery_lookup, None
        try:
            own = self._own_pipeline()
        finally:
            self.subquery_lookup = lookup
        return own if lookup is None else _looked_up(lookup, own)

    def _own_pipeline(self) -> list[dict[str, Any]]:
        own = [{"$match": self.base_mql}] if self.base_mql else []
        if not self.is_page_first:
            return own + super().get_pipeline()
        page = self._page()
        query, extra, ordering = self.query, self.extra_fields, self.ordering
        self.query, self.extra_fields, self.ordering = query.clone(), None, []
        self.query.clear_limits()
        try:
            rest = super().get_pipeline()
        finally:
            self.query, self.extra_fields, self.ordering = query, extra, ordering
        # Joined one to one, the rows stand in the order in which they were taken.
        return own + page + rest

    def _page(self) -> list[dict[str, Any]]:
        stages: list[dict[str, Any]] = []
        if self.extra_fields:
            stages.append({"$addFields": self.extra_fields})
        if self.ordering:
            stages.append({"$sort": self.ordering})
        if self.query.low_mark > 0:
            stages.append({"$skip": self.query.low_mark})
        stages.append({"$limit": self.query.high_mark - self.query.low_mark})
        return stages


def _looked_up(lookup: dict[str, Any], pipeline: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """As the official query puts a subquery beside each row: its first row, or nothing."""
    place = lookup["as"]
    is_empty = {"$eq": [{"$size": {"$ifNull": [f"${place}", []]}}, 0]}
    first = {"$arrayElemAt": [f"${place}", 0]}
    return [
        {"$lookup": {**lookup, "pipeline": pipeline}},
        {"$set": {place: {"$cond": {"if": is_empty, "then": {}, "else": first}}}},
    ]


class _Compiler(official.SQLCompiler):  # type: ignore[misc]
    query_class = Query

    def __init__(self, query: Any, *args: Any, **options: Any) -> None:
        if any(name.startswith(PREFETCH) for name in query.extra):
            query = _with_prefetched_keys(query)
        super().__init__(query, *args, **options)

    def check_query(self) -> None:
        super().check_query()
        if self.query.distinct_fields:
            raise NotSupportedError('MongoDB has no distinct("field"); it would be ignored.')

    def build_query(self, columns: Any = None) -> Any:
        base, rest = self._split_where()
        if base is None:
            return super().build_query(columns)
        whole = self.get_where()
        self.set_where(rest)
        try:
            query = super().build_query(columns)
        finally:
            self.set_where(whole)
        query.base_mql = _matched(base, self)
        query.is_page_first = self._may_page_first(query, rest)
        return query

    def get_lookup_pipeline(self) -> list[dict[str, Any]]:
        """Each join behind the one that it goes on from; a FilteredRelation is named too late."""
        pushed = self._get_pushable_conditions()
        waiting = [
            join
            for alias, join in self.query.alias_map.items()
            if self.query.alias_refcount[alias] and alias != self.collection_name
        ]
        stages: list[dict[str, Any]] = []
        while waiting:
            names = {join.table_alias for join in waiting}
            join = next(each for each in waiting if each.parent_alias not in names)
            waiting.remove(join)
            stages += join.as_mql(self, self.connection, pushed.get(join.table_alias))
        return stages

    def _split_where(self) -> tuple[WhereNode | None, WhereNode | None]:
        """Of a query with joins: what it asks of its own rows, and what of the joined ones."""
        where = self.get_where()
        if not self._is_joined() or self.search_pipeline or self.query.combinator:
            return None, None
        own = WhereNode(connector=AND)
        rest = WhereNode(connector=AND)
        children = where.children if _is_conjunction(where) else [where] if where else []
        for child in children:
            (own if self._asks_own(child) else rest).children.append(child)
        return own, rest

    def _is_joined(self) -> bool:
        query = self.query
        joined = [each for each in query.alias_map if query.alias_refcount[each]]
        return len(joined) > 1 and query.base_table is not None

    def _asks_own(self, node: Any) -> bool:
        """Nothing but columns of the collection itself, and values."""
        if getattr(node, "subquery", False) or _is_query(node):
            return False
        alias = getattr(node, "alias", None)
        if hasattr(node, "target") and alias != self.collection_name:
            return False
        if isinstance(node, WhereNode):
            return all(self._asks_own(each) for each in node.children)
        if getattr(node, "contains_aggregate", False):
            return False
        rhs = getattr(node, "rhs", None)
        if _is_query(rhs) or hasattr(rhs, "as_mql"):
            return False
        if not hasattr(node, "get_source_expressions"):
            return False
        parts = [each for each in _parts_of(node) if hasattr(each, "get_source_expressions")]
        return all(self._asks_own(each) for each in parts)

    def _may_page_first(self, query: Any, rest: WhereNode | None) -> bool:
        asked = self.query
        is_simple = not (
            (rest and rest.children)
            or asked.distinct
            or asked.group_by
            or query.aggregation_pipeline
            or query.subqueries
            or self.having
        )
        if asked.high_mark is None or not is_simple:
            return False
        are_own = all(self._asks_own(order.expression) for order in self.order_by_objs or [])
        joins = [
            join
            for alias, join in asked.alias_map.items()
            if asked.alias_refcount[alias] and alias != self.collection_name
        ]
        return are_own and all(is_to_one(join) for join in joins)

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


class SQLInsertCompiler(official.SQLInsertCompiler, _Compiler):  # type: ignore[misc]
    def insert(self, docs: list[dict[str, Any]], returning_fields: Any = None) -> Any:
        self._number(docs)
        if self.query.on_conflict is None:
            self.collection.insert_many(docs, session=self.connection.session)
        else:
            self._insert_beside(docs)
        return [(doc[ID],) for doc in docs] if returning_fields else []

    def _number(self, docs: list[dict[str, Any]]) -> None:
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

    def _insert_beside(self, docs: list[dict[str, Any]]) -> None:
        """What is there already is left as it is, or updated; each finds its own by unique keys."""
        if self.query.on_conflict == OnConflict.UPDATE:
            names = [field.column for field in self.query.unique_fields]
            changing = [field.column for field in self.query.update_fields]
            works = [_upsert(doc, [names], changing) for doc in docs]
        else:
            sets = unique_columns(self.query.get_meta())
            works = [_upsert(doc, sets, []) for doc in docs]
        self.collection.bulk_write(works, session=self.connection.session)

    @property
    def collection_name(self) -> str:
        table: str = self.query.get_meta().db_table
        return table


def _upsert(doc: dict[str, Any], sets: list[list[str]], changing: list[str]) -> Any:
    keys = [
        {name: doc[name] for name in names}
        for names in sets
        if all(doc.get(name) is not None for name in names)
    ]
    if not keys:
        return InsertOne(doc)
    changed = {name: doc[name] for name in changing}
    rest = {name: value for name, value in doc.items() if name not in changed}
    # Named by `$or`, the values of the key are not put into the new document twice.
    where = {"$or": keys}
    update: dict[str, Any] = {"$setOnInsert": rest}
    if changed:
        update["$set"] = changed
    return UpdateOne(where, update, upsert=True)


def unique_columns(meta: Any) -> list[list[str]]:
    """Each set of columns of which no two rows may have the same values."""
    single = [[field.column] for field in meta.local_concrete_fields if field.unique]
    named = [*meta.unique_together, *(each.fields for each in meta.total_unique_constraints)]
    return single + [[meta.get_field(name).column for name in names] for names in named]


class SQLDeleteCompiler(official.SQLDeleteCompiler, _Compiler):  # type: ignore[misc]
    def build_query(self, columns: Any = None) -> Any:
        return official.SQLCompiler.build_query(self, columns)

    def execute_sql(self, result_type: str = MULTI) -> int:
        if self.single_alias and not _needs_subquery(self.query.where):
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
        if self._is_joined() or _needs_subquery(self.query.where):
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


def _needs_subquery(node: Any) -> bool:
    if isinstance(node, WhereNode):
        return any(_needs_subquery(each) for each in node.children)
    if _is_query(node) or _is_query(getattr(node, "rhs", None)):
        return True
    return any(_needs_subquery(each) for each in _parts_of(node))


def _is_query(value: Any) -> bool:
    return isinstance(value, Select) or hasattr(value, "query")


def _parts_of(node: Any) -> list[Any]:
    if not hasattr(node, "get_source_expressions"):
        return []
    return [each for each in node.get_source_expressions() if each is not None]


official_subquery = In.get_subquery_wrapping_pipeline  # type: ignore[attr-defined]


def subquery_of_in(self: Any, compiler: Any, *args: Any) -> Any:
    """The official one looks in all rows and forgets the slice."""
    if compiler.query.is_sliced and isinstance(compiler, _Compiler):
        raise NotSupportedError(
            "MongoDB looks in all rows of a sliced subquery: read its keys first, as a list."
        )
    return official_subquery(self, compiler, *args)


def refuse_sliced_subqueries() -> None:
    In.get_subquery_wrapping_pipeline = subquery_of_in  # type: ignore[attr-defined]
