"""Attachments on the wire, alone and in their messages."""

from typing import Any

from rest_framework import serializers

from conversations.api.serializers.inputs import visible_conversations
from conversations.choices import Scan
from conversations.models import Attachment
from tokdesk.common.api.fields import VisibleField
from tokdesk.common.api.serializers import StrictSerializer


def attachment_data(attachment: Attachment) -> dict[str, Any]:
    """One that has a width has a thumbnail too."""
    return {
        "id": str(attachment.pk),
        "name": attachment.name,
        "content_type": attachment.content_type,
        "size": attachment.size,
        "width": attachment.width,
        "height": attachment.height,
        "scan": attachment.scan,
    }


class NewAttachment(StrictSerializer):
    file = serializers.FileField()
    conversation = VisibleField(visible_conversations)


class AttachmentOutput(serializers.Serializer):
    """`width` and `height` are those of an image, which has a thumbnail too."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField()
    width = serializers.IntegerField(allow_null=True)
    height = serializers.IntegerField(allow_null=True)
    scan = serializers.ChoiceField(Scan.choices)

    def to_representation(self, instance: Attachment) -> Any:
        return attachment_data(instance)
