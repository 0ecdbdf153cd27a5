"""One invitation: sent, and sent again."""

from django.conf import settings
from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from departments.models import Department
from invitations.choices import Status
from invitations.events import InvitationResent, InvitationSent
from invitations.models import Invitation
from invitations.services.offers import (
    Offer,
    announce,
    as_of_now,
    check_offer,
    make_room,
    own_company,
    refuse_illegal,
    refuse_known,
    spent,
    token_of,
)
from tokdesk.common.actor import Actor
from tokdesk.common.db import run_in_transaction, try_insert
from tokdesk.common.errors import Conflict
from tokdesk.common.policy import authorize
from tokdesk.common.roles import Role
from tokdesk.common.tenancy import company_scope
from tokdesk.common.tokens import token_hash
from tokdesk.common.versions import save_changes


def invite(
    *, actor: Actor, email: str, role: str, department: Department | None = None
) -> Invitation:
    """Invite an address into the actor's company.

    Raises:
        Denied: a role or department that this actor may not give. Invalid: no such role, or a
        department that is missing or useless. Conflict: `already_member`, `already_invited`,
        `membership_deactivated`. RateLimited: the company's invitations of the day are spent.
    """
    return _invite(actor, Offer(own_company(actor), role, department), email)


def invite_admin(*, actor: Actor, company: Company, email: str) -> Invitation:
    """For platform staff and operators: help a company to an admin.

    Raises:
        Conflict: `illegal_move` unless the company is active; else as in `invite`.
    """
    if not company.is_active:
        raise Conflict("illegal_move", _("Only active companies can invite people."))
    return _invite(actor, Offer(company.id, Role.COMPANY_ADMIN), email)


def resend(*, actor: Actor, invitation: Invitation) -> Invitation:
    """Mail a new link and void the old one; whoever does that vouches for it from now on.

    An expired invitation waits again.

    Raises:
        Conflict: `illegal_move` when it was used or revoked, `already_member`, `already_invited`.
        RateLimited: this address was mailed again too often today.
    """
    with company_scope(invitation.company_id):
        authorize(actor, "member:invite", invitation)
    whom = f"{invitation.company_id}|{invitation.email}"
    with spent("invite_again", whom):
        return run_in_transaction(lambda: _resend(actor, invitation))


def _invite(actor: Actor, offer: Offer, email: str) -> Invitation:
    check_offer(actor, offer)
    with spent("invite_company", str(offer.company_id)):
        return run_in_transaction(lambda: _store(actor, offer, email.casefold()))


def _store(actor: Actor, offer: Offer, email: str) -> Invitation:
    with company_scope(offer.company_id):
        offer = as_of_now(offer)
        check_offer(actor, offer)
        refuse_known(email)
        make_room(offer.company_id, [email])
        invitation = offer.to(actor, email)
        if not try_insert(invitation):
            raise _already_invited()
        announce(actor, invitation, InvitationSent(invitation.id))
    return invitation


def _resend(actor: Actor, invitation: Invitation) -> Invitation:
    with company_scope(invitation.company_id):
        invitation = Invitation.objects.fresh(invitation)
        authorize(actor, "member:invite", invitation)
        if invitation.state != Status.PENDING:
            refuse_illegal(invitation, Status.PENDING)
        refuse_known(invitation.email)
        make_room(invitation.company_id, [invitation.email], spared=invitation.id)
        _renew(actor, invitation)
        announce(actor, invitation, InvitationResent(invitation.id, invitation.resent))
    return invitation


def _renew(actor: Actor, invitation: Invitation) -> None:
    now, resent = timezone.now(), invitation.resent + 1
    changes = {
        "status": Status.PENDING,
        "resent": resent,
        "token_hash": token_hash(token_of(invitation.id, resent)),
        "sent_at": now,
        "expires_at": now + settings.EMAIL_TOKEN_LIFETIME,
        "invited_by_id": actor.member_id,
        "staff_inviter_id": actor.user_id if actor.is_platform else None,
    }
    try:
        save_changes(invitation, changes)
    except IntegrityError as error:
        raise _already_invited() from error


def _already_invited() -> Conflict:
    return Conflict("already_invited", _("This address already has a pending invitation."))
