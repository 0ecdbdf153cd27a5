"""Words and moves of a company."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    PENDING = "pending", _("Waiting for approval")
    ACTIVE = "active", _("Active")
    REJECTED = "rejected", _("Rejected")
    SUSPENDED = "suspended", _("Suspended")


MOVES: dict[str, tuple[str, ...]] = {
    Status.PENDING: (Status.ACTIVE, Status.REJECTED),
    Status.REJECTED: (Status.PENDING,),
    Status.ACTIVE: (Status.SUSPENDED,),
    Status.SUSPENDED: (Status.ACTIVE,),
}


class Language(models.TextChoices):
    ENGLISH = "en", _("English")
    ARABIC = "ar", _("Arabic")


class Theme(models.TextChoices):
    SYSTEM = "system", _("As the device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


# First path segments of our own pages; a company of that name could never be reached.
RESERVED_SLUGS = frozenset(
    {
        *("app", "api", "admin", "dashboard", "ws", "static", "media", "widget", "help"),
        *("healthz", "readyz", "metrics", "dev", "try", "accounts"),
    }
)

DEFAULT_SETTINGS: dict[str, object] = {
    "customer_registration": True,
    # Whether agents may give conversations to colleagues of the department.
    "agents_assign": False,
    # Whether agents see what colleagues of the department have, or only their own and nobody's.
    "agents_see_colleagues": True,
    # So long after it was resolved a conversation is closed.
    "close_after_days": 7,
}
