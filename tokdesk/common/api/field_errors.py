"""What is wrong with which field: nested errors laid flat, each with its stable code."""

from collections.abc import Iterator, Mapping
from typing import Any

from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.settings import api_settings

from tokdesk.common.errors import FieldError

Fields = dict[str, list[FieldError]]

# A body may hold thousands of wrong fields with names of any length; the answer stays small.
MOST_FIELDS = 50
LONGEST_NAME = 100


def flatten(error: ValidationError) -> Fields:
    """`{"admin": {"email": [...]}}` as `{"admin.email": [FieldError]}`; list items by position."""
    fields: Fields = {}
    for path, detail in _walk(error.detail, ()):
        name = ".".join(path) or api_settings.NON_FIELD_ERRORS_KEY
        fields.setdefault(name[:LONGEST_NAME], []).append(
            FieldError(detail.code or "invalid", str(detail))
        )
        if len(fields) >= MOST_FIELDS:
            break
    return fields


def summary_code(fields: Mapping[str, list[FieldError]]) -> str:
    """The problem's own code: a field we do not know outweighs a wrong value."""
    codes = {fault.code for faults in fields.values() for fault in faults}
    return "unknown_field" if "unknown_field" in codes else "invalid"


def _walk(detail: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], ErrorDetail]]:
    if isinstance(detail, Mapping):
        for key, value in detail.items():
            yield from _walk(value, (*path, str(key)))
    elif isinstance(detail, list | tuple):
        for position, value in enumerate(detail):
            # A list of sentences belongs to the field, a list of objects to its items.
            here = path if isinstance(value, str) else (*path, str(position))
            yield from _walk(value, here)
    else:
        yield path, detail
