"""Somebody in an answer, as plain data."""

from collections.abc import Mapping
from typing import Any

from accounts.models import Membership

Row = Mapping[str, Any]
SYSTEM = {"kind": "system"}


def person(member: Membership | None) -> dict[str, Any] | None:
    """As accounts' Person says it; fields of a serializer would cost more than the rest."""
    if member is None:
        return None
    return {"id": str(member.pk), "name": member.name, "role": member.role, "avatar": None}


def person_of(row: Row, name: str) -> dict[str, Any] | None:
    """The same of a row of values that was joined with `<name>__name` and `<name>__role`."""
    if row[f"{name}_id"] is None:
        return None
    return {
        "id": str(row[f"{name}_id"]),
        "name": row[f"{name}__name"],
        "role": row[f"{name}__role"],
        "avatar": None,
    }
