"""Ids in paths: plain or dashed UUIDs, by value; anything else is no route."""

from uuid import UUID

from django.urls import register_converter

from tokdesk.common.api.viewsets import UUID_PATTERN


class IdConverter:
    """`<id:pk>` in `path()`. Django's own `uuid` takes only dashed lower case."""

    regex = UUID_PATTERN

    def to_python(self, value: str) -> UUID:
        return UUID(value)

    def to_url(self, value: UUID | str) -> str:
        return str(value)


register_converter(IdConverter, "id")
