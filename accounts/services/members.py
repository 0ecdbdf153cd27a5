"""Roles and access of the people in a company."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.choices import EndReason, MemberRole, MemberStatus
from accounts.events import (
    MemberAdded,
    MemberChanged,
    MemberDeactivated,
    MemberReactivated,
    MemberRoleChanged,
)
from accounts.models import Membership, Session, User
from accounts.services.sessions import end_sessions
from accounts.services.standing import require_standing
from companies.models import Company
from companies.services import bump_access
from tokdesk.common.actor import Actor
from tokdesk.common.db import transactional, try_insert
from tokdesk.common.errors import Conflict, FieldError, Invalid
from tokdesk.common.events import Fact, publish
from tokdesk.common.policy import authorize
from tokdesk.common.roles import STAFF, Role
from tokdesk.common.tenancy import company_scope
from tokdesk.common.versions import check_version, save_changes


class UnknownRole(Invalid):
    """No company gives this role; who tries to make platform staff is noted."""

    def __init__(self, role: object) -> None:
        fault = FieldError("invalid_choice", _("There is no such role in a company."))
        super().__init__(fields={"role": [fault]})
        self.permission = "platform:accounts" if role == Role.SUPER_ADMIN else None


@transactional
def add_member(*, actor: Actor, company: Company, user: User, role: str) -> Membership:
    """Put an account into a company.

    Raises:
        Denied: another company, or a role that this actor may not give.
        Conflict: `already_member` when the account or its address is there, `platform_staff`.
    """
    _refuse_unknown(role)
    member = Membership(
        company=company,
        user=user,
        role=role,
        name=user.name,
        email=user.email,
        language=user.language,
    )
    authorize(actor, "member:invite", member)
    if user.is_super_admin:
        raise Conflict("platform_staff", _("Platform staff are in no company."))
    with company_scope(company.id):
        bump_access(company.id)
        require_standing(actor, "member:invite")
        if not try_insert(member):
            raise Conflict("already_member", _("This person is in the company already."))
        _announce(actor, member, MemberAdded(member.id, role))
    return member


@transactional
def update_member(
    *, actor: Actor, member: Membership, changes: dict[str, Any], expected: int | None = None
) -> Membership:
    """Change role, name or capacity of somebody; all three are an admin's, like the role.

    Raises:
        Conflict: `last_admin` when the company would be left without one. Invalid: no such role.
        StaleVersion: `expected` is not the current version.
    """
    with company_scope(member.company_id):
        if "role" in changes:
            bump_access(member.company_id)
        require_standing(actor, "member:change_role")
        member = Membership.objects.fresh(member)
        authorize(actor, "member:change_role", member)
        check_version(member, expected)
        old, new = member.role, changes.get("role", member.role)
        if new != old:
            _refuse_unknown(new)
            _keep_an_admin(member)
        changed = save_changes(member, changes)
        if new != old:
            _announce(actor, member, MemberRoleChanged(member.id, old, new))
        if fields := sorted(set(changed) - {"role"}):
            _announce(actor, member, MemberChanged(member.id, fields))
    return member


@transactional
def deactivate_member(
    *, actor: Actor, member: Membership, reassign_to: Membership | None = None
) -> Membership:
    """Withdraw access; every session in this company ends with it.

    Raises:
        Conflict: `last_admin`, or `own_account`: nobody shuts the door behind themselves.
        Invalid: `reassign_to` is the same person, or no active staff of the company.
    """
    with company_scope(member.company_id):
        bump_access(member.company_id)
        require_standing(actor, "member:deactivate")
        member = Membership.objects.fresh(member)
        authorize(actor, "member:deactivate", member)
        heir = _heir(member, reassign_to)
        if member.status == MemberStatus.DEACTIVATED:
            return member
        _keep_an_admin(member)
        if member.id == actor.member_id:
            raise Conflict("own_account", _("You cannot deactivate yourself."))
        save_changes(member, {"status": MemberStatus.DEACTIVATED})
        sessions = Session.objects.filter(member=member)
        end_sessions(actor=actor, sessions=sessions, reason=EndReason.DEACTIVATED)
        _announce(actor, member, MemberDeactivated(member.id, heir))
    return member


@transactional
def reactivate_member(*, actor: Actor, member: Membership) -> Membership:
    with company_scope(member.company_id):
        bump_access(member.company_id)
        require_standing(actor, "member:deactivate")
        member = Membership.objects.fresh(member)
        authorize(actor, "member:deactivate", member)
        if member.status == MemberStatus.DEACTIVATED:
            save_changes(member, {"status": MemberStatus.ACTIVE})
            _announce(actor, member, MemberReactivated(member.id))
    return member


def _refuse_unknown(role: str) -> None:
    """Platform staff is a flag of the account; written as a role it would open the platform."""
    if role not in MemberRole.values:
        raise UnknownRole(role)


def _keep_an_admin(member: Membership) -> None:
    """Bumping the company's counter first makes two such changes wait for each other."""
    if member.role != Role.COMPANY_ADMIN or not member.is_active:
        return
    if not Membership.objects.admins().exclude(pk=member.pk).exists():
        raise Conflict("last_admin", _("A company keeps at least one admin."))


def _heir(member: Membership, reassign_to: Membership | None) -> UUID | None:
    """Who takes over, as of now; locked, so that it stays so until the fact is stored."""
    if reassign_to is None:
        return None
    if reassign_to.pk == member.pk:
        detail = _("Somebody else has to take over.")
        fault = FieldError("same_member", detail)
        raise Invalid("same_member", detail, fields={"reassign_to": [fault]})
    heir: Membership | None = Membership.objects.locked().filter(pk=reassign_to.pk).first()
    if heir is None or not heir.is_active or heir.role not in STAFF:
        fault = FieldError("not_staff", _("Only active staff can take over."))
        raise Invalid(fields={"reassign_to": [fault]})
    return heir.pk


def _announce(actor: Actor, member: Membership, fact: Fact) -> None:
    publish(fact, actor=actor, company_id=member.company_id, stream=f"member:{member.id}")
