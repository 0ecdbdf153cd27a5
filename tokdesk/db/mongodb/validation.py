"""Checks of models and of the server."""

from typing import Any

from django.core import checks
from django.db.utils import OperationalError
from django_mongodb_backend.validation import DatabaseValidation as Official

from tokdesk.db.mongodb.serverchecks import faults


class DatabaseValidation(Official):  # type: ignore[misc]
    """`migrate` asks first; what the official backend forbids, keys.py makes possible."""

    prohibited_fields: set[str] = set()

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        found: list[checks.CheckMessage] = super().check(**kwargs)
        try:
            told = faults(self.connection)
        except OperationalError:
            # Whoever goes on will be told so.
            return found
        return found + [checks.Error(what, hint=remedy, id="tokdesk.E101") for what, remedy in told]
