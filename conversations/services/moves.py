"""What is decided about a conversation: its status, when it comes back, whether it is put away."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from conversations.choices import CUSTOMER_MOVES, MOVES, NEVER, SYSTEM_MOVES, Kind, Status
from conversations.events import (
    ConversationArchived,
    ConversationDeleted,
    ConversationSnoozed,
    ConversationStatusChanged,
)
from conversations.models import Conversation
from conversations.services.indexing import forget_conversation
from conversations.services.log import Log, reread
from conversations.services.refusals import (
    field_fault,
    refuse_archived,
    refuse_read_only,
    refuse_rooms,
    refuse_stale,
)
from tokdesk.common.actor import Actor, ActorKind, system_actor
from tokdesk.common.db import transactional
from tokdesk.common.errors import Conflict
from tokdesk.common.models.event import Audience
from tokdesk.common.policy import authorize
from tokdesk.common.roles import Role
from tokdesk.common.tenancy import company_scope

LONGEST_SNOOZE = timedelta(days=366)


@transactional
def change_status(
    *, actor: Actor, conversation: Conversation, status: str, expected: int | None = None
) -> Conversation:
    """Move a customer's conversation on; the status it has already changes nothing.

    Raises:
        Conflict: `illegal_move`, with `from`, `to` and `allowed`. StaleVersion. Denied: `archived`.
        Invalid: `not_for_rooms`.
    """
    with company_scope(conversation.company_id):
        conversation = reread(actor, conversation)
        refuse_rooms(conversation)
        authorize(actor, "conversation:status", conversation)
        refuse_archived(conversation)
        refuse_stale(actor, conversation, expected)
        if conversation.status == status:
            return conversation
        _refuse_illegal(actor, conversation, status)
        log = Log(actor, conversation)
        changes = enter_status(log, status)
        if actor.role == Role.USER and status == Status.OPEN:
            # Whoever says that it is not done waits for somebody.
            changes["waiting_since"] = min(conversation.waiting_since, log.now)
        return log.save(changes)


def enter_status(log: Log, status: str) -> dict[str, Any]:
    """Write the move into the log; what of the row it changes."""
    conversation = log.conversation
    log.append(ConversationStatusChanged(conversation.id, conversation.status, status))
    changes: dict[str, Any] = {"status": status}
    changes["resolved_at"] = {
        Status.RESOLVED: log.now,
        Status.CLOSED: conversation.resolved_at or log.now,
    }.get(Status(status))
    changes["closed_at"] = log.now if status == Status.CLOSED else None
    if status in (Status.RESOLVED, Status.CLOSED):
        changes["waiting_since"] = NEVER
        if conversation.snoozed_until is not None:
            changes |= _wake(log)
    return changes


@transactional
def snooze(
    *, actor: Actor, conversation: Conversation, until: datetime | None, until_reply: bool = False
) -> Conversation:
    """Put it aside until a time, or until the customer answers; without either, take it back.

    A reply of the customer always ends it.

    Raises:
        Invalid: a time that has passed or is too far, or `not_for_rooms`. Denied: `closed`,
        `archived`. Conflict: `illegal_move` for what is resolved already.
    """
    with company_scope(conversation.company_id):
        conversation = reread(actor, conversation)
        refuse_rooms(conversation)
        authorize(actor, "conversation:snooze", conversation)
        refuse_read_only(conversation)
        log = Log(actor, conversation)
        target = _until(until, until_reply, log.now)
        if target == conversation.snoozed_until:
            return conversation
        if target is None:
            return log.save(_wake(log))
        if not conversation.is_active:
            raise Conflict("illegal_move", _("Only what is not resolved can be put aside."))
        log.append(ConversationSnoozed(conversation.id, moment(target)), Audience.STAFF)
        return log.save({"snoozed_until": target})


@transactional
def archive(*, actor: Actor, conversation: Conversation) -> Conversation:
    """Make it read-only and keep it out of the lists. Raises Denied."""
    return _set_archived(actor, conversation, True)


@transactional
def unarchive(*, actor: Actor, conversation: Conversation) -> Conversation:
    return _set_archived(actor, conversation, False)


@transactional
def delete_conversation(*, actor: Actor, conversation: Conversation) -> None:
    """Hide it from everybody; its number is not used again. Raises Denied."""
    with company_scope(conversation.company_id):
        conversation = reread(actor, conversation)
        authorize(actor, "conversation:delete", conversation)
        log = Log(actor, conversation)
        log.append(ConversationDeleted(conversation.id))
        log.save({"is_deleted": True, "deleted_at": log.now})
        forget_conversation(conversation)


@transactional
def wake_conversation(*, company_id: UUID, conversation_id: UUID) -> None:
    """Its time has come; who has put it aside anew meanwhile is left alone. Asks for no right."""
    with company_scope(company_id):
        due = Conversation.objects.waking(timezone.now()).locked().filter(pk=conversation_id)
        conversation: Conversation | None = due.first()
        if conversation is not None:
            log = Log(system_actor(company_id), conversation)
            log.save(_wake(log))


@transactional
def close_conversation(*, company_id: UUID, conversation_id: UUID) -> None:
    """The end of what was resolved long enough ago. Asks for no right."""
    with company_scope(company_id):
        company = Company.objects.get(pk=company_id)
        due = Conversation.objects.resolved_before(closing_limit(company)).locked()
        conversation: Conversation | None = due.filter(pk=conversation_id).first()
        if conversation is not None:
            log = Log(system_actor(company_id), conversation)
            log.save(enter_status(log, Status.CLOSED))


def closing_limit(company: Company) -> datetime:
    """What was resolved before this is closed."""
    days = company.setting("close_after_days")
    return timezone.now() - timedelta(days=cast(int, days))


def moves_of(actor: Actor, conversation: Conversation) -> tuple[Status, ...]:
    """Where this actor may take it from here."""
    if actor.kind in (ActorKind.SYSTEM, ActorKind.AUTOMATION):
        return SYSTEM_MOVES[conversation.status]
    table = CUSTOMER_MOVES if actor.role == Role.USER else MOVES
    return table[conversation.status]


def _refuse_illegal(actor: Actor, conversation: Conversation, status: str) -> None:
    allowed = moves_of(actor, conversation)
    if status not in allowed:
        facts = {"from": conversation.status, "to": status, "allowed": list(allowed)}
        raise Conflict("illegal_move", _("The current state does not allow this."), extra=facts)


def _until(until: datetime | None, until_reply: bool, now: datetime) -> datetime | None:
    if until is None:
        return NEVER if until_reply else None
    if not now < until <= now + LONGEST_SNOOZE:
        raise field_fault("until", "invalid", _("Give a time within the next year."))
    return until


def moment(at: datetime) -> str:
    """As every answer says a time."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def attend(log: Log) -> dict[str, Any]:
    """A customer waits: it is open, and awake. What of the row that changes."""
    row = log.conversation
    changes = enter_status(log, Status.OPEN) if row.status != Status.OPEN else {}
    return changes | (_wake(log) if row.snoozed_until is not None else {})


def _wake(log: Log) -> dict[str, Any]:
    log.append(ConversationSnoozed(log.conversation.id, None), Audience.STAFF)
    return {"snoozed_until": None}


def _set_archived(actor: Actor, conversation: Conversation, archived: bool) -> Conversation:
    with company_scope(conversation.company_id):
        conversation = reread(actor, conversation)
        if conversation.kind == Kind.DIRECT:
            # There is one for each two people, so they would have none.
            refuse_rooms(conversation)
        authorize(actor, "conversation:archive", conversation)
        if conversation.is_archived == archived:
            return conversation
        log = Log(actor, conversation)
        log.append(ConversationArchived(conversation.id, archived))
        return log.save({"is_archived": archived})
