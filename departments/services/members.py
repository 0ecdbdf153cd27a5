"""Who is placed where."""

from dataclasses import dataclass
from uuid import UUID

from accounts.models import Membership
from accounts.services.standing import require_standing
from companies.services import bump_access
from departments.models import Department
from departments.rules import may_move
from departments.services.places import active_staff, change, displace, place
from tokdesk.common.actor import Actor, system_actor
from tokdesk.common.db import transactional
from tokdesk.common.errors import Denied, NotFound
from tokdesk.common.policy import authorize
from tokdesk.common.roles import STAFF
from tokdesk.common.tenancy import company_scope


@dataclass(frozen=True)
class Placement:
    """A person who has a place in the department now, and whether this call gave it."""

    member: Membership
    is_new: bool

    @property
    def pk(self) -> UUID:
        """By which a repeated request finds the person again."""
        return self.member.pk


@transactional
def add_department_member(*, actor: Actor, department: Department, member: Membership) -> Placement:
    """Place a person. Raises Invalid: the field `member` has `not_staff`."""
    with company_scope(department.company_id):
        bump_access(department.company_id)
        require_standing(actor)
        department = Department.objects.fresh(department)
        authorize(actor, "department:update", department)
        member = active_staff(member, "member")
        if not may_move(actor, department, member):
            raise Denied(permission="department:update", obj=department)
        return Placement(member, place(actor, department, member))


@transactional
def remove_department_member(*, actor: Actor, department: Department, member: Membership) -> None:
    """Take a person's place, and with it the headship. Raises NotFound where there is none."""
    with company_scope(department.company_id):
        bump_access(department.company_id)
        require_standing(actor)
        department = Department.objects.fresh(department)
        authorize(actor, "department:update", department)
        member = Membership.objects.fresh(member)
        if not may_move(actor, department, member):
            raise Denied(permission="department:update", obj=department)
        if not displace(actor, department, member.pk):
            raise NotFound


def own_department_ids(actor: Actor) -> frozenset[UUID]:
    """The departments that this actor is placed in."""
    if actor.company_id is None or actor.member_id is None or actor.role not in STAFF:
        return frozenset()
    with company_scope(actor.company_id):
        own: frozenset[UUID] = Department.objects.of_member(actor.member_id).ids()
        return own


@transactional
def vacate_headships(*, company_id: UUID, member_id: UUID) -> None:
    """Who has lost access is head of nothing; who has it back by now stays.

    Asks for no right.
    """
    with company_scope(company_id):
        headed = list(Department.objects.headed_by(member_id).locked().order_by("pk"))
        if Membership.objects.active().filter(pk=member_id).exists():
            return
        for department in headed:
            change(system_actor(company_id), department, {"head": None})


@transactional
def leave_departments(*, company_id: UUID, member_id: UUID) -> None:
    """Who has become a customer has no place; who is staff again by now stays.

    Asks for no right.
    """
    with company_scope(company_id):
        bump_access(company_id)
        if Membership.objects.staff().filter(pk=member_id).exists():
            return
        for department in Department.objects.of_member(member_id).locked().order_by("pk"):
            displace(system_actor(company_id), department, member_id)
