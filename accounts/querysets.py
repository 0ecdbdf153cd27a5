"""Reads of people. Look-ups that run before a company is known stand in doors.py."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count

from accounts.choices import MemberStatus
from tokdesk.common.actor import Actor
from tokdesk.common.querysets import BaseQuerySet
from tokdesk.common.roles import Role
from tokdesk.common.tenancy import CompanyQuerySet


class UserQuerySet(BaseQuerySet):
    def living(self) -> Any:
        return self.filter(is_deleted=False)

    def by_email(self, email: str) -> Any:
        return self.living().filter(email=email.casefold())

    def visible_to(self, actor: Actor) -> Any:
        """An account is seen by its owner alone."""
        return self.living().filter(pk=actor.user_id)


class MembershipQuerySet(CompanyQuerySet):
    def active(self) -> Any:
        return self.filter(status=MemberStatus.ACTIVE)

    def staff(self) -> Any:
        return self.filter(role__in=[Role.COMPANY_ADMIN, Role.MANAGER, Role.AGENT])

    def counted_by_role(self) -> dict[str, int]:
        """How many active people have each role; a role that nobody has is left out."""
        rows = self.active().order_by("role").values("role").annotate(people=Count("id"))
        return {row["role"]: row["people"] for row in rows}

    def admins(self) -> Any:
        """Those who can act: a contact or a closed account administers nothing."""
        able = self.active().filter(user__is_active=True, user__is_deleted=False)
        return able.filter(role=Role.COMPANY_ADMIN)

    def by_email(self, email: str) -> Any:
        return self.filter(email=email.casefold())

    def of_person(self, user: Any) -> Any:
        """One person's places, in every company that the open scope lets one see."""
        rows = self.filter(user=user, company__is_deleted=False).select_related("company")
        return rows.order_by("company__name", "id")


class SessionQuerySet(BaseQuerySet):
    def with_company(self) -> Any:
        return self.select_related("member__company")

    def live(self, now: datetime) -> Any:
        return self.filter(ended_at__isnull=True, expires_at__gt=now)

    def visible_to(self, actor: Actor) -> Any:
        """A person's own sessions, in every company."""
        return self.filter(user_id=actor.user_id)

    def of_company(self, company_id: UUID) -> Any:
        return self.filter(member__company_id=company_id)

    def of_person(self, user_id: UUID) -> Any:
        return self.filter(user_id=user_id)
