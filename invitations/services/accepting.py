"""Coming in by an invitation.

The token proves the address and nothing more: an account that exists is opened by its own password
or by its own session, and is never changed here.
"""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, User
from accounts.services.credentials import WrongCredentials, hash_password, prove_account
from accounts.services.joining import join_company, make_account
from accounts.services.sessions import live_session
from companies.models import Company
from companies.services import bump_access
from departments.models import Department
from departments.services import add_department_member
from invitations.choices import Status
from invitations.doors import invitation_by_token_hash
from invitations.events import InvitationAccepted
from invitations.models import Invitation
from invitations.rules import landing_of
from invitations.services.offers import announce
from invitations.services.vouching import is_vouched_for
from tokdesk.common.actor import Actor, system_actor
from tokdesk.common.db import run_in_transaction
from tokdesk.common.errors import FieldError, Gone, Invalid, NotFound
from tokdesk.common.limits import network_of, spend
from tokdesk.common.roles import STAFF
from tokdesk.common.tenancy import company_scope
from tokdesk.common.tokens import token_hash
from tokdesk.common.versions import save_changes


@dataclass(frozen=True)
class Preview:
    """What the holder of a token is told before coming in.

    `inviter` is None for the platform, `department` for whoever gets no place in one.
    """

    company: Company
    inviter: Membership | None
    role: str
    department: Department | None
    email: str
    account_exists: bool


@dataclass(frozen=True)
class Entrant:
    """Who comes in: an account as it was when it was proven, or what a new one is made of."""

    account: User | None
    by_password: bool = False
    name: str = ""
    hashed_password: str = ""


def preview(*, actor: Actor, token: str) -> Preview:
    """What this token opens.

    Raises:
        NotFound: no such token. Gone: used, expired, revoked, the company takes nobody now, the
        inviter may not offer it any more, or the person may not come in or is in. RateLimited.
    """
    spend("token_address", network_of(actor.ip))
    invitation = _usable(token)
    user = _account_of(invitation)
    with company_scope(invitation.company_id):
        _refuse_member(user)
        department = _place_of(invitation)
    return Preview(
        company=invitation.company,
        inviter=invitation.invited_by,
        role=invitation.role,
        department=department,
        email=invitation.email,
        account_exists=user is not None,
    )


def company_language(token: str) -> str | None:
    """What the inviting company speaks, whatever has become of its invitation."""
    invitation = invitation_by_token_hash(token_hash(token))
    return None if invitation is None else str(invitation.company.language)


def accept(*, actor: Actor, token: str, name: str = "", password: str = "") -> Membership:
    """Use the token: of many at once exactly one gets in.

    Somebody who is in the company already gets `already_member`, once proven, and the invitation
    was not used: whoever comes in another way has it revoked (receivers.py).

    Raises:
        NotFound, Gone, RateLimited: as in `preview`. WrongCredentials: the address has an account,
        and neither its password nor its session came along. Invalid: it has none, and name or
        password are missing or bad. Conflict: `already_member`.
    """
    spend("token_address", network_of(actor.ip))
    invitation = _usable(token)
    try:
        entrant = _entrant(actor, invitation, name, password)
    except WrongCredentials:
        # Whoever used the token this moment has made the account that this form does not open.
        _usable(token)
        raise
    return run_in_transaction(lambda: _enter(actor, invitation, entrant))


def _usable(token: str) -> Invitation:
    """The invitation behind a token, with whoever sent it. Raises NotFound, Gone."""
    invitation = invitation_by_token_hash(token_hash(token))
    if invitation is None:
        raise NotFound
    with company_scope(invitation.company_id):
        _refuse_unusable(invitation, invitation.company)
        _refuse_unfit(invitation, _account_of(invitation))
    return invitation


def _entrant(actor: Actor, invitation: Invitation, name: str, password: str) -> Entrant:
    """Proves and hashes, so it runs outside of every transaction."""
    account = _account_of(invitation)
    if account is None:
        return _newcomer(invitation, name, password)
    if actor.user_id == account.id:
        return Entrant(account)
    if not password:
        raise WrongCredentials
    proven = prove_account(actor=actor, email=invitation.email, password=password)
    return Entrant(proven, by_password=True)


