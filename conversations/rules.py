"""Whose conversation one may decide about."""

from accounts.models import Membership
from conversations.models import Conversation, SavedView
from conversations.querysets import own_departments
from departments.models import DepartmentMember
from tokdesk.common.actor import Actor
from tokdesk.common.policy import rule
from tokdesk.common.roles import PERMISSIONS, Role


@rule("conversation:archive", "conversation:delete")
def in_own_department(actor: Actor, conversation: Conversation) -> bool:
    """A manager puts away what is of the own departments, an admin everything."""
    if actor.role != Role.MANAGER:
        return True
    own = own_departments(actor).filter(department_id=conversation.department_id)
    return bool(own.exists())


@rule("conversation:status")
def own_as_customer(actor: Actor, conversation: Conversation) -> bool:
    """A customer resolves and reopens the own one, not what they are only copied on."""
    return actor.role != Role.USER or conversation.customer_id == actor.member_id


@rule("view:save")
def own_or_shared_with_a_lead(actor: Actor, view: SavedView) -> bool:
    """What is shared is changed by its owner, and by whoever may share."""
    if view.owner_id == actor.member_id:
        return True
    return view.is_shared and actor.role in PERMISSIONS["view:share"]


def may_assign_to(actor: Actor, conversation: Conversation, assignee: Membership | None) -> bool:
    """An agent takes and gives back; others within the department by the company's setting.

    A manager gives to people of the own departments, an admin to anybody.
    """
    if actor.role not in (Role.MANAGER, Role.AGENT):
        return True
    if actor.role == Role.MANAGER:
        return assignee is None or _works_in(assignee, own_departments(actor))
    if assignee is not None and assignee.pk == actor.member_id:
        return True
    if assignee is None and conversation.assignee_id in (None, actor.member_id):
        return True
    if not conversation.company.setting("agents_assign"):
        return False
    return assignee is None or _works_in(assignee, [conversation.department_id])


def _works_in(member: Membership, departments: object) -> bool:
    places = DepartmentMember.objects.of_member(member.pk)
    return bool(places.filter(department_id__in=departments).exists())
