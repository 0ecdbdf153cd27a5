"""One deed on many conversations: asked for at once, done one by one, and taken back.

Each conversation is changed by the service that changes a single one, as the person who asked and
with that person's rights of the moment; it commits together with the count, so a worker that dies
goes on where it was.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.models import Membership
from accounts.services.standing import absent_actor
from conversations.choices import BulkAction, BulkState
from conversations.events import BulkRequested
from conversations.models import BulkJob, Conversation
from conversations.querysets import folded
from conversations.services.assigning import assign
from conversations.services.editing import update_conversation
from conversations.services.moves import archive, change_status, snooze, unarchive
from conversations.services.pointers import mark_read
from conversations.services.undoing import department_of, state_of, take_back, time_of, within_reach
from tokdesk.common.actor import Actor
from tokdesk.common.db import run_in_transaction, transactional
from tokdesk.common.errors import Conflict, Denied, Invalid, NotFound, TokDeskError
from tokdesk.common.events import publish
from tokdesk.common.policy import authorize
from tokdesk.common.tenancy import company_scope

# So long a deed can be taken back.
UNDO_WINDOW = timedelta(hours=1)
CODES = {
    BulkAction.ASSIGN: "conversation:assign",
    BulkAction.STATUS: "conversation:status",
    BulkAction.PRIORITY: "conversation:priority",
    BulkAction.DEPARTMENT: "conversation:assign",
    BulkAction.TAG: "conversation:tag",
    BulkAction.UNTAG: "conversation:tag",
    BulkAction.SNOOZE: "conversation:snooze",
    BulkAction.ARCHIVE: "conversation:archive",
    BulkAction.UNARCHIVE: "conversation:archive",
    BulkAction.READ: "conversation:view",
}
FINAL = (BulkState.DONE, BulkState.UNDONE)


@transactional
def request_bulk(*, actor: Actor, action: str, value: Any, ids: Sequence[UUID]) -> BulkJob:
    """Ask for the deed; a worker does it. `value` is plain data: ids, names, times as text.

    Raises:
        Denied: a right that this actor never has.
    """
    if actor.company_id is None or actor.member_id is None:
        raise Denied(permission=CODES[BulkAction(action)])
    with company_scope(actor.company_id):
        authorize(actor, CODES[BulkAction(action)])
        job = BulkJob.objects.create(
            company_id=actor.company_id,
            member_id=actor.member_id,
            action=action,
            value=value,
            ids=[str(each) for each in ids],
        )
        _announce(actor, job)
        return job  # type: ignore[no-any-return]


@transactional
def request_undo(*, actor: Actor, job: BulkJob) -> BulkJob:
    """Take the deed back, wherever nobody has changed the same thing since.

    Raises:
        Conflict: `illegal_move`: it is not done yet, or never can be. `too_late`.
    """
    with company_scope(job.company_id):
        job = BulkJob.objects.visible_to(actor).fresh(job)
        if job.state in (BulkState.UNDOING, BulkState.UNDONE):
            return job
        if job.state != BulkState.DONE or job.action == BulkAction.READ:
            raise Conflict("illegal_move", gettext_lazy("This cannot be taken back now."))
        if job.finished_at is None or timezone.now() - job.finished_at > UNDO_WINDOW:
            raise Conflict("too_late", gettext_lazy("This was done too long ago."))
        job.state = BulkState.UNDOING
        job.save(update_fields=["state"])
        _announce(actor, job)
        return job


def work_off(*, company_id: UUID, job_id: UUID) -> None:
    """Do what is left of it. Asks for no right: each single step does."""
    with company_scope(company_id):
        while run_in_transaction(lambda: _step(job_id)):
            pass


def _step(job_id: UUID) -> bool:
    """The next conversation; False when there is none left."""
    job: BulkJob | None = BulkJob.objects.locked().filter(pk=job_id).first()
    if job is None or job.state in FINAL:
        return False
    if job.state == BulkState.UNDOING:
        return _undo_step(job)
    if job.done == job.total:
        return _finish(job, BulkState.DONE)
    conversation_id = job.ids[job.done]
    before = _try(job, conversation_id, lambda actor, row: _do(actor, row, job.action, job.value))
    job.before.append(before)
    job.done += 1
    job.save(update_fields=["before", "failures", "done"])
    return True


def _undo_step(job: BulkJob) -> bool:
    if job.undone == job.total:
        return _finish(job, BulkState.UNDONE)
    told, action = job.before[job.undone], job.action

    def back(actor: Actor, row: Conversation) -> None:
        take_back(actor=actor, conversation=row, action=action, told=told)

    if told is not None:
        _try(job, job.ids[job.undone], back)
    job.undone += 1
    job.save(update_fields=["failures", "undone"])
    return True


def _finish(job: BulkJob, state: BulkState) -> bool:
    job.state = state
    job.finished_at = timezone.now()
    job.save(update_fields=["state", "finished_at"])
    return False


def _try(job: BulkJob, conversation_id: str, deed: Any) -> Any:
    """What the deed answers, or None and a failure written down; nothing of it stays then."""
    try:
        return run_in_transaction(lambda: deed(*_seen(job, conversation_id)))
    except TokDeskError as error:
        job.failures = [*job.failures, {"id": conversation_id, **_fault_of(error)}]
        return None


def _fault_of(error: TokDeskError) -> dict[str, str]:
    """Of a wrong value what is wrong with it: nobody sees here which field it was."""
    faults = list(error.fields.values()) if isinstance(error, Invalid) else []
    told = faults[0][0] if faults else error
    return {"code": told.code, "detail": str(told.detail)}


def _seen(job: BulkJob, conversation_id: str) -> tuple[Actor, Conversation]:
    """Who does it, and what to, locked, so that it is noted as it was until the deed.

    Raises:
        Denied: access was withdrawn. NotFound: out of their sight.
    """
    actor = _actor_of(job)
    is_back = job.state == BulkState.UNDOING
    rows = within_reach(actor, job.action) if is_back else Conversation.objects.visible_to(actor)
    found: Conversation | None = rows.locked().filter(pk=conversation_id).first()
    if found is None:
        raise NotFound
    return actor, found


def _actor_of(job: BulkJob) -> Actor:
    """Who asked for it, with the rights of now. Raises Denied: access was withdrawn."""
    actor = absent_actor(job.member_id, request_id=f"bulk-{job.id}")
    if actor is None:
        raise Denied(permission=CODES[BulkAction(job.action)])
    return actor


def _do(actor: Actor, row: Conversation, action: str, value: Any) -> dict[str, Any] | None:
    """Do it to one; what it was like before, and is now, to take it back by; None: as it was."""
    before = state_of(row, action)
    match BulkAction(action):
        case BulkAction.ASSIGN:
            row = assign(actor=actor, conversation=row, assignee=_member(value))
        case BulkAction.STATUS:
            row = change_status(actor=actor, conversation=row, status=value)
        case BulkAction.SNOOZE:
            row = snooze(actor=actor, conversation=row, until=time_of(value))
        case BulkAction.ARCHIVE:
            row = archive(actor=actor, conversation=row)
        case BulkAction.UNARCHIVE:
            row = unarchive(actor=actor, conversation=row)
        case BulkAction.READ:
            mark_read(actor=actor, conversation=row, seq=row.last_seq)
            return None
        case _:
            changes = _changes(row, action, value)
            row = update_conversation(actor=actor, conversation=row, changes=changes)
    after = state_of(row, action)
    return None if before == after else {"before": before, "after": after}


def _changes(row: Conversation, action: str, value: Any) -> dict[str, Any]:
    match BulkAction(action):
        case BulkAction.TAG:
            return {"tags": [*row.tags, *value]}
        case BulkAction.UNTAG:
            gone = {folded(name) for name in value}
            return {"tags": [name for name in row.tags if folded(name) not in gone]}
        case BulkAction.DEPARTMENT:
            return {"department": department_of(value)}
        case _:
            return {action: value}


def _member(member_id: str | None) -> Membership | None:
    if member_id is None:
        return None
    found: Membership | None = Membership.objects.filter(pk=member_id).first()
    if found is None:
        raise NotFound
    return found


def _announce(actor: Actor, job: BulkJob) -> None:
    fact = BulkRequested(job.id)
    publish(fact, actor=actor, company_id=job.company_id, stream=f"bulk:{job.id}")
