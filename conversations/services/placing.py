"""Which department a conversation goes to, and who may be in it."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from conversations.choices import Kind
from conversations.querysets import own_departments
from conversations.services.refusals import field_fault
from departments.models import Department
from tokdesk.common.actor import Actor
from tokdesk.common.errors import Denied
from tokdesk.common.roles import STAFF, Role


def department_for(actor: Actor, kind: str, asked: Department | None) -> Department | None:
    """Where a new conversation belongs.

    Raises:
        Invalid: a department where none can be, or none where one must be. Denied: a manager's room
        in a department that is not the own.
    """
    if kind == Kind.CUSTOMER:
        return living(asked) if asked else _usual(actor)
    if kind != Kind.DEPARTMENT:
        if asked is not None:
            raise field_fault("department", "not_for_rooms", _("A room has no such thing."))
        return None
    if asked is None:
        raise field_fault("department", "required", _("Say whose room it is."))
    asked = living(asked)
    if actor.role == Role.MANAGER and not own_departments(actor).filter(department=asked).exists():
        raise Denied(permission="room:create_department", obj=asked)
    return asked


def living(department: Department) -> Department:
    """The department as of now, kept from being archived until commit. Raises NotFound."""
    now: Department = Department.objects.fresh(department)
    return now


def people_of(actor: Actor, kind: str, asked: Sequence[Membership]) -> list[Membership]:
    """The people asked for, as of now. Raises Invalid: somebody who cannot be in it."""
    ids = [each.pk for each in asked]
    people = list(Membership.objects.active().filter(pk__in=ids)) if ids else []
    if len(people) != len(set(ids)):
        raise field_fault("participants", "invalid", _("Somebody of them has no access now."))
    if kind != Kind.CUSTOMER and any(each.role not in STAFF for each in people):
        raise field_fault("participants", "not_staff", _("Only staff can be in a room."))
    if people and kind in (Kind.DEPARTMENT, Kind.COMPANY):
        detail = _("Its people are those of the department or the company.")
        raise field_fault("participants", "invalid", detail)
    if people and actor.role == Role.USER:
        raise Denied(permission="conversation:assign")
    return people


def _usual(actor: Actor) -> Department:
    """The company's default; for staff the first of their own where they have no place in that."""
    rows: Any = Department.objects.locked()
    default: Department | None = rows.default().first()
    if default is not None and not _is_outside(actor, default):
        return default
    own: Department | None = None
    if actor.role in STAFF:
        own = rows.filter(pk__in=own_departments(actor)).first()
    found = own or default
    if found is None:
        raise field_fault("department", "required", _("The company has no default department."))
    return found


def _is_outside(actor: Actor, department: Department) -> bool:
    if actor.role not in (Role.MANAGER, Role.AGENT):
        return False
    return not own_departments(actor).filter(department=department).exists()