def _newcomer(invitation: Invitation, name: str, password: str) -> Entrant:
    given = {"name": name, "password": password}
    fault = FieldError("required", _("Needed for your new account."))
    if missing := {field: [fault] for field, value in given.items() if not value}:
        raise Invalid(fields=missing)
    hashed = hash_password(password, user=User(name=name, email=invitation.email))
    return Entrant(None, name=name, hashed_password=hashed)


def _enter(actor: Actor, invitation: Invitation, entrant: Entrant) -> Membership:
    company: Company = Company.objects.fresh(invitation.company)
    # Whoever withdraws a right in this company counts first too, so one of the two sees the other.
    bump_access(company.id)
    with company_scope(company.id):
        invitation = _claimable(invitation, company)
        user = _proven_user(actor, invitation, company, entrant)
        member = join_company(
            actor=actor,
            company=company,
            user=user,
            role=invitation.role,
            name=user.name,
            email=invitation.email,
            language=user.language,
        )
        _place(invitation, member)
        now = timezone.now()
        used = {"status": Status.ACCEPTED, "accepted_by": member, "accepted_at": now}
        save_changes(invitation, used)
        announce(actor, invitation, InvitationAccepted(invitation.id, member.id))
    return member


def _claimable(invitation: Invitation, company: Company) -> Invitation:
    """The invitation as of now, locked. Raises NotFound when it was mailed anew meanwhile."""
    now: Invitation = Invitation.objects.fresh(invitation)
    if now.token_hash != invitation.token_hash:
        raise NotFound
    _refuse_unusable(now, company)
    return now


def _proven_user(actor: Actor, invitation: Invitation, company: Company, entrant: Entrant) -> User:
    """The account that was proven before, as of now, or the new one.

    Raises:
        WrongCredentials: it was made, or its password changed, since. Unauthenticated: its session
        ended since.
    """
    if entrant.account is None:
        if _account_of(invitation) is not None:
            raise WrongCredentials
        return make_account(
            name=entrant.name,
            email=invitation.email,
            hashed_password=entrant.hashed_password,
            language=company.language,
        )
    user: User = User.objects.fresh(entrant.account)
    if user.email != invitation.email:
        raise WrongCredentials
    if entrant.by_password and user.password != entrant.account.password:
        raise WrongCredentials
    if not entrant.by_password:
        live_session(actor.session_id)
    return user


def _place(invitation: Invitation, member: Membership) -> None:
    department = _place_of(invitation)
    if department is not None:
        desk = system_actor(invitation.company_id)
        add_department_member(actor=desk, department=department, member=member)


def _place_of(invitation: Invitation) -> Department | None:
    """A customer is in no department; theirs says only by which right they were invited."""
    return landing_of(invitation) if invitation.role in STAFF else None


def _refuse_unusable(invitation: Invitation, company: Company) -> None:
    """Raises Gone; must run inside the company's scope."""
    usable = invitation.is_usable(timezone.now()) and company.is_active
    if not usable or not is_vouched_for(invitation):
        raise _gone()


def _refuse_unfit(invitation: Invitation, user: User | None) -> None:
    """Raises Gone for whom no company takes in, or this one has withdrawn the access of."""
    if user is not None and (not user.can_sign_in or user.is_super_admin):
        raise _gone()
    known = [Membership.objects.by_email(invitation.email).first()]
    if user is not None:
        known.append(Membership.objects.filter(user=user).first())
    if any(each is not None and not each.is_active for each in known):
        raise _gone()


def _refuse_member(user: User | None) -> None:
    """Raises Gone: `accept` would not let this person in a second time."""
    if user is not None and Membership.objects.filter(user=user).exists():
        raise _gone()


def _account_of(invitation: Invitation) -> User | None:
    user: User | None = User.objects.by_email(invitation.email).first()
    return user


def _gone() -> Gone:
    return Gone(detail=_("This invitation is not valid any more. Ask for a new one."))
