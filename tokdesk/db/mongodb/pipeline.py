"""The stages of a query, a page of rows being taken before whatever does not choose its rows."""

from typing import Any

from django_mongodb_backend.query import MongoQuery

Stages = list[dict[str, Any]]


class Query(MongoQuery):  # type: ignore[misc]
    """Rows are chosen, ordered and cut as early as that gives the same rows.

    What a collection is asked of its own rows comes first of all, where indexes serve it, and the
    order next, where they serve that too. Joins that choose no rows are made for the page alone.
    """

    query: Any
    lookup_pipeline: Stages
    subquery_lookup: dict[str, Any] | None
    base_mql: dict[str, Any] = {}
    # Of a query that is neither grouped nor combined: joins and subqueries that choose its rows,
    # and what its rows are sorted by beside their columns.
    is_plain = False
    choosing: Stages
    sort_fields: dict[str, Any]
    sorts_own = False

    def get_pipeline(self) -> Stages:
        lookup, self.subquery_lookup = self.subquery_lookup, None
        try:
            own = self._own_pipeline()
        finally:
            self.subquery_lookup = lookup
        return own if lookup is None else _looked_up(lookup, own)

    def _own_pipeline(self) -> Stages:
        own = [{"$match": self.base_mql}] if self.base_mql else []
        if not self.is_plain:
            return own + super().get_pipeline()
        chosen = [*self.choosing, *([{"$match": self.match_mql}] if self.match_mql else [])]
        is_cut = self.query.high_mark is not None
        # A page is full before all rows have been joined, if they come in its order.
        front = [*self._sort(), *chosen] if self.sorts_own and is_cut else [*chosen, *self._sort()]
        return [*own, *front, *self._cut(), *self._rest()]

    def _sort(self) -> Stages:
        added = [{"$addFields": self.sort_fields}] if self.sort_fields else []
        return [*added, {"$sort": self.ordering}] if self.ordering else []

    def _cut(self) -> Stages:
        low, high = self.query.low_mark, self.query.high_mark
        skip = [{"$skip": low}] if low else []
        return skip if high is None else [*skip, {"$limit": high - low}]

    def _rest(self) -> Stages:
        stages = list(self.lookup_pipeline)
        for query in self.subqueries:
            stages += query.get_pipeline()
        if self.aggregation_pipeline:
            stages += self.aggregation_pipeline
        return [*stages, {"$project": self.project_fields}] if self.project_fields else stages


def _looked_up(lookup: dict[str, Any], pipeline: Stages) -> Stages:
    """As the official query puts a subquery beside each row: its first row, or nothing."""
    place = lookup["as"]
    is_empty = {"$eq": [{"$size": {"$ifNull": [f"${place}", []]}}, 0]}
    first = {"$arrayElemAt": [f"${place}", 0]}
    return [
        {"$lookup": {**lookup, "pipeline": pipeline}},
        {"$set": {place: {"$cond": {"if": is_empty, "then": {}, "else": first}}}},
    ]
