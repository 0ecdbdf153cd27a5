"""Whose department, and whom one may place there."""

from accounts.models import Membership
from departments.models import Department, DepartmentMember
from tokdesk.common.actor import Actor
from tokdesk.common.policy import rule
from tokdesk.common.roles import Role


@rule("department:update")
def own_department(actor: Actor, department: Department) -> bool:
    """A manager runs those departments that the manager is placed in, an admin all."""
    if actor.role != Role.MANAGER:
        return True
    places = DepartmentMember.objects.of_department(department).of_member(actor.member_id)
    return bool(places.exists())


def may_move(actor: Actor, department: Department, member: Membership) -> bool:
    """A manager places and removes agents; who is head, and so stays, is the admins' matter."""
    if actor.role != Role.MANAGER:
        return True
    return member.role == Role.AGENT and department.head_id != member.pk
