"""Roles and access of the people in a company."""

from django.utils.translation import gettext_lazy as _

from accounts.choices import EndReason, MemberRole, MemberStatus
from accounts.events import (
    MemberAdded,
    MemberDeactivated,
    MemberReactivated,
    MemberRoleChanged,
)
from accounts.models import Membership, Session, User
from accounts.services.sessions import end_sessions
from companies.models import Company
from companies.services import bump_access
from tokdesk.common.actor import Actor
from tokdesk.common.db import transactional, try_insert
from tokdesk.common.errors import Conflict, FieldError, Invalid
from tokdesk.common.events import Fact, publish
from tokdesk.common.policy import authorize
from tokdesk.common.roles import Role
from tokdesk.common.tenancy import company_scope
from tokdesk.common.versions import save_changes


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
        if not try_insert(member):
            raise Conflict("already_member", _("This person is in the company already."))
        bump_access(company.id)
        _announce(actor, member, MemberAdded(member.id, role))
    return member


@transactional
def change_role(*, actor: Actor, member: Membership, role: str) -> Membership:
    """Raises Conflict `last_admin` when the company would be left without an admin."""
    _refuse_unknown(role)
    with company_scope(member.company_id):
        bump_access(member.company_id)
        member = Membership.objects.fresh(member)
        authorize(actor, "member:change_role", member)
        if member.role == role:
            return member
        _keep_an_admin(member)
        old = member.role
        save_changes(member, {"role": role})
        _announce(actor, member, MemberRoleChanged(member.id, old, role))
    return member


@transactional
def deactivate_member(*, actor: Actor, member: Membership) -> Membership:
    """Withdraw access; every session in this company ends with it. Raises Conflict `last_admin`."""
    with company_scope(member.company_id):
        bump_access(member.company_id)
        member = Membership.objects.fresh(member)
        authorize(actor, "member:deactivate", member)
        if member.status == MemberStatus.DEACTIVATED:
            return member
        _keep_an_admin(member)
        save_changes(member, {"status": MemberStatus.DEACTIVATED})
        sessions = Session.objects.filter(member=member)
        end_sessions(actor=actor, sessions=sessions, reason=EndReason.DEACTIVATED)
        _announce(actor, member, MemberDeactivated(member.id))
    return member


@transactional
def reactivate_member(*, actor: Actor, member: Membership) -> Membership:
    with company_scope(member.company_id):
        member = Membership.objects.fresh(member)
        authorize(actor, "member:deactivate", member)
        if member.status == MemberStatus.DEACTIVATED:
            save_changes(member, {"status": MemberStatus.ACTIVE})
            bump_access(member.company_id)
            _announce(actor, member, MemberReactivated(member.id))
    return member


def _refuse_unknown(role: str) -> None:
    """Platform staff is a flag of the account; written as a role it would open the platform."""
    if role not in MemberRole.values:
        fault = FieldError("invalid_choice", _("There is no such role in a company."))
        raise Invalid(fields={"role": [fault]})


def _keep_an_admin(member: Membership) -> None:
    """Bumping the company's counter first makes two such changes wait for each other."""
    if member.role != Role.COMPANY_ADMIN or not member.is_active:
        return
    if not Membership.objects.admins().exclude(pk=member.pk).exists():
        raise Conflict("last_admin", _("A company keeps at least one admin."))


def _announce(actor: Actor, member: Membership, fact: Fact) -> None:
    publish(fact, actor=actor, company_id=member.company_id, stream=f"member:{member.id}")
