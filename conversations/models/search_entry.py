from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from conversations.choices import SearchPart
from conversations.querysets import SearchEntryQuerySet
from tokdesk.common.models.event import Audience
from tokdesk.common.tenancy import CompanyManager, CompanyOwned, UnscopedManager


class SearchEntry(CompanyOwned):
    """Words by which a conversation is found: of one message, or of the conversation itself.

    `text` is folded (search/text.py). Notes and contact data are for staff alone, so that what a
    customer does not see cannot be guessed by asking for it either.

    On SQLite triggers of migration 0003 copy each change into a table of FTS5; a migration that
    makes this table anew must make them anew.
    """

    # FTS5 names its rows by whole numbers. Nobody ever names an entry from outside.
    id = models.BigAutoField(primary_key=True)  # type: ignore[assignment]
    # Without an index of its own: PostgreSQL would rather go through a whole company by it.
    company = models.ForeignKey(
        "companies.Company",
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
        db_index=False,
    )
    conversation = models.ForeignKey(
        "conversations.Conversation", on_delete=models.CASCADE, related_name="search_entries"
    )
    # Empty for what is of the conversation itself.
    message = models.OneToOneField(
        "conversations.Message", on_delete=models.CASCADE, null=True, related_name="+"
    )
    part = models.CharField(_("part"), max_length=7, choices=SearchPart.choices)
    audience = models.CharField(_("audience"), max_length=5, choices=Audience.choices)
    text = models.TextField(blank=True)

    objects: ClassVar[Any] = CompanyManager.from_queryset(SearchEntryQuerySet)()
    unscoped: ClassVar[Any] = UnscopedManager.from_queryset(SearchEntryQuerySet)()

    class Meta(CompanyOwned.Meta):
        ordering: ClassVar = ["id"]
        verbose_name = _("search entry")
        verbose_name_plural = _("search entries")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["company", "conversation", "part"],
                condition=Q(part__in=[SearchPart.SUBJECT, SearchPart.NAME, SearchPart.CONTACT]),
                name="search_entry_unique",
            ),
            models.CheckConstraint(
                condition=(
                    Q(part=SearchPart.MESSAGE, message__isnull=False)
                    | (~Q(part=SearchPart.MESSAGE) & Q(message__isnull=True))
                ),
                name="search_entry_part_fits",
            ),
            models.CheckConstraint(
                condition=~Q(part=SearchPart.CONTACT) | Q(audience=Audience.STAFF),
                name="search_entry_contact_is_not_public",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
