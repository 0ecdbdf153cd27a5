"""Input serializers: the shape of a body, and not one field more."""

from collections.abc import Mapping
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

# More of them help nobody, and a body may hold tens of thousands.
MOST_UNKNOWN = 50


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses every field it does not declare as writable, beside its other errors."""

    def to_internal_value(self, data: Any) -> Any:
        unknown = self._unknown_fields(data)
        try:
            value = super().to_internal_value(data)
        except ValidationError as error:
            raise ValidationError({**error.detail, **unknown}) from error  # type: ignore[dict-item]
        if unknown:
            raise ValidationError(unknown)
        return value

    def _unknown_fields(self, data: Any) -> dict[str, list[ErrorDetail]]:
        if not isinstance(data, Mapping):
            return {}
        known = {name for name, field in self.fields.items() if not field.read_only}
        fault = ErrorDetail(_("This field is not known here."), code="unknown_field")
        unknown = (str(name) for name in data if name not in known)
        return {name: [fault] for name in islice(unknown, MOST_UNKNOWN)}
