"""What happens to invitations."""

from dataclasses import dataclass
from uuid import UUID

from tokdesk.common.events import Fact, fact


@fact("invitation.sent")
@dataclass(frozen=True)
class InvitationSent(Fact):
    invitation_id: UUID
    resent: int = 0


@fact("invitation.resent")
@dataclass(frozen=True)
class InvitationResent(Fact):
    """`resent` counts the repeats, with this one."""

    invitation_id: UUID
    resent: int = 0


@fact("invitation.revoked")
@dataclass(frozen=True)
class InvitationRevoked(Fact):
    invitation_id: UUID


@fact("invitation.accepted")
@dataclass(frozen=True)
class InvitationAccepted(Fact):
    invitation_id: UUID
    member_id: UUID


@fact("invitation.expired")
@dataclass(frozen=True)
class InvitationExpired(Fact):
    invitation_id: UUID
