"""Who does it: built once at the edge, passed to every service."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class ActorKind(StrEnum):
    ANONYMOUS = "anonymous"
    MEMBER = "member"
    PLATFORM = "platform"
    SYSTEM = "system"
    AUTOMATION = "automation"
    VISITOR = "visitor"
    API_KEY = "api_key"


@dataclass(frozen=True, slots=True)
class Actor:
    """One acting party, with the one company its credential carries (None for platform staff)."""

    kind: ActorKind
    role: str | None = None
    user_id: UUID | None = None
    member_id: UUID | None = None
    company_id: UUID | None = None
    session_id: UUID | None = None
    ip: str | None = None
    user_agent: str = ""
    request_id: str = ""
    language: str = ""
    # An agent may be shown only their own conversations and nobody's, by the company's setting.
    sees_colleagues: bool = True

    @property
    def is_authenticated(self) -> bool:
        return self.kind is not ActorKind.ANONYMOUS

    @property
    def is_platform(self) -> bool:
        return self.kind is ActorKind.PLATFORM

    @property
    def principal(self) -> str:
        """What limits and idempotency keys count by: the member, the account, or the address."""
        return str(self.member_id or self.user_id or f"ip:{self.ip}")


def system_actor(company_id: UUID | None = None, *, request_id: str = "") -> Actor:
    """The desk itself: commands, jobs, the clock."""
    return Actor(ActorKind.SYSTEM, company_id=company_id, request_id=request_id)
