"""Optimistic concurrency: a change counts the version, a stale one is refused."""

import json
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tokdesk.common.db import RetryTransaction
from tokdesk.common.errors import Conflict


class StaleVersion(Conflict):
    default_code = "stale_version"
    default_detail = _("Somebody changed this meanwhile. Look at it again.")

    def __init__(self, current: int) -> None:
        super().__init__(extra={"current": current})


def check_version(row: Any, expected: int | None, *, current: int | None = None) -> None:
    """Raises StaleVersion when the caller saw another version than the row has now.

    `current` where the caller knows the row by other versions than its own column's.
    """
    now = row.version if current is None else current
    if expected is not None and expected != now:
        raise StaleVersion(now)


def save_changes(row: Any, changes: dict[str, Any], *, expected: int | None = None) -> list[str]:
    """Write what differs, count the version once, and return the names of the changed fields.

    Nothing is written when nothing differs. Must run inside a transaction, on a freshly read row.

    Raises:
        StaleVersion: `expected` is not the current version.
        RetryTransaction: another transaction changed the row since it was read.
    """
    check_version(row, expected)
    changed = {name: new for name, new in changes.items() if _differs(getattr(row, name), new)}
    if not changed:
        return []
    rows = type(row)._default_manager.filter(pk=row.pk, version=row.version)
    written = {**changed, "updated_at": timezone.now()}
    if rows.update(**written, version=F("version") + 1) != 1:
        raise RetryTransaction
    for name, value in written.items():
        setattr(row, name, value)
    row.version += 1
    return list(changed)


def _differs(old: Any, new: Any) -> bool:
    """JSON tells true from 1; Python does not."""
    if isinstance(old, dict) and isinstance(new, dict):
        return json.dumps(old, sort_keys=True) != json.dumps(new, sort_keys=True)
    return bool(old != new)
