"""How an invitation ends unused."""

from uuid import UUID

from django.utils import timezone

from invitations.choices import Status
from invitations.events import InvitationRevoked
from invitations.models import Invitation
from invitations.services.offers import announce, expire, refuse_illegal
from tokdesk.common.actor import Actor
from tokdesk.common.db import transactional
from tokdesk.common.policy import authorize
from tokdesk.common.tenancy import company_scope
from tokdesk.common.versions import save_changes

AT_ONCE = 200


@transactional
def revoke(*, actor: Actor, invitation: Invitation) -> Invitation:
    """Void the link; again changes nothing.

    Raises:
        Conflict: `illegal_move` when it was used, or has expired.
    """
    with company_scope(invitation.company_id):
        invitation = Invitation.objects.fresh(invitation)
        authorize(actor, "member:invite", invitation)
        if invitation.status == Status.REVOKED:
            return invitation
        refuse_illegal(invitation, Status.REVOKED)
        save_changes(invitation, {"status": Status.REVOKED})
        announce(actor, invitation, InvitationRevoked(invitation.id))
    return invitation


@transactional
def expire_invitations(*, actor: Actor, company_id: UUID) -> int:
    """Mark what is overdue, so many at once, and return how many; asks for no right."""
    with company_scope(company_id):
        late = Invitation.objects.overdue(timezone.now()).order_by("expires_at", "id")
        rows = list(late.locked()[:AT_ONCE])
        for invitation in rows:
            expire(actor, invitation)
    return len(rows)
