"""Every write to invitations."""

from invitations.services.accepting import Preview, accept, company_language, preview
from invitations.services.batches import Address, Batch, Result, batch_again, invite_many
from invitations.services.mailing import InvitationMail, invitation_mail
from invitations.services.moving import follow_department
from invitations.services.sending import invite, invite_admin, resend
from invitations.services.withdrawing import expire_invitations, revoke, withdraw_from_member

__all__ = [
    "Address",
    "Batch",
    "InvitationMail",
    "Preview",
    "Result",
    "accept",
    "batch_again",
    "company_language",
    "expire_invitations",
    "follow_department",
    "invitation_mail",
    "invite",
    "invite_admin",
    "invite_many",
    "preview",
    "resend",
    "revoke",
    "withdraw_from_member",
]
