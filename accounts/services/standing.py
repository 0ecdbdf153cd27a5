"""Who somebody is now: whoever acts, since the request came in, or whoever asked for it before."""

from uuid import UUID

from accounts.models import Membership, Session
from tokdesk.common.actor import Actor, ActorKind
from tokdesk.common.errors import Denied
from tokdesk.common.roles import Role


def require_standing(actor: Actor, permission: str | None = None) -> None:
    """Runs inside the company's scope; sure only behind its counter (`bump_access`).

    `permission` is the right that the caller asks for next, so that the refusal is noted like any
    other of it. Rights that nobody watches (`WATCHED` in security.py) need not be named.

    There whoever changes the rights of people waits for the others, so of two admins who withdraw
    each other's role only the first one succeeds.

    Raises:
        Denied: the membership was withdrawn, or its role changed, since.
    """
    if actor.kind is not ActorKind.MEMBER:
        return
    standing = Membership.objects.active().filter(pk=actor.member_id, role=actor.role)
    if not standing.exists():
        raise Denied(permission=permission)


def enter(
    session: Session, *, ip: str | None = None, user_agent: str = "", request_id: str = ""
) -> Actor:
    """Whoever a live session is of, with the role of today."""
    member = session.member
    return Actor(
        kind=ActorKind.MEMBER if member else ActorKind.PLATFORM,
        role=member.role if member else Role.SUPER_ADMIN,
        user_id=session.user_id,
        member_id=member.id if member else None,
        company_id=member.company_id if member else None,
        session_id=session.id,
        ip=ip,
        user_agent=user_agent,
        request_id=request_id,
        language=session.user.language,
        sees_colleagues=member is None or sees_colleagues(member),
    )


def member_actor(member: Membership, *, request_id: str = "") -> Actor:
    """As what this person acts, without a session."""
    return Actor(
        ActorKind.MEMBER,
        member.role,
        user_id=member.user_id,
        member_id=member.id,
        company_id=member.company_id,
        request_id=request_id,
        sees_colleagues=sees_colleagues(member),
    )


def sees_colleagues(member: Membership) -> bool:
    """Whether the conversations of colleagues of the department are theirs to see."""
    return member.role != Role.AGENT or bool(member.company.setting("agents_see_colleagues"))


def absent_actor(member_id: UUID, *, request_id: str = "") -> Actor | None:
    """Who asked for something and is not here now, with the rights of now.

    None once they could not come in any more. Must run inside the company's scope.
    """
    rows = Membership.objects.active().select_related("user", "company")
    member: Membership | None = rows.filter(pk=member_id).first()
    if member is None or member.user is None or not member.user.can_sign_in:
        return None
    return member_actor(member, request_id=request_id)
