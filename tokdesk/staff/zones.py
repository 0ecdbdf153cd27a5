"""Times on the staff site are in the reader's own zone."""

from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils import timezone


def zone_of(user: Any) -> Any:
    """The zone of an account; UTC for nobody, and for a name that this machine does not know."""
    name = getattr(user, "time_zone", "")
    try:
        return ZoneInfo(name) if name else timezone.get_default_timezone()
    except (ZoneInfoNotFoundError, ValueError):
        return timezone.get_default_timezone()
