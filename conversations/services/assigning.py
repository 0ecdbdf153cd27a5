"""Whose conversation it is."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from conversations.choices import ParticipantKind
from conversations.events import ConversationAssigned, ParticipantAdded
from conversations.models import Conversation, Participant
from conversations.rules import may_assign_to
from conversations.services.log import Log, reread
from conversations.services.pointers import new_participant
from conversations.services.refusals import (
    field_fault,
    refuse_read_only,
    refuse_rooms,
    refuse_stale,
)
from departments.models import DepartmentMember
from tokdesk.common.actor import Actor
from tokdesk.common.db import transactional
from tokdesk.common.errors import Conflict, Denied
from tokdesk.common.models.event import Audience
from tokdesk.common.policy import authorize
from tokdesk.common.roles import STAFF, Role
from tokdesk.common.tenancy import company_scope


@transactional
def assign(
    *,
    actor: Actor,
    conversation: Conversation,
    assignee: Membership | None,
    expected: int | None = None,
) -> Conversation:
    """Give it to somebody, or to nobody.

    Whoever could not see it before sees it from then on.

    Raises:
        Denied: somebody this actor may not give it to; `closed`, `archived`. Invalid: who is no
        active staff, or `not_for_rooms`. StaleVersion.
    """
    with company_scope(conversation.company_id):
        conversation = reread(actor, conversation)
        refuse_rooms(conversation)
        authorize(actor, "conversation:assign", conversation)
        refuse_read_only(conversation)
        refuse_stale(actor, conversation, expected)
        assignee = working(assignee.pk if assignee else None)
        if not may_assign_to(actor, conversation, assignee):
            raise Denied(permission="conversation:assign", obj=conversation)
        return give(Log(actor, conversation), assignee)


@transactional
def claim(*, actor: Actor, conversation: Conversation) -> Conversation:
    """Take what nobody has; of many who ask at once one gets it.

    Raises:
        Conflict: `already_assigned`. Denied, Invalid: as `assign`.
    """
    with company_scope(conversation.company_id):
        conversation = reread(actor, conversation)
        refuse_rooms(conversation)
        authorize(actor, "conversation:assign", conversation)
        refuse_read_only(conversation)
        if conversation.assignee_id not in (None, actor.member_id):
            holder = {"assignee": str(conversation.assignee_id)}
            detail = _("Somebody else has this conversation already.")
            raise Conflict("already_assigned", detail, extra=holder)
        return give(Log(actor, conversation), Membership.objects.get(pk=actor.member_id))


def give(log: Log, assignee: Membership | None) -> Conversation:
    """Write down whose it is, whoever decided it; from then on they see it."""
    conversation, old = log.conversation, log.conversation.assignee_id
    new = assignee.pk if assignee else None
    if new == old:
        return conversation
    log.append(ConversationAssigned(conversation.id, old, new), Audience.STAFF)
    if assignee is not None:
        _seat(log, assignee)
    return log.save({"assignee": assignee})


def _seat(log: Log, assignee: Membership) -> None:
    """The assignee follows it; who has no place in its department is invited."""
    conversation = log.conversation
    places = DepartmentMember.objects.of_member(assignee.pk)
    sees = (
        assignee.role == Role.COMPANY_ADMIN
        or places.filter(department_id=conversation.department_id).exists()
    )
    rows = Participant.objects.of_conversation(conversation).of_member(assignee.pk)
    known: Participant | None = rows.first()
    kind = ParticipantKind.READER if sees else ParticipantKind.AGENT
    if known is None:
        new_participant(conversation, assignee.pk, kind, is_following=True)
    else:
        values: dict[str, Any] = {"is_following": True}
        if not known.is_invited and not sees:
            values["kind"] = kind
        rows.update(**values)
    if not sees and (known is None or not known.is_invited):
        fact = ParticipantAdded(conversation.id, assignee.pk, kind)
        log.append(fact, Audience.STAFF)


def working(member_id: UUID | None) -> Membership | None:
    """Whoever may have it, as of now and locked. Raises Invalid: no active staff."""
    if member_id is None:
        return None
    rows = Membership.objects.active().locked()
    now: Membership | None = rows.filter(pk=member_id, role__in=STAFF).first()
    if now is None:
        raise field_fault("assignee", "not_staff", _("Only active staff can have it."))
    return now
