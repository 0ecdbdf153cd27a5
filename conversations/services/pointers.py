"""How far somebody has read: pointers that only move forward, and the mark that takes one back."""

from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from conversations.choices import ParticipantKind
from conversations.models import Conversation, Message, Participant
from conversations.querysets import sees_notes
from tokdesk.common.actor import Actor
from tokdesk.common.db import RetryTransaction, on_commit, transactional, try_insert
from tokdesk.common.errors import Denied
from tokdesk.common.live.hints import announce
from tokdesk.common.policy import authorize
from tokdesk.common.tenancy import company_scope


@dataclass(frozen=True)
class Pointer:
    """Where a person stands in a log (`seq`), and how many messages are left to read."""

    conversation_id: UUID
    seq: int
    unread: int

    @property
    def pk(self) -> UUID:
        return self.conversation_id


@transactional
def mark_read(*, actor: Actor, conversation: Conversation, seq: int) -> Pointer:
    """Everything up to `seq` was read; never back, never beyond the log's head. Clears the mark."""
    with company_scope(conversation.company_id):
        participant = own_participant(actor, conversation)
        reached = participant.read_seq
        target = max(reached, min(seq, conversation.last_seq))
        count = _count_until(actor, conversation, target)
        rows = Participant.objects.filter(pk=participant.pk)
        rows.filter(read_seq__lte=target).update(
            read_seq=target, read_count=count, unread_from=None
        )
        participant.refresh_from_db()
        if target > reached:
            _tell(conversation, participant, "read", seq=target, before=reached)
        _tell(conversation, participant, "own")
        return pointer_of(actor, conversation, participant)


@transactional
def mark_unread(*, actor: Actor, conversation: Conversation, seq: int) -> Pointer:
    """Show what stands at `seq` and later as unread too, until it is read again."""
    with company_scope(conversation.company_id):
        participant = own_participant(actor, conversation)
        participant.unread_from = max(1, min(seq, conversation.last_seq))
        # Never more than was read: a mark further on must not read what stands before it.
        before = _count_until(actor, conversation, participant.unread_from - 1)
        participant.unread_from_count = min(participant.read_count, before)
        participant.save(update_fields=["unread_from", "unread_from_count"])
        _tell(conversation, participant, "own")
        return pointer_of(actor, conversation, participant)


@transactional
def mark_received(*, actor: Actor, conversation: Conversation, seq: int) -> None:
    """Everything up to `seq` has reached a device of this person; never back."""
    with company_scope(conversation.company_id):
        participant = own_participant(actor, conversation)
        target = min(seq, conversation.last_seq)
        rows = Participant.objects.filter(pk=participant.pk, received_seq__lt=target)
        rows.update(received_seq=target)


def own_pointer(actor: Actor, conversation: Conversation) -> Pointer:
    """Where this actor is now."""
    return pointer_of(actor, conversation, own_participant(actor, conversation))


def own_participant(actor: Actor, conversation: Conversation) -> Participant:
    """The actor's row in this conversation; who has only looked gets one that shows nowhere.

    Raises:
        Denied: the actor is no person of the company.
    """
    authorize(actor, "conversation:view", conversation)
    if actor.member_id is None:
        raise Denied(permission="conversation:view", obj=conversation)
    rows = Participant.objects.of_conversation(conversation).of_member(actor.member_id)
    known: Participant | None = rows.first()
    if known is None:
        return new_participant(conversation, actor.member_id, ParticipantKind.READER)
    return known


def new_participant(
    conversation: Conversation, member_id: UUID, kind: str, **values: Any
) -> Participant:
    """The first row of this person.

    Raises:
        RetryTransaction: they got one this moment, since looking in writes one without a lock.
    """
    row = Participant(
        company_id=conversation.company_id,
        conversation=conversation,
        member_id=member_id,
        kind=kind,
        **values,
    )
    if not try_insert(row):
        raise RetryTransaction
    return row


def advance_to_own(actor: Actor, conversation: Conversation, message: Message) -> None:
    """Who says something has read what was said before, and wants to hear how it goes on."""
    if actor.member_id is None:
        return
    values: dict[str, Any] = {
        "read_seq": message.seq,
        "read_count": _count_of(actor, message),
        "unread_from": None,
        "is_following": True,
    }
    rows = Participant.objects.of_conversation(conversation).of_member(actor.member_id)
    if rows.update(**values) == 0:
        new_participant(conversation, actor.member_id, ParticipantKind.READER, **values)


def _unread(actor: Actor, conversation: Conversation, participant: Participant) -> int:
    """How many messages that this actor may see are not read yet."""
    whole = sees_notes(actor)
    total = conversation.message_count if whole else conversation.public_message_count
    return max(0, total - participant.seen_count)


def pointer_of(actor: Actor, conversation: Conversation, participant: Participant) -> Pointer:
    """Where the mark is, or else how far this person has read."""
    seq = participant.read_seq if participant.unread_from is None else participant.unread_from
    return Pointer(conversation.pk, seq, _unread(actor, conversation, participant))


def _count_until(actor: Actor, conversation: Conversation, seq: int) -> int:
    """How many messages for this actor stand at or before `seq`."""
    rows = Message.objects.of_conversation(conversation).filter(seq__lte=seq)
    last: Message | None = rows.order_by("-seq").first()
    return _count_of(actor, last) if last else 0


def _count_of(actor: Actor, message: Message) -> int:
    return message.position if sees_notes(actor) else message.public_position


def _tell(conversation: Conversation, participant: Participant, kind: str, **facts: int) -> None:
    """After commit, to live sockets: how far they are (`read`), or that their own row changed."""
    message = {
        "k": kind,
        "conv": conversation.pk.hex,
        "member": participant.member_id.hex,
        **facts,
    }
    on_commit(partial(announce, conversation.company_id, message))
