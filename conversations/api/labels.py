"""REST of what a company sorts its conversations by: tags and attributes."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from conversations.api.serializers.inputs import (
    AttributeInput,
    AttributePatch,
    TagInput,
    TagPatch,
)
from conversations.models import AttributeDefinition, Tag
from conversations.services import (
    create_tag,
    define_attribute,
    delete_tag,
    remove_attribute,
    update_attribute,
    update_tag,
)
from tokdesk.common.api.viewsets import BaseViewSet


class TagOutput(serializers.ModelSerializer):
    class Meta:
        model = Tag
        fields = ("id", "name", "colour", "version", "created_at")
        read_only_fields = fields


class AttributeOutput(serializers.ModelSerializer):
    class Meta:
        model = AttributeDefinition
        fields = ("id", "key", "label", "kind", "options", "version", "created_at")
        read_only_fields = fields


@extend_schema(tags=["conversations"])
class TagViewSet(BaseViewSet):
    """The company's tags; whoever tags a conversation with a new word makes one too."""

    serializer_class = TagOutput
    permission_codes: ClassVar = {
        "list": "conversation:tag",
        "retrieve": "conversation:tag",
        "create": "company:configure",
        "partial_update": "company:configure",
        "destroy": "company:configure",
    }
    inputs: ClassVar = {"create": TagInput, "partial_update": TagPatch}
    ordering_fields: ClassVar = {"name": "name_key", "created_at": "created_at"}
    default_ordering = "name"

    def get_queryset(self) -> QuerySet[Any]:
        return Tag.objects.visible_to(self.actor)

    def create(self, request: Request) -> Response:
        return self.answer(create_tag(actor=self.actor, **self.read()))

    def partial_update(self, request: Request, pk: str) -> Response:
        tag = self.get_object()
        changes, expected = self.read_changes()
        return self.answer(
            update_tag(actor=self.actor, tag=tag, changes=changes, expected=expected)
        )

    def destroy(self, request: Request, pk: str) -> Response:
        delete_tag(actor=self.actor, tag=self.get_object())
        return self.no_content()


@extend_schema(tags=["conversations"])
class AttributeViewSet(BaseViewSet):
    """What the company asks about every conversation."""

    serializer_class = AttributeOutput
    permission_codes: ClassVar = {
        "list": "conversation:tag",
        "retrieve": "conversation:tag",
        "create": "company:configure",
        "partial_update": "company:configure",
        "destroy": "company:configure",
    }
    inputs: ClassVar = {"create": AttributeInput, "partial_update": AttributePatch}
    ordering_fields: ClassVar = {"key": "key", "created_at": "created_at"}
    default_ordering = "key"

    def get_queryset(self) -> QuerySet[Any]:
        return AttributeDefinition.objects.visible_to(self.actor)

    def create(self, request: Request) -> Response:
        return self.answer(define_attribute(actor=self.actor, **self.read()))

    def partial_update(self, request: Request, pk: str) -> Response:
        definition = self.get_object()
        changes, expected = self.read_changes()
        return self.answer(
            update_attribute(
                actor=self.actor, definition=definition, changes=changes, expected=expected
            )
        )

    def destroy(self, request: Request, pk: str) -> Response:
        remove_attribute(actor=self.actor, definition=self.get_object())
        return self.no_content()
