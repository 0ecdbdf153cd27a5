"""May whoever sent an invitation still send it?"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from accounts.models import User
from accounts.services.standing import absent_actor
from invitations.models import Invitation
from tokdesk.common.actor import Actor, ActorKind
from tokdesk.common.policy import explain
from tokdesk.common.roles import Role


def is_vouched_for(invitation: Invitation) -> bool:
    """What an operator's command sent stays good. Must run inside the company's scope."""
    if invitation.invited_by_id is not None:
        return _may_offer(absent_actor(invitation.invited_by_id), invitation)
    if invitation.staff_inviter_id is not None:
        return _may_offer(_staff_actor(invitation), invitation)
    return True


def unvouched(invitations: Iterable[Invitation]) -> list[Invitation]:
    """Those that nobody vouches for any more; asked once for all that are alike."""
    alike: dict[tuple[Any, ...], list[Invitation]] = defaultdict(list)
    for each in invitations:
        who = (each.invited_by_id, each.staff_inviter_id)
        alike[*who, each.role, each.department_id].append(each)
    return [each for rows in alike.values() if not is_vouched_for(rows[0]) for each in rows]


def _may_offer(actor: Actor | None, invitation: Invitation) -> bool:
    return actor is not None and explain(actor, "member:invite", invitation).allowed


def _staff_actor(invitation: Invitation) -> Actor | None:
    user: User | None = User.objects.living().filter(pk=invitation.staff_inviter_id).first()
    if user is None or not user.can_sign_in or not user.is_super_admin:
        return None
    return Actor(ActorKind.PLATFORM, Role.SUPER_ADMIN, user_id=user.id)
