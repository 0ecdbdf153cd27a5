"""Whom a member may bring in."""

from accounts.choices import BY_MANAGERS
from accounts.models import Membership
from tokdesk.common.actor import Actor
from tokdesk.common.policy import rule
from tokdesk.common.roles import Role


@rule("member:invite")
def below_oneself(actor: Actor, member: Membership) -> bool:
    """A manager brings in agents and customers, an admin anybody."""
    return actor.role != Role.MANAGER or member.role in BY_MANAGERS
