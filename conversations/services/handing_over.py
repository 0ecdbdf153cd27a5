"""What goes over to somebody else because a department or a person is no more."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from accounts.models import Membership
from conversations.models import Conversation
from conversations.services.assigning import give
from conversations.services.editing import move_after_archive
from conversations.services.log import Log
from departments.models import Department
from tokdesk.common.actor import system_actor
from tokdesk.common.db import transactional
from tokdesk.common.errors import NotFound
from tokdesk.common.roles import STAFF
from tokdesk.common.tenancy import company_scope

CHUNK = 200


def follow_department(*, company_id: UUID, department_id: UUID) -> None:
    """Everything of an archived department goes where that went. Asks for no right.

    One by one, so that whoever is stopped half-way goes on from there.
    """
    with company_scope(company_id):
        rows = Conversation.objects.filter(department_id=department_id, department__is_deleted=True)
        for conversation in _chunked(rows.select_related("department")):
            target = _living(conversation.department)
            move_after_archive(conversation=conversation, department=target)


def hand_over(*, company_id: UUID, member_id: UUID, to: UUID | None) -> None:
    """What a person without access had in work goes to another one, or to nobody.

    Who has access again by now keeps it. Asks for no right.
    """
    with company_scope(company_id):
        if Membership.objects.active().staff().filter(pk=member_id).exists():
            return
        rows = Conversation.objects.filter(assignee_id=member_id)
        for conversation in _chunked(rows):
            _reassign(conversation, member_id, to)


@transactional
def _reassign(conversation: Conversation, old: UUID, to: UUID | None) -> None:
    with company_scope(conversation.company_id):
        conversation = Conversation.objects.fresh(conversation)
        if conversation.assignee_id != old:
            return
        heirs = Membership.objects.active().filter(pk=to, role__in=STAFF)
        heir: Membership | None = heirs.first() if to and conversation.is_active else None
        give(Log(system_actor(conversation.company_id), conversation), heir)


def _living(department: Department | None) -> Department:
    """The end of the way: the next one may be archived too by now."""
    while department is not None and department.is_deleted:
        department = department.archived_into
    if department is None:
        raise NotFound
    return department


def _chunked(rows: Any) -> Iterator[Conversation]:
    """Those that are left, again and again: whoever is handled is none of them any more."""
    while chunk := list(rows.order_by("pk")[:CHUNK]):
        yield from chunk
