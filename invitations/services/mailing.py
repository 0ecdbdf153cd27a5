"""What the mail of an invitation needs to know, made from the row's id alone."""

from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from accounts.models import User
from companies.models import Company
from invitations.models import Invitation
from invitations.services.offers import token_of
from invitations.services.vouching import is_vouched_for


@dataclass(frozen=True)
class InvitationMail:
    """To whom, in which language, who invites whereto as what, and the token itself.

    `inviter_name` is empty where the platform invites.
    """

    email: str
    language: str
    company: Company
    inviter_name: str
    role: str
    token: str


def invitation_mail(invitation_id: UUID, resent: int) -> InvitationMail | None:
    """None when the link would open nothing (any more), or a later repeat brings another one.

    Must run inside the company's scope.
    """
    rows = Invitation.objects.select_related("company", "invited_by").filter(pk=invitation_id)
    invitation: Invitation | None = rows.first()
    if invitation is None or not invitation.is_usable(timezone.now()):
        return None
    if invitation.resent != resent:
        return None
    company: Company = invitation.company
    if not company.is_active or not is_vouched_for(invitation):
        return None
    reader = User.objects.by_email(invitation.email).first()
    inviter = invitation.invited_by
    return InvitationMail(
        email=invitation.email,
        language=reader.language if reader else company.language,
        company=company,
        inviter_name=inviter.name if inviter else "",
        role=invitation.role,
        token=token_of(invitation.id, invitation.resent),
    )
