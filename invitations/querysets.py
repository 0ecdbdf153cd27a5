"""Reads of invitations. The look-up by token, before a company is known, stands in doors.py."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from departments.models import DepartmentMember
from invitations.choices import Status
from tokdesk.common.actor import Actor
from tokdesk.common.roles import Role
from tokdesk.common.tenancy import CompanyQuerySet


class InvitationQuerySet(CompanyQuerySet):
    def visible_to(self, actor: Actor) -> Any:
        """An admin sees all of the company, a manager the own ones and those into own departments.

        Platform staff see what the platform sent: whom a company invites is its own matter.
        """
        if actor.is_platform:
            return self.filter(staff_inviter__isnull=False)
        if actor.role == Role.COMPANY_ADMIN:
            return self.filter(company_id=actor.company_id)
        if actor.role != Role.MANAGER or actor.member_id is None:
            return self.none()
        own = DepartmentMember.objects.of_member(actor.member_id).department_ids()
        return self.filter(Q(department_id__in=own) | Q(invited_by_id=actor.member_id))

    def waiting(self) -> Any:
        """Neither used, revoked nor marked as expired; of one address there is at most one."""
        return self.filter(status=Status.PENDING)

    def unused(self) -> Any:
        """Waiting, or waiting again when it is sent again."""
        return self.filter(status__in=(Status.PENDING, Status.EXPIRED))

    def into(self, department_id: UUID) -> Any:
        return self.filter(department_id=department_id)

    def move_into(self, department_id: UUID) -> int:
        """Counts the versions, so that whoever has read one of them starts again."""
        moved = {"department_id": department_id, "updated_at": timezone.now()}
        return self.update(**moved, version=F("version") + 1)

    def overdue(self, now: datetime) -> Any:
        """Still to be marked as expired; no longer usable."""
        return self.waiting().filter(expires_at__lte=now)

    def to_addresses(self, emails: Iterable[str]) -> Any:
        return self.filter(email__in=list(emails))

    def with_people(self) -> Any:
        return self.select_related("department", "invited_by", "accepted_by")


def in_state(rows: QuerySet[Any], state: str) -> QuerySet[Any]:
    """By the state that people see: what is overdue has expired, marked or not."""
    now = timezone.now()
    if state == Status.PENDING:
        return rows.filter(status=Status.PENDING, expires_at__gt=now)
    if state == Status.EXPIRED:
        late = Q(status=Status.PENDING, expires_at__lte=now)
        return rows.filter(Q(status=Status.EXPIRED) | late)
    return rows.filter(status=state)


def to_address(rows: QuerySet[Any], email: str) -> QuerySet[Any]:
    return rows.filter(email=email)
