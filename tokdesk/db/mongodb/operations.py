"""How values travel."""

from datetime import datetime
from typing import Any

from bson import Int64
from django.db import models
from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.models.query_utils import DeferredAttribute
from django_mongodb_backend.operations import DatabaseOperations as Official

from tokdesk.db.mongodb.keys import INTEGER_KEYS


class Moment(DeferredAttribute):
    """A moment is a millisecond from the very start: what was just made reads as what is stored."""

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = truncated(value)


def truncated(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.replace(microsecond=value.microsecond // 1000 * 1000)
    return value


class DatabaseOperations(Official):  # type: ignore[misc]
    compiler_module = "tokdesk.db.mongodb.compiler"

    def integer_field_range(self, internal_type: str) -> tuple[int, int]:
        """As wide as in the other databases, so that all of them refuse the same numbers."""
        ranges = BaseDatabaseOperations.integer_field_ranges
        return ranges.get(internal_type, ranges["BigIntegerField"])

    def adapt_datetimefield_value(self, value: Any) -> Any:
        """Cut, not rounded: no moment that is looked for lies behind itself."""
        return truncated(super().adapt_datetimefield_value(value))

    def get_db_converters(self, expression: Any) -> list[Any]:
        converters = super().get_db_converters(expression)
        if is_integer_key(expression.output_field):
            converters.append(self.convert_integerfield_value)
        return converters

    def adapt_integerfield_value(self, value: Any, internal_type: str) -> Any:
        if value is None or hasattr(value, "resolve_expression"):
            return value
        return Int64(value)


def is_integer_key(field: "models.Field[Any, Any]") -> bool:
    return field.get_internal_type() in INTEGER_KEYS
