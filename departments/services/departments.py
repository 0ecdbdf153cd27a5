"""Departments themselves: made, changed, archived."""

from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from accounts.models import Membership
from accounts.services.standing import require_standing
from companies.models import Company
from companies.services import bump_access
from departments.events import DepartmentArchived, DepartmentCreated
from departments.models import Department, DepartmentMember
from departments.querysets import folded
from departments.services.places import active_staff, announce, change, place
from tokdesk.common.actor import Actor
from tokdesk.common.db import RetryTransaction, transactional, try_insert
from tokdesk.common.errors import Conflict, Denied, FieldError, Invalid, NotFound
from tokdesk.common.policy import authorize
from tokdesk.common.roles import Role
from tokdesk.common.tenancy import company_scope
from tokdesk.common.versions import check_version, save_changes

# Of what one may write on a department, this is not a manager's.
OF_ADMINS = {"head", "is_default"}


@transactional
def create_department(
    *, actor: Actor, name: str, description: str = "", head: Membership | None = None
) -> Department:
    """Make a department of the actor's company; its head gets a place in it.

    Raises:
        Conflict: `name_taken`. Invalid: the head is not active staff.
    """
    if actor.company_id is None:
        raise Denied
    with company_scope(actor.company_id):
        department = _new(actor.company_id, name, description=description)
        authorize(actor, "department:create", department)
        if head is not None:
            # Who places, archives or moves people waits here for whoever does such a thing too.
            bump_access(department.company_id)
            require_standing(actor)
            department.head = active_staff(head, "head")
        if not try_insert(department):
            raise _name_taken()
        announce(actor, department, DepartmentCreated(department.id))
        if department.head is not None:
            place(actor, department, department.head)
    return department


@transactional
def update_department(
    *,
    actor: Actor,
    department: Department,
    changes: dict[str, Any],
    expected: int | None = None,
) -> Department:
    """Change name, description, head or the default; a new head gets a place.

    Raises:
        Conflict: `name_taken`. Invalid: the head is not active staff, or the company would be left
        without a default. StaleVersion: `expected` is not the current version.
    """
    with company_scope(department.company_id):
        if OF_ADMINS & changes.keys():
            bump_access(department.company_id)
            require_standing(actor)
        department = Department.objects.fresh(department)
        authorize(actor, "department:update", department)
        if actor.role == Role.MANAGER and OF_ADMINS & changes.keys():
            raise Denied(permission="department:update", obj=department)
        check_version(department, expected)
        changes = _completed(changes)
        _hand_over_default(actor, department, changes)
        _save(actor, department, changes, expected)
        if changes.get("head") is not None:
            place(actor, department, changes["head"])
    return department


@transactional
def archive_department(*, actor: Actor, department: Department, move_to: Department) -> Department:
    """Hide a department; what is open there goes to another one, and so does being the default.

    Nobody has a place in it any more. Its people get none in the other one: who sees that one's
    conversations is for an admin to say.

    Raises:
        Invalid: `same_department`, or the other one was archived meanwhile.
    """
    with company_scope(department.company_id):
        bump_access(department.company_id)
        require_standing(actor)
        department, target = _both(department, move_to)
        authorize(actor, "department:archive", department)
        if department.pk == target.pk:
            raise _same_department()
        was_default = department.is_default
        _hide(department, target)
        if was_default:
            change(actor, target, {"is_default": True})
        announce(actor, department, DepartmentArchived(department.id, target.id))
    return department


@transactional
def make_general(*, actor: Actor, company_id: UUID) -> Department:
    """The company's default department, made with its admins in it where there is none yet."""
    with company_scope(company_id):
        general = _new(company_id, _general_name(company_id), is_default=True)
        authorize(actor, "department:create", general)
        known: Department | None = Department.objects.default().first()
        if known is not None:
            return known
        general = _made_default(actor, general)
        admins = list(Membership.objects.admins())
        if admins:
            bump_access(company_id)
        for admin in admins:
            place(actor, general, admin)
    return general


def _new(company_id: UUID, name: str, **fields: Any) -> Department:
    return Department(company_id=company_id, name=name, name_key=folded(name), **fields)


def _completed(changes: dict[str, Any]) -> dict[str, Any]:
    """With the folded name, and the head as of now."""
    changes = dict(changes)
    if "name" in changes:
        changes["name_key"] = folded(changes["name"])
    if changes.get("head") is not None:
        changes["head"] = active_staff(changes["head"], "head")
    return changes


def _hand_over_default(actor: Actor, department: Department, changes: dict[str, Any]) -> None:
    """There is one default at a time, so the old one ends before the new one begins."""
    if changes.get("is_default", department.is_default) == department.is_default:
        return
    if department.is_default:
        fault = FieldError("invalid", _("Make another department the default instead."))
        raise Invalid(fields={"is_default": [fault]})
    for old in Department.objects.default().locked():
        change(actor, old, {"is_default": False})


def _save(
    actor: Actor, department: Department, changes: dict[str, Any], expected: int | None
) -> None:
    try:
        change(actor, department, changes, expected)
    except IntegrityError as error:
        raise _name_taken() from error


def _both(department: Department, move_to: Department) -> tuple[Department, Department]:
    """Both as of now, locked in one order, so that two crossing archives wait for each other."""
    ids = {department.pk, move_to.pk}
    rows = {row.pk: row for row in Department.objects.locked().filter(pk__in=ids).order_by("pk")}
    if department.pk not in rows:
        raise NotFound
    if move_to.pk not in rows:
        fault = FieldError("does_not_exist", _("There is no such object."))
        raise Invalid(fields={"move_to": [fault]})
    return rows[department.pk], rows[move_to.pk]


def _hide(department: Department, target: Department) -> None:
    DepartmentMember.objects.of_department(department).delete()
    archived = {"is_deleted": True, "deleted_at": timezone.now(), "archived_into": target}
    save_changes(department, {**archived, "is_default": False})


def _general_name(company_id: UUID) -> str:
    company = Company.objects.get(pk=company_id)
    with translation.override(company.language):
        return pgettext("department", "General")


def _made_default(actor: Actor, general: Department) -> Department:
    """The given one, unless a department has its name already: then that one becomes the default.

    Raises:
        RetryTransaction: somebody else made it this moment; run again and find it.
    """
    known: Department | None = Department.objects.named(general.name).locked().first()
    if known is not None:
        change(actor, known, {"is_default": True})
        return known
    if not try_insert(general):
        raise RetryTransaction
    announce(actor, general, DepartmentCreated(general.id))
    return general


def _name_taken() -> Conflict:
    return Conflict("name_taken", _("Another department has this name."))


def _same_department() -> Invalid:
    detail = _("A department cannot be archived into itself.")
    fault = FieldError("same_department", detail)
    return Invalid("same_department", detail, fields={"move_to": [fault]})
