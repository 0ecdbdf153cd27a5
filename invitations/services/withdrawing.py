"""How an invitation ends unused."""

from uuid import UUID

from django.utils import timezone

from accounts.models import Membership
from invitations.choices import Status
from invitations.models import Invitation
from invitations.querysets import in_state
from invitations.services.offers import expire, refuse_illegal, withdraw
from tokdesk.common.actor import Actor, system_actor
from tokdesk.common.db import transactional
from tokdesk.common.policy import authorize
from tokdesk.common.tenancy import company_scope

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
        withdraw(actor, invitation)
    return invitation


@transactional
def withdraw_from_member(*, company_id: UUID, member_id: UUID) -> None:
    """Revoke what waits for somebody who has come in another way; asks for no right."""
    with company_scope(company_id):
        people = Membership.objects.with_account().select_related("user")
        member: Membership | None = people.filter(pk=member_id).first()
        if member is None or member.user is None:
            return
        sent = Invitation.objects.to_addresses([member.user.email]).locked()
        for invitation in in_state(sent, Status.PENDING):
            withdraw(system_actor(company_id), invitation)


@transactional
def expire_invitations(*, actor: Actor, company_id: UUID) -> int:
    """Mark what is overdue, so many at once, and return how many; asks for no right."""
    with company_scope(company_id):
        late = Invitation.objects.overdue(timezone.now()).order_by("expires_at", "id")
        rows = list(late.locked()[:AT_ONCE])
        for invitation in rows:
            expire(actor, invitation)
    return len(rows)
