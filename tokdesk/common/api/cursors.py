"""Positions in a list, as opaque text that only we can write."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext_lazy as _

from tokdesk.common.errors import Invalid

LONGEST = 1500


@dataclass(frozen=True)
class Cursor:
    """A place between rows: behind or before (value, id) in one ordering.

    `is_backward` looks towards the start of the list. `is_inclusive` takes the row at the position
    itself: the way back from a page that turned out empty.
    """

    ordering: str
    value: Any
    id: UUID
    is_backward: bool = False
    is_inclusive: bool = False


def write_cursor(cursor: Cursor) -> str:
    kind, text = _to_text(cursor.value)
    flags = [int(cursor.is_backward), int(cursor.is_inclusive)]
    return _signer().sign_object([cursor.ordering, kind, text, cursor.id.hex, *flags])


def read_cursor(text: str, ordering: str) -> Cursor:
    """Raises Invalid (`invalid_cursor`): changed by hand, or of a list in another order."""
    try:
        if len(text) > LONGEST:
            raise BadSignature
        written, kind, value, row_id, backward, inclusive = _signer().unsign_object(text)
    except (BadSignature, ValueError) as error:
        raise _invalid() from error
    if written != ordering:
        raise _invalid()
    return Cursor(ordering, _from_text(kind, value), UUID(row_id), bool(backward), bool(inclusive))


def _signer() -> Signer:
    return Signer(salt="tokdesk.cursor")


def _to_text(value: Any) -> tuple[str, Any]:
    if isinstance(value, datetime):
        return "time", value.isoformat()
    return ("id", value.hex) if isinstance(value, UUID) else ("plain", value)


def _from_text(kind: str, value: Any) -> Any:
    if kind == "time":
        return datetime.fromisoformat(value)
    return UUID(value) if kind == "id" else value


def _invalid() -> Invalid:
    return Invalid("invalid_cursor", _("This page does not exist; start again without a cursor."))
