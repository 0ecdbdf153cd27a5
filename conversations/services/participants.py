"""Who is in a conversation, who follows it, and who does not want to hear of it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from conversations.choices import Kind, ParticipantKind
from conversations.events import ParticipantAdded, ParticipantRemoved
from conversations.models import Conversation, Participant
from conversations.services.log import Log, reread
from conversations.services.pointers import new_participant, own_participant
from conversations.services.refusals import field_fault, refuse_read_only
from tokdesk.common.actor import Actor
from tokdesk.common.db import transactional
from tokdesk.common.errors import Invalid, NotFound
from tokdesk.common.models.event import Audience
from tokdesk.common.policy import authorize
from tokdesk.common.roles import STAFF
from tokdesk.common.tenancy import company_scope


@dataclass(frozen=True)
class Seat:
    """Somebody who is in the conversation now, and whether this call brought them in."""

    participant: Participant
    is_new: bool

    @property
    def pk(self) -> UUID:
        return self.participant.pk


@transactional
def add_participant(
    *, actor: Actor, conversation: Conversation, member: Membership, kind: str | None = None
) -> Seat:
    """Bring somebody in: customers are copied on what customers wrote, staff as agents or members.

    Who comes into a room reads what was said there before.

    Raises:
        Denied: customers bring in nobody; `closed`, `archived`. Invalid: who has no access, who
        cannot be in such a conversation, or a kind that does not fit; `not_for_rooms` for rooms
        whose people come from elsewhere.
    """
    with company_scope(conversation.company_id):
        conversation = reread(actor, conversation)
        _authorize(actor, conversation)
        refuse_read_only(conversation)
        member = _active(member)
        kind = _fitting(conversation, member, kind)
        rows = Participant.objects.of_conversation(conversation).of_member(member.pk)
        known: Participant | None = rows.select_related("member").locked().first()
        if known is not None and known.is_invited:
            return Seat(known, is_new=False)
        seat = _seat(conversation, member, kind, known)
        log = Log(actor, conversation)
        log.append(ParticipantAdded(conversation.id, member.pk, kind), _audience(kind))
        log.save()
        return Seat(seat, is_new=True)


@transactional
def remove_participant(*, actor: Actor, conversation: Conversation, member_id: UUID) -> None:
    """Let somebody go; oneself one may always let go of a group.

    Raises:
        Denied, also `closed` and `archived`. NotFound: nobody of that name is in it. Invalid: the
        customer whose conversation it is, whoever has it, or one of a direct room.
    """
    with company_scope(conversation.company_id):
        conversation = reread(actor, conversation)
        if member_id != actor.member_id or not conversation.is_room:
            _authorize(actor, conversation)
        refuse_read_only(conversation)
        rows = Participant.objects.of_conversation(conversation).of_member(member_id)
        known: Participant | None = rows.invited().locked().first()
        if known is None:
            raise NotFound
        is_theirs = known.kind == ParticipantKind.CUSTOMER or conversation.assignee_id == member_id
        if is_theirs or conversation.kind == Kind.DIRECT:
            raise Invalid("not_removable", _("This person belongs to the conversation."))
        # What they have read stays: it is no business of their presence.
        rows.update(kind=ParticipantKind.READER, is_following=False)
        log = Log(actor, conversation)
        fact = ParticipantRemoved(conversation.id, member_id, known.kind)
        log.append(fact, _audience(known.kind))
        log.save()


@transactional
def set_following(*, actor: Actor, conversation: Conversation, following: bool) -> Conversation:
    """Whether one hears of it without being in it."""
    return _set_own(actor, conversation, is_following=following)


@transactional
def set_muted(*, actor: Actor, conversation: Conversation, muted: bool) -> Conversation:
    """Whether one hears nothing of it although one is in it."""
    return _set_own(actor, conversation, is_muted=muted)


def _set_own(actor: Actor, conversation: Conversation, **values: Any) -> Conversation:
    with company_scope(conversation.company_id):
        participant = own_participant(actor, conversation)
        Participant.objects.filter(pk=participant.pk).update(**values)
        return conversation


def _authorize(actor: Actor, conversation: Conversation) -> None:
    """Staff bring people in where they may answer. Raises Denied, Invalid."""
    authorize(actor, "conversation:note", conversation)
    if conversation.kind in (Kind.DIRECT, Kind.DEPARTMENT, Kind.COMPANY):
        raise Invalid("not_for_rooms", _("The people of this room come from elsewhere."))


def _active(member: Membership) -> Membership:
    now: Membership | None = Membership.objects.active().filter(pk=member.pk).first()
    if now is None:
        raise field_fault("member", "invalid", _("This person has no access now."))
    return now


def _fitting(conversation: Conversation, member: Membership, kind: str | None) -> str:
    """As what this person can be in it. Raises Invalid."""
    if conversation.is_room:
        usual = ParticipantKind.MEMBER
        fits = member.role in STAFF
    else:
        usual = ParticipantKind.AGENT if member.role in STAFF else ParticipantKind.CC
        fits = True
    if not fits:
        raise field_fault("member", "not_staff", _("Only staff can be in a room."))
    if kind not in (None, usual):
        raise field_fault("kind", "invalid", _("This person can be in it in another way only."))
    return usual


def _seat(
    conversation: Conversation, member: Membership, kind: str, known: Participant | None
) -> Participant:
    if known is None:
        return new_participant(conversation, member.pk, kind, is_following=True)
    known.kind, known.is_following = kind, True
    known.save(update_fields=["kind", "is_following"])
    return known


def _audience(kind: str) -> Audience:
    """Customers hear of customers; that staff talk among themselves is theirs."""
    is_customers = kind in (ParticipantKind.CUSTOMER, ParticipantKind.CC)
    return Audience.ALL if is_customers else Audience.STAFF
