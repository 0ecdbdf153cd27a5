"""What one may offer, and into which department."""

from accounts.models import Membership
from departments.models import Department
from departments.services import own_department_ids
from invitations.models import Invitation
from tokdesk.common.actor import Actor
from tokdesk.common.policy import rule
from tokdesk.common.roles import Role


@rule("member:invite")
def admins_by_the_platform(actor: Actor, offered: Invitation | Membership) -> bool:
    """Platform staff help a company to an admin; whom else it takes in is its own matter."""
    return not actor.is_platform or offered.role == Role.COMPANY_ADMIN


@rule("member:invite")
def into_own_departments(actor: Actor, offered: Invitation | Membership) -> bool:
    """A manager invites into those departments that the manager is placed in."""
    if actor.role != Role.MANAGER or not isinstance(offered, Invitation):
        return True
    department = landing_of(offered)
    return department is not None and department.id in own_department_ids(actor)


def landing_of(invitation: Invitation) -> Department | None:
    """The department as of now: one that was archived leads to what it was archived into."""
    department = invitation.department
    while department is not None and department.is_deleted:
        department = department.archived_into
    return department
