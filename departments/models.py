"""Departments of a company, and who is placed in them."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from departments.querysets import (
    LONGEST_KEY,
    LONGEST_NAME,
    DepartmentMemberQuerySet,
    DepartmentQuerySet,
)
from tokdesk.common.models import SoftDeletable, Versioned
from tokdesk.common.tenancy import CompanyManager, CompanyOwned, UnscopedManager


# The checker cannot follow the managers made by from_queryset() from one model to the other.
class Department(  # type: ignore[django-manager-missing]
    CompanyOwned, SoftDeletable, Versioned
):
    """A part of a company that answers its own conversations. Archived means soft-deleted.

    `name_key` is the folded name, which no two living departments of a company share.
    """

    name = models.CharField(_("name"), max_length=LONGEST_NAME)
    name_key = models.CharField(max_length=LONGEST_KEY, editable=False)
    description = models.CharField(_("description"), max_length=2000, blank=True)
    head = models.ForeignKey(
        "accounts.Membership",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("head"),
    )
    is_default = models.BooleanField(_("default"), default=False)
    archived_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )

    objects: ClassVar[Any] = CompanyManager.from_queryset(DepartmentQuerySet)()
    unscoped: ClassVar[Any] = UnscopedManager.from_queryset(DepartmentQuerySet)()

    class Meta(CompanyOwned.Meta):
        ordering: ClassVar = ["name_key", "id"]
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["company", "name_key"],
                condition=models.Q(is_deleted=False),
                name="department_name_unique",
            ),
            models.UniqueConstraint(
                fields=["company"],
                condition=models.Q(is_deleted=False, is_default=True),
                name="department_default_unique",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["company", "created_at", "id"], name="department_created"),
            models.Index(fields=["company", "head"], name="department_head"),
        ]

    def __str__(self) -> str:
        return self.name


class DepartmentMember(CompanyOwned):
    """A person's place in a department. People whose access was withdrawn keep theirs."""

    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="places")
    member = models.ForeignKey(
        "accounts.Membership", on_delete=models.CASCADE, related_name="department_places"
    )

    objects: ClassVar[Any] = CompanyManager.from_queryset(DepartmentMemberQuerySet)()
    unscoped: ClassVar[Any] = UnscopedManager.from_queryset(DepartmentMemberQuerySet)()

    class Meta(CompanyOwned.Meta):
        ordering: ClassVar = ["created_at", "id"]
        verbose_name = _("place in a department")
        verbose_name_plural = _("places in departments")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["company", "department", "member"], name="department_member_unique"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["company", "member", "department"], name="department_of_member"),
        ]

    def __str__(self) -> str:
        return str(self.id)
