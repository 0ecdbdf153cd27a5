"""Collections: one class a resource; operations are its actions."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSetMixin

from tokdesk.common.api.fields import parse_uuid
from tokdesk.common.api.permissions import check_permission_codes, operations_of_viewset
from tokdesk.common.api.views import ApiMixin
from tokdesk.common.errors import NotFound

# For routers: any other text in the place of an id is no route, so it answers 404.
UUID_PATTERN = r"[0-9a-fA-F]{32}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"


# Made anew for each class: what `@extend_schema` writes on one must not show on another.
def _make_list() -> Callable[..., Response]:
    def list_page(self: Any, request: Request) -> Response:
        response: Response = self.page(self.get_queryset())
        return response

    return list_page


def _make_retrieve() -> Callable[..., Response]:
    def retrieve(self: Any, request: Request, pk: str) -> Response:
        response: Response = self.answer(self.get_object())
        return response

    return retrieve


class BaseViewSet(ViewSetMixin, ApiMixin):
    """Give it `get_queryset()` (always `Model.objects.visible_to(self.actor)`) and its rights.

    A viewset that names the right of `list` or `retrieve` has that action, written or not.
    """

    lookup_value_regex = UUID_PATTERN
    idempotent = True

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        for name, make in (("list", _make_list), ("retrieve", _make_retrieve)):
            if name in cls.permission_codes and not hasattr(cls, name):
                setattr(cls, name, make())
        if operations := operations_of_viewset(cls):
            check_permission_codes(cls, operations)

    def get_queryset(self) -> QuerySet[Any]:
        raise NotImplementedError(f"{type(self).__name__} has no get_queryset()")

    def get_object(self) -> Any:
        """The row that the path names. Raises NotFound when there is none that this actor sees."""
        return self.find(parse_uuid(self.kwargs["pk"]))

    def find(self, object_id: UUID | None) -> Any:
        row = self.get_queryset().filter(pk=object_id).first() if object_id else None
        if row is None:
            raise NotFound
        return row

    def render_replay(self, object_id: UUID | None) -> Response:
        """Override where the service returns something else than a row of `get_queryset()`."""
        return self.answer(self.find(object_id)) if object_id else self.no_content()
