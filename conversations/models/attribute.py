from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from conversations.choices import AttributeKind
from conversations.querysets import AttributeDefinitionQuerySet
from tokdesk.common.models import Versioned
from tokdesk.common.tenancy import CompanyManager, CompanyOwned, UnscopedManager

LONGEST_KEY = 40


class AttributeDefinition(CompanyOwned, Versioned):
    """A question that a company answers about its conversations, and the form of its answers."""

    key = models.CharField(_("key"), max_length=LONGEST_KEY)
    label = models.CharField(_("label"), max_length=120)
    kind = models.CharField(_("kind"), max_length=7, choices=AttributeKind.choices)
    # What a list offers; empty for the other kinds.
    options = models.JSONField(_("options"), default=list, blank=True)

    objects: ClassVar[Any] = CompanyManager.from_queryset(AttributeDefinitionQuerySet)()
    unscoped: ClassVar[Any] = UnscopedManager.from_queryset(AttributeDefinitionQuerySet)()

    class Meta(CompanyOwned.Meta):
        ordering: ClassVar = ["key"]
        verbose_name = _("attribute")
        verbose_name_plural = _("attributes")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "key"], name="attribute_key_unique"),
        ]

    def __str__(self) -> str:
        return self.label
