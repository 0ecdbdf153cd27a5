"""REST of saved views: what a list of conversations may be asked, kept under a name."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from conversations.api.filters import FOR_STAFF, STAFF_ORDERS
from conversations.api.serializers.inputs import VersionField
from conversations.models.saved_view import LONGEST_VIEW_NAME, SavedView
from conversations.services import delete_view, save_view, update_view
from tokdesk.common.api.fields import NameField, StrictBooleanField, StrictIntegerField
from tokdesk.common.api.filters import WrongValue
from tokdesk.common.api.serializers import StrictSerializer
from tokdesk.common.api.viewsets import BaseViewSet

# A view looks on: what happened since some moment is a question of that moment.
KEPT = {name: each for name, each in FOR_STAFF.items() if name != "updated_after"}
ORDERINGS = [sign + name for name in STAFF_ORDERS for sign in ("", "-")]
LARGEST_POSITION = 10_000


@extend_schema_field(
    {"type": "object", "properties": {name: dict(each.schema) for name, each in KEPT.items()}}
)
class FiltersField(serializers.Field):  # type: ignore[type-arg]
    """Parameters of the list by name; what its address could not say is refused."""

    default_error_messages = {  # noqa: RUF012  # the base has it so
        "invalid": _("Give an object of filters."),
        "unknown_filter": _("The list has no filter “{name}”."),
        "wrong_value": _("The filter “{name}” takes no such value."),
    }

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            self.fail("invalid")
        for name, value in data.items():
            if name not in KEPT:
                self.fail("unknown_filter", name=str(name)[:30])
            if not _fits(name, value):
                self.fail("wrong_value", name=name)
        return dict(data)

    def to_representation(self, value: Any) -> Any:
        return value


def _fits(name: str, value: Any) -> bool:
    if KEPT[name].schema["type"] == "boolean":
        return isinstance(value, bool)
    if not isinstance(value, str):
        return False
    try:
        KEPT[name].read(value)
    except WrongValue:
        return False
    return True


class SavedViewInput(StrictSerializer):
    name = NameField(max_length=LONGEST_VIEW_NAME)
    filters = FiltersField()
    ordering = serializers.ChoiceField(ORDERINGS)
    shared = StrictBooleanField(source="is_shared", required=False)
    position = StrictIntegerField(min_value=0, max_value=LARGEST_POSITION, required=False)


class SavedViewPatch(SavedViewInput):
    name = NameField(max_length=LONGEST_VIEW_NAME, required=False)
    filters = FiltersField(required=False)
    ordering = serializers.ChoiceField(ORDERINGS, required=False)
    version = VersionField()


class SavedViewOutput(serializers.ModelSerializer[SavedView]):
    owner = serializers.UUIDField(source="owner_id")
    shared = serializers.BooleanField(source="is_shared")
    filters = FiltersField()

    class Meta:
        model = SavedView
        fields = (
            *("id", "name", "filters", "ordering", "shared", "position", "owner"),
            *("version", "created_at"),
        )
        read_only_fields = fields


@extend_schema(tags=["conversations"])
class SavedViewViewSet(BaseViewSet):
    """Ways to look at the list: the own ones, and those that are shared with all of the staff."""

    serializer_class: ClassVar[type[serializers.Serializer[Any]]] = SavedViewOutput
    permission_codes: ClassVar = {
        "list": "view:save",
        "retrieve": "view:save",
        "create": "view:save",
        "partial_update": "view:save",
        "destroy": "view:save",
    }
    inputs: ClassVar = {"create": SavedViewInput, "partial_update": SavedViewPatch}
    ordering_fields: ClassVar = {"position": "position", "created_at": "created_at"}
    default_ordering = "position"

    def get_queryset(self) -> QuerySet[Any]:
        return SavedView.objects.visible_to(self.actor)

    def create(self, request: Request) -> Response:
        return self.answer(save_view(actor=self.actor, **self.read()))

    def partial_update(self, request: Request, pk: str) -> Response:
        view = self.get_object()
        changes, expected = self.read_changes()
        return self.answer(
            update_view(actor=self.actor, view=view, changes=changes, expected=expected)
        )

    def destroy(self, request: Request, pk: str) -> Response:
        delete_view(actor=self.actor, view=self.get_object())
        return self.no_content()
