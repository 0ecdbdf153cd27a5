from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from conversations.choices import Scan, Visibility
from conversations.querysets import AttachmentQuerySet
from tokdesk.common.models.base import SoftDeletable
from tokdesk.common.tenancy import CompanyManager, CompanyOwned, UnscopedManager

LONGEST_NAME = 120
MOST_ATTACHMENTS = 10


class Attachment(CompanyOwned, SoftDeletable):
    """A file that waits for its message, or is part of one.

    While it waits it has no visibility and only its uploader knows of it; then it is seen by
    whoever sees the message. A deleted one keeps its row until its bytes are gone.
    """

    conversation = models.ForeignKey(
        "conversations.Conversation", on_delete=models.PROTECT, related_name="attachments"
    )
    message = models.ForeignKey(
        "conversations.Message", on_delete=models.PROTECT, null=True, related_name="attachments"
    )
    # Its place among those of the message.
    position = models.PositiveSmallIntegerField(default=0)
    visibility = models.CharField(max_length=6, choices=Visibility.choices, blank=True)
    uploaded_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, related_name="+"
    )
    name = models.CharField(_("name"), max_length=LONGEST_NAME)
    content_type = models.CharField(_("type"), max_length=100)
    # Of the bytes that are kept, which of an image are others than those that were sent.
    size = models.PositiveBigIntegerField(_("size"))
    checksum = models.CharField(max_length=64)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    # Drawn anew by ourselves, so a browser may show it where it stands.
    is_redrawn = models.BooleanField(default=False)
    storage_key = models.CharField(max_length=100, editable=False)
    thumbnail_key = models.CharField(max_length=100, blank=True, editable=False)
    scan = models.CharField(_("scan"), max_length=7, choices=Scan.choices)

    objects: ClassVar[Any] = CompanyManager.from_queryset(AttachmentQuerySet)()
    unscoped: ClassVar[Any] = UnscopedManager.from_queryset(AttachmentQuerySet)()

    class Meta(CompanyOwned.Meta):
        ordering: ClassVar = ["position", "id"]
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["company", "storage_key"], name="attachment_key_unique"
            ),
            # What belongs to no message is nobody's to see.
            models.CheckConstraint(
                condition=(
                    Q(message__isnull=True, visibility="")
                    | Q(message__isnull=False, visibility__in=Visibility.values)
                ),
                name="attachment_waits_unseen",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["company", "message"], name="attachment_of_message"),
            # Across companies: what nobody sent, and what was deleted.
            models.Index(
                fields=["created_at"], condition=Q(visibility=""), name="attachment_waiting"
            ),
            models.Index(
                fields=["deleted_at"], condition=Q(is_deleted=True), name="attachment_deleted"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class AttachmentUse(CompanyOwned):
    """How many bytes the attachments of a company take, kept where each upload asks."""

    size = models.PositiveBigIntegerField(default=0)

    class Meta(CompanyOwned.Meta):
        ordering: ClassVar = ["created_at", "id"]
        verbose_name = _("room of attachments")
        verbose_name_plural = _("room of attachments")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company"], name="attachment_use_unique"),
        ]

    def __str__(self) -> str:
        return str(self.id)
