from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from conversations.choices import Visibility
from conversations.querysets import DraftQuerySet
from tokdesk.common.models import Versioned
from tokdesk.common.tenancy import CompanyManager, CompanyOwned, UnscopedManager


class Draft(CompanyOwned, Versioned):
    """What one person has begun to write; nobody else ever sees it."""

    conversation = models.ForeignKey(
        "conversations.Conversation", on_delete=models.CASCADE, related_name="drafts"
    )
    member = models.ForeignKey("accounts.Membership", on_delete=models.CASCADE, related_name="+")
    visibility = models.CharField(max_length=6, choices=Visibility.choices)
    body = models.TextField(blank=True)
    # Ids of uploads that wait for the message.
    attachments = models.JSONField(default=list, blank=True)

    objects: ClassVar[Any] = CompanyManager.from_queryset(DraftQuerySet)()
    unscoped: ClassVar[Any] = UnscopedManager.from_queryset(DraftQuerySet)()

    class Meta(CompanyOwned.Meta):
        ordering: ClassVar = ["-updated_at", "-id"]
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["company", "conversation", "member", "visibility"], name="draft_unique"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)
