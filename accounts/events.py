"""What happens to people."""

from dataclasses import dataclass
from uuid import UUID

from tokdesk.common.events import Fact, fact


@fact("registration.requested")
@dataclass(frozen=True)
class RegistrationRequested(Fact):
    registration_id: UUID


@fact("registration.confirmed")
@dataclass(frozen=True)
class RegistrationConfirmed(Fact):
    registration_id: UUID
    member_id: UUID


@fact("password.reset_requested")
@dataclass(frozen=True)
class PasswordResetRequested(Fact):
    reset_id: UUID


@fact("password.changed")
@dataclass(frozen=True)
class PasswordChanged(Fact):
    user_id: UUID
    by_reset: bool


@fact("session.started")
@dataclass(frozen=True)
class SessionStarted(Fact):
    session_id: UUID
    ip: str | None


@fact("session.switched")
@dataclass(frozen=True)
class SessionSwitched(Fact):
    session_id: UUID


@fact("session.ended")
@dataclass(frozen=True)
class SessionEnded(Fact):
    session_id: UUID
    reason: str


@fact("session.token_reused")
@dataclass(frozen=True)
class TokenReused(Fact):
    session_id: UUID
    ip: str | None


@fact("account.created")
@dataclass(frozen=True)
class AccountCreated(Fact):
    user_id: UUID
    is_super_admin: bool


@fact("account.changed")
@dataclass(frozen=True)
class AccountChanged(Fact):
    user_id: UUID
    fields: list[str]


@fact("account.deactivated")
@dataclass(frozen=True)
class AccountDeactivated(Fact):
    user_id: UUID


@fact("account.reactivated")
@dataclass(frozen=True)
class AccountReactivated(Fact):
    user_id: UUID


@fact("member.added")
@dataclass(frozen=True)
class MemberAdded(Fact):
    member_id: UUID
    role: str


@fact("member.role_changed")
@dataclass(frozen=True)
class MemberRoleChanged(Fact):
    member_id: UUID
    old: str
    new: str


@fact("member.changed")
@dataclass(frozen=True)
class MemberChanged(Fact):
    member_id: UUID
    fields: list[str]


@fact("member.deactivated")
@dataclass(frozen=True)
class MemberDeactivated(Fact):
    """`reassign_to` takes over what this person had in work; None leaves it to nobody."""

    member_id: UUID
    reassign_to: UUID | None = None


@fact("member.reactivated")
@dataclass(frozen=True)
class MemberReactivated(Fact):
    member_id: UUID


@fact("customer.created")
@dataclass(frozen=True)
class CustomerCreated(Fact):
    customer_id: UUID


@fact("customer.changed")
@dataclass(frozen=True)
class CustomerChanged(Fact):
    customer_id: UUID
    fields: list[str]
