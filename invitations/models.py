"""An offer to come into a company, mailed to one address."""

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.choices import MemberRole
from invitations.choices import Status
from invitations.querysets import InvitationQuerySet
from tokdesk.common.models import Versioned
from tokdesk.common.tenancy import CompanyManager, CompanyOwned, UnscopedManager


class Invitation(CompanyOwned, Versioned):
    """Whoever holds the mailed token may come in with this role, while the inviter may offer it.

    The token is made from the row's id and from how often it was sent again, so a new mail voids
    the link of the old one, and only a hash is stored.
    """

    email = models.EmailField(_("e-mail"))
    role = models.CharField(_("role"), max_length=13, choices=MemberRole.choices)
    department = models.ForeignKey(
        "departments.Department",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("department"),
    )
    # Who vouches for it: the last who sent it. Both are empty for an operator's command.
    invited_by = models.ForeignKey(
        "accounts.Membership",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("invited by"),
    )
    staff_inviter = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    status = models.CharField(
        _("status"), max_length=8, choices=Status.choices, default=Status.PENDING, editable=False
    )
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    sent_at = models.DateTimeField(_("sent"))
    resent = models.PositiveSmallIntegerField(default=0, editable=False)
    expires_at = models.DateTimeField(_("valid until"))
    accepted_by = models.ForeignKey(
        "accounts.Membership",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("accepted by"),
    )
    accepted_at = models.DateTimeField(_("accepted"), null=True, editable=False)
    # The request that invited many at once; a repeat of it finds its rows by this.
    batch = models.UUIDField(null=True, editable=False)

    objects: ClassVar[Any] = CompanyManager.from_queryset(InvitationQuerySet)()
    unscoped: ClassVar[Any] = UnscopedManager.from_queryset(InvitationQuerySet)()

    class Meta(CompanyOwned.Meta):
        ordering: ClassVar = ["-created_at", "-id"]
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["company", "email"],
                condition=models.Q(status=Status.PENDING),
                name="invitation_pending_unique",
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=MemberRole.values), name="invitation_role_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(status=Status.ACCEPTED)
                | models.Q(accepted_by__isnull=False, accepted_at__isnull=False),
                name="invitation_accepted_by_somebody",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["company", "created_at", "id"], name="invitation_created"),
            models.Index(fields=["company", "status", "expires_at"], name="invitation_state"),
            models.Index(fields=["company", "email"], name="invitation_email"),
            models.Index(fields=["company", "department"], name="invitation_department"),
            models.Index(fields=["company", "batch"], name="invitation_batch"),
            # The clock looks for what is overdue in whatever company.
            models.Index(
                fields=["expires_at", "company"],
                condition=models.Q(status=Status.PENDING),
                name="invitation_overdue",
            ),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def state(self) -> str:
        """The status as people see it: what is overdue has expired, marked or not."""
        return Status.EXPIRED if self.is_overdue(timezone.now()) else Status(self.status)

    def is_overdue(self, now: datetime) -> bool:
        return self.status == Status.PENDING and self.expires_at <= now

    def is_usable(self, now: datetime) -> bool:
        return self.status == Status.PENDING and self.expires_at > now
