from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.choices import EndReason, SessionKind
from accounts.querysets import SessionQuerySet
from companies.models import Company
from tokdesk.common.ids import new_id
from tokdesk.common.models import BaseModel
from tokdesk.common.roles import Role


class Session(BaseModel):
    """One signed-in device of one person, in one company at a time (none for platform staff).

    Every request reads this row, so ending it ends the device everywhere at once. Only the ids of
    the current and the previous refresh token stand here, never a token.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sessions"
    )
    member = models.ForeignKey(
        "accounts.Membership", on_delete=models.CASCADE, null=True, related_name="+"
    )
    kind = models.CharField(_("kind"), max_length=7, choices=SessionKind.choices)
    refresh_id = models.UUIDField(default=new_id)
    previous_refresh_id = models.UUIDField(null=True)
    # When it entered its company; sessions from before a restored suspension stay dead.
    entered_at = models.DateTimeField()
    rotated_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(
        _("ended because"), max_length=11, choices=EndReason.choices, blank=True
    )
    ip = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=300, blank=True)

    objects: ClassVar = SessionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        indexes: ClassVar = [
            models.Index(fields=["user", "ended_at"], name="session_user_ended"),
            models.Index(fields=["member", "ended_at"], name="session_member_ended"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def company(self) -> Company | None:
        return self.member.company if self.member else None

    @property
    def role(self) -> str:
        return self.member.role if self.member else Role.SUPER_ADMIN

    def is_live(self, now: datetime) -> bool:
        """Whether this device may still act: session, account, membership and company all alive."""
        if self.ended_at is not None or self.expires_at <= now or not self.user.can_sign_in:
            return False
        if self.member is None:
            return self.user.is_super_admin
        company = self.member.company
        since = company.sessions_valid_from
        is_valid = since is None or self.entered_at >= since
        return self.member.is_active and company.is_active and is_valid
