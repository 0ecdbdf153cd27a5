"""Filters of lists: each is declared by name, reads one form of value and narrows the rows."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.timezone import is_naive
from django.utils.translation import gettext as _

from tokdesk.common.actor import Actor
from tokdesk.common.api.fields import parse_uuid
from tokdesk.common.errors import FieldError, Invalid

Rows = QuerySet[Any]
LONGEST_TEXT = 200


class WrongValue(ValueError):
    """The value has not the form that the filter reads."""


@dataclass(frozen=True)
class Filter:
    """`read` turns the text of the query into a value, `narrow` uses it on the rows."""

    read: Callable[[str], Any]
    narrow: Callable[[Rows, Any, Actor], Rows]
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})
    description: str = ""


def apply_filters(
    rows: Rows, filters: Mapping[str, Filter], query: Mapping[str, str], actor: Actor
) -> Rows:
    """Raises Invalid naming the parameter whose value a filter cannot read."""
    for name, one in filters.items():
        if name in query:
            rows = one.narrow(rows, _read(name, one, query[name]), actor)
    return rows


def choice_filter(choices: Iterable[str], lookup: str) -> Filter:
    known = [str(choice) for choice in choices]
    return Filter(
        lambda text: text if text in known else _wrong(),
        _by(lookup),
        {"type": "string", "enum": known},
    )


def boolean_filter(lookup: str) -> Filter:
    return Filter(read_boolean, _by(lookup), {"type": "boolean"})


def uuid_filter(lookup: str) -> Filter:
    """An id nobody knows is no error: the list is empty."""
    return Filter(
        lambda text: parse_uuid(text) or _wrong(), _by(lookup), {"type": "string", "format": "uuid"}
    )


def time_filter(lookup: str) -> Filter:
    return Filter(read_time, _by(lookup), {"type": "string", "format": "date-time"})


def text_filter(search: Callable[[Rows, str], Rows]) -> Filter:
    """Free text; `search` is the queryset's own method, so that the view knows no columns."""
    return Filter(
        lambda text: text if len(text) <= LONGEST_TEXT else _wrong(),
        lambda rows, text, actor: search(rows, text),
        {"type": "string", "maxLength": LONGEST_TEXT},
    )


def read_boolean(text: str) -> bool:
    return {"true": True, "false": False}[text] if text in ("true", "false") else _wrong()


def read_time(text: str) -> datetime:
    """A moment in UTC. Raises WrongValue: it has no zone, or UTC has no such moment.

    Engines know fewer zones than ISO 8601 has, and fewer years than a zone can lead to.
    """
    try:
        moment = datetime.fromisoformat(text)
        return _wrong() if is_naive(moment) else moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise WrongValue from error


def _by(lookup: str) -> Callable[[Rows, Any, Actor], Rows]:
    return lambda rows, value, actor: rows.filter(**{lookup: value})


def _read(name: str, one: Filter, text: str) -> Any:
    try:
        return one.read(text)
    except WrongValue as error:
        fault = FieldError("invalid", _("This value is not possible here."))
        raise Invalid(fields={name: [fault]}) from error


def _wrong() -> Any:
    raise WrongValue
