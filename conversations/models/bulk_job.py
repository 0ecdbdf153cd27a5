from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from conversations.choices import BulkAction, BulkState
from conversations.querysets import BulkJobQuerySet
from tokdesk.common.tenancy import CompanyManager, CompanyOwned, UnscopedManager


class BulkJob(CompanyOwned):
    """One deed on many conversations: how far it is, what failed, and how to take it back.

    `before` holds what each conversation was like before the deed and right after it, in the order
    of `ids`, as far as it is done; None where it changed nothing.
    """

    member = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT, related_name="+")
    action = models.CharField(_("action"), max_length=12, choices=BulkAction.choices)
    value = models.JSONField(default=None, null=True)
    ids = models.JSONField(default=list)
    before = models.JSONField(default=list)
    failures = models.JSONField(default=list)
    done = models.PositiveIntegerField(_("done"), default=0)
    undone = models.PositiveIntegerField(_("taken back"), default=0)
    state = models.CharField(
        _("state"), max_length=8, choices=BulkState.choices, default=BulkState.RUNNING
    )
    finished_at = models.DateTimeField(_("finished at"), null=True)

    objects: ClassVar[Any] = CompanyManager.from_queryset(BulkJobQuerySet)()
    unscoped: ClassVar[Any] = UnscopedManager.from_queryset(BulkJobQuerySet)()

    class Meta(CompanyOwned.Meta):
        ordering: ClassVar = ["-created_at", "-id"]
        verbose_name = _("deed on many conversations")
        verbose_name_plural = _("deeds on many conversations")
        indexes: ClassVar = [
            models.Index(fields=["company", "member", "created_at"], name="bulk_of_member"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def total(self) -> int:
        return len(self.ids)
