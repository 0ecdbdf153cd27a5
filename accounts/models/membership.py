from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.choices import Availability, MemberRole, MemberStatus
from accounts.querysets import MembershipQuerySet
from companies.choices import Language
from tokdesk.common.models import SoftDeletable, Versioned
from tokdesk.common.tenancy import CompanyManager, CompanyOwned, UnscopedManager


# Ignored: mypy looks for the manager of a relation that an app above declares.
class Membership(CompanyOwned, SoftDeletable, Versioned):  # type: ignore[django-manager-missing]
    """A person in one company: the role, and the contact data that this company holds.

    `user` stays empty until the person proves the address. Everybody in a company is named by
    this row's id, so two companies that know one person cannot tell.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    role = models.CharField(_("role"), max_length=13, choices=MemberRole.choices)
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("contact e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    language = models.CharField(
        _("language"), max_length=2, choices=Language.choices, default=Language.ENGLISH
    )
    external_id = models.CharField(_("external id"), max_length=120, blank=True)
    attributes = models.JSONField(_("attributes"), default=dict, blank=True)
    capacity = models.PositiveSmallIntegerField(_("capacity"), default=10)
    status = models.CharField(
        _("status"), max_length=11, choices=MemberStatus.choices, default=MemberStatus.ACTIVE
    )
    availability = models.CharField(
        _("availability"), max_length=9, choices=Availability.choices, default=Availability.OFFLINE
    )
    last_used_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[Any] = CompanyManager.from_queryset(MembershipQuerySet)()
    unscoped: ClassVar[Any] = UnscopedManager.from_queryset(MembershipQuerySet)()

    class Meta(CompanyOwned.Meta):
        ordering: ClassVar = ["name", "id"]
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["company", "email"],
                condition=models.Q(is_deleted=False, email__gt=""),
                name="membership_email_unique",
            ),
            models.UniqueConstraint(
                fields=["company", "user"],
                condition=models.Q(is_deleted=False),
                name="membership_user_unique",
            ),
            models.UniqueConstraint(
                fields=["company", "external_id"],
                condition=models.Q(is_deleted=False, external_id__gt=""),
                name="membership_external_id_unique",
            ),
            # Platform staff is a flag of the account; as a role it would open the platform.
            models.CheckConstraint(
                condition=models.Q(role__in=MemberRole.values), name="membership_role_known"
            ),
        ]
        indexes: ClassVar = [
            # SQLite finds nothing by the keys above, which are unique only where they are given.
            models.Index(fields=["company", "email"], name="membership_email"),
            models.Index(fields=["company", "external_id"], name="membership_external_id"),
            models.Index(fields=["company", "role", "status"], name="membership_role_status"),
            models.Index(fields=["company", "name", "id"], name="membership_name"),
            models.Index(
                fields=["company", "role", "created_at", "id"], name="membership_role_created"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:
        return self.status == MemberStatus.ACTIVE and not self.is_deleted
