from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from conversations.querysets import SavedViewQuerySet
from tokdesk.common.models import Versioned
from tokdesk.common.tenancy import CompanyManager, CompanyOwned, UnscopedManager

LONGEST_VIEW_NAME = 60
MOST_VIEWS = 50


class SavedView(CompanyOwned, Versioned):
    """A way to look at the list that somebody has kept, for themselves or for all of the staff."""

    owner = models.ForeignKey("accounts.Membership", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=LONGEST_VIEW_NAME)
    # Parameters of the list of conversations, as they stand in its address.
    filters = models.JSONField(default=dict)
    ordering = models.CharField(max_length=30)
    is_shared = models.BooleanField(default=False)
    # Among those that one person sees; who has none of their own order sees the oldest first.
    position = models.PositiveIntegerField(default=0)

    objects: ClassVar[Any] = CompanyManager.from_queryset(SavedViewQuerySet)()
    unscoped: ClassVar[Any] = UnscopedManager.from_queryset(SavedViewQuerySet)()

    class Meta(CompanyOwned.Meta):
        ordering: ClassVar = ["position", "id"]
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        indexes: ClassVar = [
            models.Index(fields=["company", "owner", "position"], name="saved_view_of_owner"),
        ]

    def __str__(self) -> str:
        return self.name
