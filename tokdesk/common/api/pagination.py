"""Pages by position, not by number: behind (value, id), so inserts and deletes shift nothing.

Rows may repeat when the value they are ordered by moves; clients merge by id.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import ImproperlyConfigured
from django.db.models import DateTimeField, Expression, F, Field, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from tokdesk.common.api.cursors import Cursor, read_cursor, write_cursor
from tokdesk.common.errors import FieldError, Invalid

DEFAULT_LIMIT = 25
LARGEST_LIMIT = 100
# A row without a time stands where a very late one would.
FAR = datetime(9999, 12, 31, tzinfo=UTC)


class KeysetPagination(BasePagination):
    """One query a page: the rows behind the cursor, and one more that tells of a next page.

    The view declares `ordering_fields` (public name -> model field) and `default_ordering`.
    """

    parameters = ("limit", "cursor", "ordering")
    display_page_controls = False

    def paginate_queryset(
        self, queryset: QuerySet[Any], request: Request, view: Any = None
    ) -> list[Any]:
        self.request = request
        self.limit = read_limit(request.query_params)
        orderings = view.own_orderings()
        self.ordering = read_ordering(request.query_params, orderings, view.default_ordering)
        text = request.query_params.get("cursor")
        self.cursor = None if text is None else read_cursor(text, self.ordering)
        path = orderings[self.ordering.removeprefix("-")]
        self.page = self._fetch(queryset, path)
        return self.page

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {
                "results": data,
                "next": self._link(self._next()),
                "previous": self._link(self._back()),
            }
        )

    def get_results(self, data: Any) -> Any:
        return data["results"]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["results", "next", "previous"],
            "properties": {
                "results": {"type": "array", "items": schema.get("items", schema)},
                "next": link,
                "previous": link,
            },
        }

    def _fetch(self, rows: QuerySet[Any], path: str) -> list[Any]:
        is_backward = self.cursor is not None and self.cursor.is_backward
        # Descending lists and the way back both turn the order; together they cancel out.
        is_descending = self.ordering.startswith("-") != is_backward
        rows = rows.annotate(keyset_value=_value_of(rows.model, path))
        if self.cursor is not None:
            rows = rows.filter(_beyond(self.cursor, is_descending))
        sign = "-" if is_descending else ""
        found = list(rows.order_by(f"{sign}keyset_value", f"{sign}pk")[: self.limit + 1])
        self.has_more = len(found) > self.limit
        found = found[: self.limit]
        return found[::-1] if is_backward else found

    def _next(self) -> Cursor | None:
        """Behind the last row; coming backwards there is always the page we came from."""
        if self.cursor is not None and self.cursor.is_backward:
            return self._at(-1, is_backward=False)
        return self._at(-1, is_backward=False) if self.has_more else None

    def _back(self) -> Cursor | None:
        if self.cursor is None or (self.cursor.is_backward and not self.has_more):
            return None
        return self._at(0, is_backward=True)

    def _at(self, index: int, *, is_backward: bool) -> Cursor:
        """The place at the page's edge; an empty page gives back the place it was asked for."""
        if self.page:
            value, row_id = _place_of(self.page[index])
            return Cursor(self.ordering, value, row_id, is_backward)
        assert self.cursor is not None  # noqa: S101 - the first page links nowhere when it is empty
        return Cursor(
            self.ordering, self.cursor.value, self.cursor.id, is_backward, is_inclusive=True
        )

    def _link(self, cursor: Cursor | None) -> str | None:
        if cursor is None:
            return None
        query = {**self.request.query_params.dict(), "cursor": write_cursor(cursor)}
        return self.request.build_absolute_uri(f"{self.request.path}?{urlencode(query)}")


def _place_of(row: Any) -> tuple[Any, UUID]:
    """Of a model's row or of plain values, which must hold the id."""
    if isinstance(row, Mapping):
        return row["keyset_value"], row["id"]
    return row.keyset_value, row.pk


def read_limit(query: Mapping[str, str]) -> int:
    """Raises Invalid unless it is a whole number from 1 to 100."""
    text = query.get("limit", str(DEFAULT_LIMIT))
    if text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= LARGEST_LIMIT:
        return int(text)
    fault = FieldError("invalid", _("Give a whole number from 1 to 100."))
    raise Invalid(fields={"limit": [fault]})


def read_ordering(query: Mapping[str, str], fields: Mapping[str, str], default: str) -> str:
    """Only declared names, so nothing of the model can be asked for by name.

    Raises:
        Invalid: `unknown_parameter`.
    """
    ordering = query.get("ordering", default)
    if ordering.removeprefix("-") in fields:
        return ordering
    fault = FieldError("unknown_parameter", _("This list has no such order."))
    raise Invalid("unknown_parameter", fields={"ordering": [fault]})


def _beyond(cursor: Cursor, is_descending: bool) -> Q:
    """The plain bound stands first and alone, since no engine reads an index range out of an OR."""
    side = "lt" if is_descending else "gt"
    same = "e" if cursor.is_inclusive else ""
    bound = Q(**{f"keyset_value__{side}e": cursor.value})
    strictly = Q(**{f"keyset_value__{side}": cursor.value})
    return bound & (strictly | Q(**{f"pk__{side}{same}": cursor.id}))


def _value_of(model: Any, path: str) -> F | Expression:
    fields = list(_fields(model, path.split("__")))
    if not any(field.null for field in fields):
        return F(path)
    if not isinstance(fields[-1], DateTimeField):
        raise ImproperlyConfigured(f"{path} is null at times, so a list cannot be ordered by it")
    return Coalesce(F(path), Value(FAR))


def _fields(model: Any, names: list[str]) -> Iterator["Field[Any, Any]"]:
    for name in names:
        field: Any = model._meta.get_field(name)
        yield field
        model = field.related_model
