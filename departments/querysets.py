"""Reads of departments, of the places in them and of the people who have one."""

from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from accounts.choices import MemberStatus
from tokdesk.common import names
from tokdesk.common.actor import Actor
from tokdesk.common.roles import STAFF
from tokdesk.common.tenancy import CompanyQuerySet

LONGEST_NAME = 120
LONGEST_KEY = 3 * LONGEST_NAME


def folded(name: str) -> str:
    """What no two living departments of a company share."""
    return names.folded(name, LONGEST_KEY)


class DepartmentQuerySet(CompanyQuerySet):
    def visible_to(self, actor: Actor) -> Any:
        """Everybody in a company sees all of its departments."""
        return self.filter(company_id=actor.company_id) if actor.company_id else self.none()

    def of_member(self, member_id: UUID) -> Any:
        """Where this person is placed; not over the join, which `with_details` would count."""
        places = self.model._meta.get_field("places").related_model.objects
        return self.filter(pk__in=places.of_member(member_id).department_ids())

    def ids(self) -> frozenset[UUID]:
        return frozenset(self.order_by().values_list("pk", flat=True))

    def headed_by(self, member_id: UUID) -> Any:
        return self.filter(head_id=member_id)

    def default(self) -> Any:
        """Where goes what nobody has sorted: one department, or none yet."""
        return self.filter(is_default=True)

    def named(self, name: str) -> Any:
        return self.filter(name_key=folded(name))

    def with_details(self) -> Any:
        """With the head, and `member_count`: how many active staff have a place."""
        working = Q(
            places__member__status=MemberStatus.ACTIVE,
            places__member__role__in=STAFF,
            places__member__is_deleted=False,
        )
        rows = self.select_related("head")
        return rows.annotate(member_count=Count("places", filter=working))


class DepartmentMemberQuerySet(CompanyQuerySet):
    def visible_to(self, actor: Actor) -> Any:
        """Staff see who works where, customers do not."""
        if actor.role not in STAFF or actor.company_id is None:
            return self.none()
        return self.filter(company_id=actor.company_id)

    def of_department(self, department: Any) -> Any:
        return self.filter(department=department)

    def of_member(self, member_id: UUID) -> Any:
        return self.filter(member_id=member_id)

    def department_ids(self) -> Any:
        return self.order_by().values_list("department_id", flat=True)


def matching(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """Departments whose name holds the text."""
    return rows.filter(name_key__contains=folded(text))


def working_in(people: QuerySet[Any], department: Any) -> QuerySet[Any]:
    """Those of these memberships who are active staff with a place in the department."""
    placed = people.filter(department_places__department=department)
    return placed.filter(status=MemberStatus.ACTIVE, role__in=STAFF)
