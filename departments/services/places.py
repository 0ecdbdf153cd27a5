"""Steps that several services of departments share; each runs inside their transaction."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from departments.events import (
    DepartmentChanged,
    DepartmentHeadChanged,
    DepartmentMemberAdded,
    DepartmentMemberRemoved,
)
from departments.models import Department, DepartmentMember
from tokdesk.common.actor import Actor
from tokdesk.common.db import try_insert
from tokdesk.common.errors import FieldError, Invalid
from tokdesk.common.events import Fact, publish
from tokdesk.common.roles import STAFF
from tokdesk.common.versions import save_changes


def place(actor: Actor, department: Department, member: Membership) -> bool:
    """Give a person a place; False when there is one already."""
    row = DepartmentMember(company_id=department.company_id, department=department, member=member)
    if not try_insert(row):
        return False
    announce(actor, department, DepartmentMemberAdded(department.id, member.id))
    return True


def displace(actor: Actor, department: Department, member_id: UUID) -> bool:
    """Take a person's place, and the headship that rests on it; False when there is none."""
    places = DepartmentMember.objects.of_department(department).of_member(member_id)
    if not places.delete()[0]:
        return False
    announce(actor, department, DepartmentMemberRemoved(department.id, member_id))
    if department.head_id == member_id:
        change(actor, department, {"head": None})
    return True


def change(
    actor: Actor, department: Department, changes: dict[str, object], expected: int | None = None
) -> None:
    """Raises StaleVersion: `expected` is not the current version."""
    old = department.head_id
    changed = save_changes(department, changes, expected=expected)
    fields = sorted(set(changed) - {"name_key"})
    if fields:
        announce(actor, department, DepartmentChanged(department.id, fields))
    if department.head_id != old:
        fact = DepartmentHeadChanged(department.id, old, department.head_id)
        announce(actor, department, fact)


def active_staff(member: Membership, field: str) -> Membership:
    """The person as of now, locked. Raises Invalid: the field's `not_staff`."""
    now: Membership | None = Membership.objects.locked().filter(pk=member.pk).first()
    if now is None or not now.is_active or now.role not in STAFF:
        fault = FieldError("not_staff", _("Only active staff can be in a department."))
        raise Invalid(fields={field: [fault]})
    return now


def announce(actor: Actor, department: Department, fact: Fact) -> None:
    stream = f"department:{department.id}"
    publish(fact, actor=actor, company_id=department.company_id, stream=stream)
