"""Whether whoever acts still is who they were when their request came in."""

from accounts.models import Membership
from tokdesk.common.actor import Actor, ActorKind
from tokdesk.common.errors import Denied


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
