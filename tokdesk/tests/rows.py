"""All rows of the database, to show that nothing changed or that a secret stands nowhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps

from tokdesk.common.tenancy import unscoped

Rows = dict[str, dict[Any, dict[str, Any]]]

# What a migration wrote and nothing changes after it.
STILL = ("auth.Permission", "auth.Group", "contenttypes.ContentType")


def all_rows(*, without: tuple[str, ...] = ()) -> Rows:
    """Model label -> primary key -> values; models named in `without` are left out."""
    with unscoped():
        return {
            model._meta.label: {
                row[model._meta.pk.name]: row for row in model._base_manager.values()
            }
            for model in apps.get_models()
            if model._meta.label not in (*STILL, *without)
        }


@contextmanager
def nothing_changes(*, without: tuple[str, ...] = ()) -> Iterator[None]:
    """No row is made, changed or deleted, and so nothing is published either.

    But the note of a refusal, and the counter that keeps such notes rare.
    """
    before = _deeds(without)
    yield
    assert _deeds(without) == before


def _deeds(without: tuple[str, ...]) -> Rows:
    rows = all_rows(without=("common.RateCounter", *without))
    events = rows.get("common.Event", {})
    kept = {pk: row for pk, row in events.items() if not row["type"].startswith("security.")}
    return {**rows, "common.Event": kept}


def text_of_all_rows() -> str:
    """Every value of every column as one text."""
    return "\n".join(str(row) for rows in all_rows().values() for row in rows.values())
