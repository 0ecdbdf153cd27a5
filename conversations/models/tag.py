from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from conversations.querysets import (
    LONGEST_KEY,
    LONGEST_TAG,
    ConversationTagQuerySet,
    TagQuerySet,
)
from tokdesk.common.models import Versioned
from tokdesk.common.tenancy import CompanyManager, CompanyOwned, UnscopedManager

MOST_TAGS = 20


# Ignored: mypy looks for the managers of relations that are declared elsewhere.
class Tag(CompanyOwned, Versioned):  # type: ignore[django-manager-missing]
    """A word that a company sorts by; no two share a folded name."""

    name = models.CharField(_("name"), max_length=LONGEST_TAG)
    name_key = models.CharField(max_length=LONGEST_KEY, editable=False)
    colour = models.CharField(_("colour"), max_length=7, blank=True)

    objects: ClassVar[Any] = CompanyManager.from_queryset(TagQuerySet)()
    unscoped: ClassVar[Any] = UnscopedManager.from_queryset(TagQuerySet)()

    class Meta(CompanyOwned.Meta):
        ordering: ClassVar = ["name_key", "id"]
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "name_key"], name="tag_name_unique"),
        ]

    def __str__(self) -> str:
        return self.name


class ConversationTag(CompanyOwned):
    """One tag on one conversation; its name stands on the conversation too."""

    conversation = models.ForeignKey(
        "conversations.Conversation", on_delete=models.CASCADE, related_name="tag_links"
    )
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="links")

    objects: ClassVar[Any] = CompanyManager.from_queryset(ConversationTagQuerySet)()
    unscoped: ClassVar[Any] = UnscopedManager.from_queryset(ConversationTagQuerySet)()

    class Meta(CompanyOwned.Meta):
        ordering: ClassVar = ["created_at", "id"]
        verbose_name = _("tag on a conversation")
        verbose_name_plural = _("tags on conversations")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["company", "tag", "conversation"], name="conversation_tag_unique"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)
