"""What frames ask for, done in a thread: each opens the scope, acts as the person of now, and calls
one service or selector, as an endpoint of the API does.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils import timezone, translation
from rest_framework.exceptions import ValidationError

from accounts.services.profile import update_profile
from accounts.services.sessions import entered_session
from accounts.services.standing import enter
from companies.services import Rights
from conversations.api.serializers.inputs import NewMessage
from conversations.api.serializers.log import events_data, message_data
from conversations.api.serializers.rows import moment, summary, summary_rows
from conversations.models import Conversation
from conversations.realtime.people import Who
from conversations.realtime.reading import SLACK
from conversations.realtime.seeing import rights_now
from conversations.selectors import (
    MOST_EVENTS,
    Resync,
    counts_of,
    events_behind,
    head_of,
    inner_seq,
    refuse_position,
    visible_conversation,
)
from conversations.services import NewerReply, mark_read, mark_received, post_message
from tokdesk.common.actor import Actor
from tokdesk.common.api.field_errors import flatten, summary_code
from tokdesk.common.api.filters import WrongValue, read_time
from tokdesk.common.errors import Denied, Invalid, TokDeskError, Unavailable
from tokdesk.common.live.frames import BadFrame, Frame, encode
from tokdesk.common.policy import authorize
from tokdesk.common.roles import STAFF
from tokdesk.common.tenancy import company_scope

logger = logging.getLogger(__name__)

# An answer of more entries, or of more bytes, is left to pages.
LARGEST_ANSWER = 512 * 1024
# Of all logs that are asked for together.
MOST_ENTRIES = 1000
MOST_ROWS = 300


@contextmanager
def acting(who: Who) -> Iterator[Actor]:
    """The company's scope, and the actor as of now.

    Raises:
        Unauthenticated: the session has ended.
    """
    with acting_now(who) as (actor, _rights):
        yield actor


@contextmanager
def acting_now(who: Who) -> Iterator[tuple[Actor, Rights]]:
    """The same, with the rights that tell that it is now."""
    actor = who.sight.actor
    with company_scope(who.company_id), translation.override(actor.language or None):
        rights = rights_now(who.company_id)
        if rights.version != who.sight.version:
            actor = enter(entered_session(who.session_id), ip=actor.ip, user_agent=actor.user_agent)
            if actor.member_id != who.sight.member_id:
                raise Denied
        yield actor, rights


# Frames


@dataclass(frozen=True)
class Asked:
    """A log that somebody wants to follow, from a place of its lineage or from its head."""

    conversation_id: UUID
    seq: int | None
    epoch: str | None
    ref: Mapping[str, Any]


@dataclass(frozen=True)
class Opened:
    """A log as a new follower finds it; `place` is where its reader stands behind the answer.

    `bare` is the same answer for whom it would be too much: the entries are asked for by pages.
    """

    answer: Frame
    bare: Frame
    head: int
    public_head: int
    place: int


def open_logs(who: Who, asked: Sequence[Asked], with_news: bool = True) -> list[Opened | None]:
    """What happened in each after the client's position, as far as one answer holds it.

    None where it is out of this person's sight. However many they are, the queries are the same:
    after a cut everybody comes back at once, each with all that they follow.
    """
    with acting_now(who) as (actor, rights):
        authorize(actor, "conversation:view")
        ids = [each.conversation_id for each in asked]
        seen = Conversation.objects.visible_to(actor).filter(pk__in=ids).order_by()
        rows: dict[UUID, Conversation] = {row.pk: row for row in seen}
        pairs = [(each, rows.get(each.conversation_id)) for each in asked]
        news = _news(actor, pairs) if with_news else {}
        return [
            _opened(actor, each, rows[each.conversation_id], news, rights.epoch)
            if each.conversation_id in rows
            else None
            for each in asked
        ]


def _news(
    actor: Actor, asked: Sequence[tuple[Asked, Conversation | None]]
) -> dict[UUID, list[dict[str, Any]]]:
    """The entries that each has missed, where one answer may hold so many."""
    behind, room = {}, MOST_ENTRIES
    for each, row in asked:
        missed = head_of(actor, row) - each.seq if row and each.seq is not None else 0
        if each.seq is not None and 0 < missed <= min(MOST_EVENTS, room):
            behind[each.conversation_id] = each.seq
            room -= missed
    found: dict[UUID, list[dict[str, Any]]] = {}
    for told in events_data(actor, events_behind(actor, behind)):
        found.setdefault(UUID(told["conv"]), []).append(told)
    return found


def _opened(
    actor: Actor,
    asked: Asked,
    row: Conversation,
    news: Mapping[UUID, list[dict[str, Any]]],
    lineage: str,
) -> Opened:
    head = head_of(actor, row)
    named = {"conv": str(row.pk), "head": head, "epoch": lineage}
    position = head if asked.seq is None else asked.seq
    try:
        refuse_position(actor, row, position, asked.epoch, lineage)
    except Resync as error:
        answer = bare = encode("resync", **named, reason=error.extra["reason"], **asked.ref)
    else:
        events = news.get(row.pk, []) if position < head else []
        answer = _answer(events, head - position, named, asked.ref)
        bare = _answer([], head - position, named, asked.ref)
    return Opened(answer, bare, row.last_seq, row.last_public_seq, head)


def _answer(
    events: list[dict[str, Any]], missed: int, named: Mapping[str, Any], ref: Mapping[str, Any]
) -> Frame:
    # What was written since the row was read is told as it comes.
    events = events[:missed]
    if len(events) == missed:
        answer = encode("sub_ok", **named, recovered=True, events=events, **ref)
        if answer.size <= LARGEST_ANSWER:
            return answer
    return encode("sub_ok", **named, recovered=False, events=[], **ref)


def require_visible(who: Who, conversation_id: UUID) -> None:
    """Raises NotFound."""
    with acting(who) as actor:
        authorize(actor, "conversation:view")
        visible_conversation(actor, conversation_id)


@dataclass(frozen=True)
class OpenedInbox:
    """The answer, and where the logs stand that a customer knows by it."""

    answer: Frame
    known: Mapping[UUID, int] = field(default_factory=dict)


def open_inbox(
    who: Who, since: str | None, epoch: str | None, ref: Mapping[str, Any]
) -> OpenedInbox:
    """The numbers, and the rows that changed since the last time.

    Raises:
        BadFrame: `since` is no time.
    """
    with acting_now(who) as (actor, rights):
        authorize(actor, "conversation:view")
        now = timezone.now()
        lineage = rights.epoch
        if epoch is not None and epoch != lineage:
            answer = encode("resync", conv=None, reason="epoch", head=0, epoch=lineage, **ref)
            return OpenedInbox(answer)
        known = _known_to(actor)
        changed: list[Any] = []
        if since is not None:
            changed = list(_changed(actor, since)[: MOST_ROWS + 1])
        if len(changed) > MOST_ROWS:
            answer = encode("resync", conv=None, reason="pruned", head=0, epoch=lineage, **ref)
            return OpenedInbox(answer, known)
        answer = encode(
            "inbox_ok",
            counts=counts_of(actor),
            as_of=moment(now),
            epoch=lineage,
            changed=[summary(actor, row) for row in changed],
            **ref,
        )
        return OpenedInbox(answer, known)


def _known_to(actor: Actor) -> dict[UUID, int]:
    """Read before all else, so never newer than what this customer is told or asks for."""
    if actor.role in STAFF:
        return {}
    rows = Conversation.objects.visible_to(actor).order_by("-public_activity_at", "-id")
    return dict(rows.values_list("pk", "last_public_seq")[:MOST_ROWS])


def _changed(actor: Actor, since: str) -> Any:
    try:
        # Someone who began before may have committed after that time.
        after = read_time(since) - SLACK
    except (WrongValue, OverflowError) as error:
        raise BadFrame from error
    # Customers are not shown, by a row that comes, that something happened among the staff.
    name = "changed_at" if actor.role in STAFF else "public_activity_at"
    return summary_rows(actor).filter(**{f"{name}__gt": after}).order_by(name, "id")


def post(
    who: Who, conversation_id: UUID, client_id: UUID, values: Mapping[str, Any]
) -> dict[str, Any]:
    """Say something; what acknowledges it, after it is committed.

    Raises:
        TokDeskError: as the endpoint of messages does.
    """
    with acting(who) as actor:
        authorize(actor, "conversation:reply")
        data = _read_message(actor, client_id, values)
        try:
            posted = post_message(actor=actor, conversation_id=conversation_id, **data)
        except NewerReply as error:
            error.extra["message"] = message_data(actor, error.message)
            raise
        message = posted.message
        return {
            "conv": str(conversation_id),
            "id": str(message.pk),
            "seq": message.seq if actor.role in STAFF else message.public_seq,
            "ts": moment(message.created_at),
        }


def _read_message(actor: Actor, client_id: UUID, values: Mapping[str, Any]) -> dict[str, Any]:
    given = {**values, "client_id": str(client_id)}
    reader = NewMessage(data=given, context={"actor": actor})
    try:
        reader.is_valid(raise_exception=True)
    except ValidationError as error:
        faults = flatten(error)
        raise Invalid(summary_code(faults), fields=faults) from error
    read: dict[str, Any] = reader.validated_data
    return read


def set_availability(who: Who, state: str) -> None:
    with acting(who) as actor:
        update_profile(actor=actor, changes={"availability": state})


@dataclass(frozen=True)
class Progress:
    """How far somebody has come in a conversation, in their numbering; None: nothing new."""

    who: Who
    conversation_id: UUID
    read: int | None
    received: int | None


def store_pointers(work: Sequence[Progress]) -> list[Progress]:
    """Keep how far people have come; who does not see a conversation any more has not.

    Returns what could not be stored now.
    """
    failed = []
    for each in work:
        try:
            _store_pointer(each)
        except Exception as error:
            if isinstance(error, TokDeskError) and not isinstance(error, Unavailable):
                logger.info("a pointer was not stored", extra={"code": error.code})
                continue
            logger.warning("a pointer could not be stored: %s", type(error).__name__)
            failed.append(each)
    return failed


def _store_pointer(progress: Progress) -> None:
    with acting(progress.who) as actor:
        conversation = visible_conversation(actor, progress.conversation_id)
        if progress.received is not None:
            seq = inner_seq(actor, conversation, progress.received)
            mark_received(actor=actor, conversation=conversation, seq=seq)
        if progress.read is not None:
            seq = inner_seq(actor, conversation, progress.read)
            mark_read(actor=actor, conversation=conversation, seq=seq)
