"""How a deed on many conversations is taken back from one of them, by what that was like before.

Whoever did it may take it back where it gave away their sight of the conversation, or gave them
what they could not give to its former holder; all other rights are those of the moment.
"""

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from conversations.choices import NEVER, PRIORITIES, BulkAction, Status
from conversations.events import ConversationWaits
from conversations.models import Conversation
from conversations.services.assigning import give, working
from conversations.services.editing import move_to_department, update_conversation
from conversations.services.log import Log
from conversations.services.moves import archive, change_status, moment, snooze, unarchive
from conversations.services.refusals import refuse_read_only
from departments.models import Department
from tokdesk.common.actor import Actor
from tokdesk.common.errors import Conflict, NotFound
from tokdesk.common.models.event import Audience
from tokdesk.common.policy import authorize

# These can take a conversation out of the sight of whoever does them.
HIDING = (BulkAction.ASSIGN, BulkAction.DEPARTMENT)


def state_of(conversation: Conversation, action: str) -> Any:
    """What the deed changes, as plain data."""
    match BulkAction(action):
        case BulkAction.ASSIGN:
            return conversation.assignee_id and str(conversation.assignee_id)
        case BulkAction.STATUS:
            return _standing(conversation)
        case BulkAction.PRIORITY:
            return next(name for name, each in PRIORITIES.items() if each == conversation.priority)
        case BulkAction.DEPARTMENT:
            return conversation.department_id and str(conversation.department_id)
        case BulkAction.TAG | BulkAction.UNTAG:
            return conversation.tags
        case BulkAction.SNOOZE:
            return _text(conversation.snoozed_until)
        case BulkAction.ARCHIVE | BulkAction.UNARCHIVE:
            return conversation.is_archived
        case BulkAction.READ:
            return None


def within_reach(actor: Actor, action: str) -> Any:
    """What this actor may take such a deed back from; `take_back` looks after the sight of it."""
    rows = Conversation.objects
    return rows.all() if action in HIDING else rows.visible_to(actor)


def take_back(
    *, actor: Actor, conversation: Conversation, action: str, told: dict[str, Any]
) -> None:
    """Make it as `told` says that it was before; the row is locked, and a failure leaves nothing.

    Raises:
        Conflict: `changed_since`. NotFound: out of this actor's sight, and not by the deed. Denied,
        Invalid: as the service that does the same.
    """
    if not _is_as_left(state_of(conversation, action), action, told):
        raise Conflict("changed_since", _("Somebody has changed this since."))
    was_seen = _sees(actor, conversation)
    _restore(actor, conversation, action, told["before"])
    if not was_seen and not _sees(actor, conversation):
        raise NotFound


def department_of(department_id: str) -> Department:
    """Raises NotFound: it was archived."""
    found: Department | None = Department.objects.filter(pk=department_id).first()
    if found is None:
        raise NotFound
    return found


def _restore(actor: Actor, conversation: Conversation, action: str, old: Any) -> None:
    match BulkAction(action):
        case BulkAction.ASSIGN:
            _give_back(actor, conversation, old)
        case BulkAction.DEPARTMENT:
            _move_back(actor, conversation, old)
        case BulkAction.STATUS:
            _stand_again(actor, conversation, old)
        case BulkAction.SNOOZE:
            _sleep_again(actor, conversation, old)
        case BulkAction.ARCHIVE | BulkAction.UNARCHIVE:
            back = archive if old else unarchive
            back(actor=actor, conversation=conversation)
        case BulkAction.PRIORITY:
            update_conversation(actor=actor, conversation=conversation, changes={action: old})
        case _:
            update_conversation(actor=actor, conversation=conversation, changes={"tags": old})


def _sees(actor: Actor, conversation: Conversation) -> bool:
    return bool(Conversation.objects.visible_to(actor).filter(pk=conversation.pk).exists())


def _is_as_left(now: Any, action: str, told: dict[str, Any]) -> bool:
    """Only the way to and from resolved touches more than the status, so only there more counts."""
    before, after = told["before"], told["after"]
    if action != BulkAction.STATUS or Status.RESOLVED in (before["status"], after["status"]):
        return bool(now == after)
    return bool(now["status"] == after["status"])


def _standing(conversation: Conversation) -> dict[str, Any]:
    """The status and what goes along with it.

    How much was said tells whether the customer got an answer while nobody waited.
    """
    return {
        "status": conversation.status,
        "waiting_since": _text(conversation.waiting_since),
        "snoozed_until": _text(conversation.snoozed_until),
        "said": conversation.public_message_count,
    }


def _give_back(actor: Actor, conversation: Conversation, member_id: str | None) -> None:
    """To whoever had it, also where this actor could give them nothing else."""
    authorize(actor, "conversation:assign", conversation)
    refuse_read_only(conversation)
    give(Log(actor, conversation), working(UUID(member_id) if member_id else None))


def _move_back(actor: Actor, conversation: Conversation, department_id: str) -> None:
    authorize(actor, "conversation:assign", conversation)
    refuse_read_only(conversation)
    log = Log(actor, conversation)
    log.save(move_to_department(log, department_of(department_id)))


def _stand_again(actor: Actor, conversation: Conversation, old: dict[str, Any]) -> None:
    """Whoever waited goes on waiting as if it had never been resolved."""
    # From resolved every way back leads through open.
    row = change_status(actor=actor, conversation=conversation, status=Status.OPEN)
    row = change_status(actor=actor, conversation=row, status=old["status"])
    if conversation.status == Status.RESOLVED:
        _wait_again(Log(actor, row), cast(datetime, time_of(old["waiting_since"])))
        _sleep_again(actor, row, old["snoozed_until"])


def _wait_again(log: Log, since: datetime) -> None:
    if since != log.conversation.waiting_since:
        told = None if since == NEVER else moment(since)
        log.append(ConversationWaits(log.conversation.id, told), Audience.STAFF)
        log.save({"waiting_since": since})


def _sleep_again(actor: Actor, conversation: Conversation, text: str | None) -> None:
    """Until the time that was set before; what would have woken by now is awake."""
    until = time_of(text)
    if until == NEVER:
        snooze(actor=actor, conversation=conversation, until=None, until_reply=True)
        return
    is_due = until is None or until <= timezone.now()
    snooze(actor=actor, conversation=conversation, until=None if is_due else until)


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def time_of(text: str | None) -> datetime | None:
    return parse_datetime(text) if text else None
