"""Every write to invitations."""

from invitations.services.accepting import Preview, accept, preview
from invitations.services.batches import Batch, Result, batch_again, invite_many
from invitations.services.mailing import InvitationMail, invitation_mail
from invitations.services.sending import invite, invite_admin, resend
from invitations.services.withdrawing import expire_invitations, revoke

__all__ = [
    "Batch",
    "InvitationMail",
    "Preview",
    "Result",
    "accept",
    "batch_again",
    "expire_invitations",
    "invitation_mail",
    "invite",
    "invite_admin",
    "invite_many",
    "preview",
    "resend",
    "revoke",
]
