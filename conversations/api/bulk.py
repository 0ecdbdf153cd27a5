"""REST of deeds on many conversations."""

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from conversations.api.filters import FOR_STAFF
from conversations.api.serializers.inputs import (
    MomentField,
    PriorityField,
    TagsField,
    visible_departments,
    visible_people,
)
from conversations.choices import BulkAction, Status
from conversations.models import BulkJob, Conversation
from conversations.services import request_bulk, request_undo
from tokdesk.common.api.fields import StrictUUIDField, VisibleField
from tokdesk.common.api.filters import apply_filters
from tokdesk.common.api.serializers import StrictSerializer
from tokdesk.common.api.views import BaseAPIView
from tokdesk.common.api.viewsets import BaseViewSet
from tokdesk.common.errors import FieldError, Invalid

MOST = 500
# What each deed needs to know, by the name of the field; the others need nothing.
VALUES = {
    BulkAction.ASSIGN: "assignee",
    BulkAction.STATUS: "status",
    BulkAction.PRIORITY: "priority",
    BulkAction.DEPARTMENT: "department",
    BulkAction.TAG: "tags",
    BulkAction.UNTAG: "tags",
    BulkAction.SNOOZE: "until",
}


class BulkInput(StrictSerializer):
    """A deed and its value, on `ids` or on all that `filter` (as in the list) leaves."""

    action = serializers.ChoiceField(BulkAction.choices)
    ids = serializers.ListField(child=StrictUUIDField(), required=False, max_length=MOST)
    filter = serializers.DictField(child=serializers.CharField(max_length=200), required=False)
    assignee = VisibleField(visible_people, required=False, allow_null=True)
    status = serializers.ChoiceField(Status.choices, required=False)
    priority = PriorityField(required=False)
    department = VisibleField(visible_departments, required=False)
    tags = TagsField(required=False)
    until = MomentField(required=False, allow_null=True)

    def validate(self, attrs: Any) -> Any:
        faults: dict[str, Any] = {}
        if ("ids" in attrs) == ("filter" in attrs):
            faults["ids"] = _("Give either ids or a filter.")
        wanted = VALUES.get(attrs["action"])
        if wanted is not None and wanted not in attrs:
            faults[wanted] = _("This deed needs it.")
        for name in set(VALUES.values()) & attrs.keys() - {wanted}:
            faults[name] = _("This deed does not need it.")
        if faults:
            raise serializers.ValidationError(faults, code="invalid")
        return attrs


class BulkFailure(serializers.Serializer):
    """A conversation that was left as it was, and why."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    detail = serializers.CharField()


class BulkJobOutput(serializers.ModelSerializer):
    """How far the deed is."""

    total = serializers.IntegerField()
    failures = BulkFailure(many=True)

    class Meta:
        model = BulkJob
        fields = (
            "id",
            "action",
            "state",
            "total",
            "done",
            "undone",
            "failures",
            "created_at",
            "finished_at",
        )
        read_only_fields = fields


class BulkAnswer(serializers.Serializer):
    job = BulkJobOutput()


@extend_schema(tags=["conversations"])
class BulkView(BaseAPIView):
    """One deed on many conversations, done by a worker."""

    permission_codes: ClassVar = {"post": "conversation:tag"}
    inputs: ClassVar = {"post": BulkInput}
    outputs: ClassVar = {"post": BulkAnswer}
    success_status: ClassVar = {"post": 202}
    idempotent = True

    def post(self, request: Request) -> Response:
        """Ask for it; `jobs/{id}/` tells how far it is."""
        data = self.read()
        ids = data["ids"] if "ids" in data else self.ids_by(data["filter"])
        job = request_bulk(
            actor=self.actor,
            action=data["action"],
            value=plain(data.get(VALUES.get(data["action"], ""))),
            ids=list(dict.fromkeys(ids)),
        )
        return self.answer({"job": job})

    def ids_by(self, told: dict[str, str]) -> list[UUID]:
        """Raises Invalid: an unknown filter, a wrong value, or more than can be done at once."""
        if unknown := sorted(set(told) - set(FOR_STAFF)):
            fault = FieldError("unknown_parameter", _("This parameter is not known here."))
            raise Invalid("unknown_parameter", fields={unknown[0][:100]: [fault]})
        rows = Conversation.objects.visible_to(self.actor)
        if not {"archived", "q"} & told.keys():
            rows = rows.hot()
        query = QueryDict(mutable=True)
        query.update(told)
        found = apply_filters(rows, FOR_STAFF, query, self.actor).order_by("pk")
        ids = list(found.values_list("pk", flat=True)[: MOST + 1])
        if len(ids) > MOST:
            detail = _("More than %(most)d conversations; narrow the filter.") % {"most": MOST}
            raise Invalid(fields={"filter": [FieldError("too_many", detail)]})
        return ids

    def render_replay(self, object_id: UUID | None) -> Response:
        job = BulkJob.objects.visible_to(self.actor).filter(pk=object_id).first()
        return self.answer({"job": job})


@extend_schema(tags=["conversations"])
class BulkJobViewSet(BaseViewSet):
    """Deeds on many conversations, each shown to whoever did it."""

    serializer_class = BulkJobOutput
    permission_codes: ClassVar = {"retrieve": "conversation:tag", "undo": "conversation:tag"}

    def get_queryset(self) -> QuerySet[Any]:
        return BulkJob.objects.visible_to(self.actor)

    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: str) -> Response:
        """Take it back, wherever nobody has changed the same thing since; within an hour."""
        return self.answer(request_undo(actor=self.actor, job=self.get_object()))


def plain(value: Any) -> Any:
    """As a job can store it: rows by their ids, times as text."""
    if hasattr(value, "pk"):
        return str(value.pk)
    return value.isoformat() if hasattr(value, "isoformat") else value
