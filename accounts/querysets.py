"""Reads of people. Look-ups that run before a company is known stand in doors.py."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from accounts.choices import MemberStatus
from tokdesk.common.actor import Actor
from tokdesk.common.querysets import BaseQuerySet
from tokdesk.common.roles import STAFF, Role
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
        return self.filter(role__in=STAFF)

    def customers(self) -> Any:
        return self.filter(role=Role.USER)

    def visible_to(self, actor: Actor) -> Any:
        """Staff see everybody of their company, customers themselves, others nobody."""
        if actor.role in STAFF:
            return self.all()
        return self.filter(pk=actor.member_id) if actor.member_id else self.none()

    def known_to(self, actor: Actor) -> Any:
        """Staff whose contact data this actor sees beside the name.

        An admin everybody's, a manager that of everybody placed in a department of the own,
        everybody their own. So a manager who places people there opens their contact data by it.
        """
        return self.filter(self._known_to(actor))

    def named_or_known(self, text: str, actor: Actor) -> Any:
        """Whose name holds the text, or whose address does where this actor may see it."""
        by_address = Q(email__icontains=text) & self._known_to(actor)
        return self.filter(Q(name__icontains=text) | by_address)

    def _known_to(self, actor: Actor) -> Q:
        if actor.role == Role.COMPANY_ADMIN:
            return Q()
        own = Q(pk=actor.member_id)
        if actor.role != Role.MANAGER:
            return own
        return own | Q(pk__in=self._placed_beside(actor))

    def _placed_beside(self, actor: Actor) -> Any:
        """Ids of people with a place in a department in which this actor has one."""
        places = self.model._meta.get_field("department_places").related_model.objects
        mine = places.of_member(actor.member_id).department_ids()
        return places.filter(department_id__in=mine).order_by().values("member_id")

    def with_departments(self) -> Any:
        return self.prefetch_related("department_places__department")

    def with_account(self) -> Any:
        return self.filter(user__isnull=False)

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


def matching_customers(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    found = Q(name__icontains=text) | Q(email__icontains=text) | Q(phone__icontains=text)
    return rows.filter(found)
