"""Conversations begun: by a customer, for a customer, or as a room."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from companies.models import CompanyState
from conversations.choices import (
    PRIORITIES,
    Channel,
    Kind,
    ParticipantKind,
    Priority,
    Status,
    Visibility,
)
from conversations.doors import every_conversation
from conversations.events import ConversationCreated
from conversations.models import Conversation, Message, Participant
from conversations.services.hashing import request_hash
from conversations.services.indexing import index_conversation
from conversations.services.log import Log
from conversations.services.messages import (
    Post,
    Text,
    add_message,
    content_hash,
    post_message,
    text_of,
)
from conversations.services.placing import department_for, people_of
from conversations.services.refusals import field_fault, not_here
from conversations.services.tagging import link_tags
from departments.models import Department
from tokdesk.common.actor import Actor
from tokdesk.common.db import transactional
from tokdesk.common.errors import Conflict, Denied, NotFound
from tokdesk.common.ids import new_id
from tokdesk.common.policy import authorize
from tokdesk.common.roles import STAFF, Role
from tokdesk.common.tenancy import company_scope

CREATE_CODES = {
    Kind.CUSTOMER: "conversation:create",
    Kind.DIRECT: "room:create_direct",
    Kind.GROUP: "room:create_group",
    Kind.DEPARTMENT: "room:create_department",
    Kind.COMPANY: "room:create_company",
}


@dataclass(frozen=True)
class FirstMessage:
    """What a conversation begins with."""

    body: str
    visibility: str = Visibility.PUBLIC
    # Ids of uploads; each belongs to a conversation that is there already, so none can be right.
    attachments: Sequence[UUID] = ()

    def content(self) -> list[str]:
        return [self.body, self.visibility, *map(str, self.attachments)]


@dataclass(frozen=True)
class Opening:
    """What somebody asks for who begins a conversation; nothing of it is checked yet."""

    kind: str = Kind.CUSTOMER
    client_id: UUID | None = None
    subject: str = ""
    department: Department | None = None
    customer: Membership | None = None
    priority: str | None = None
    tags: Sequence[str] = ()
    participants: Sequence[Membership] = ()
    follow_up_of: Conversation | None = None
    message: FirstMessage | None = None
    channel: str = Channel.API

    def request_hash(self) -> str:
        """The same again has the same."""
        return request_hash(
            {
                "kind": self.kind,
                "subject": self.subject,
                "department": self.department and self.department.pk,
                "customer": self.customer and self.customer.pk,
                "priority": self.priority,
                "tags": sorted(self.tags),
                "participants": sorted(str(each.pk) for each in self.participants),
                "follow_up_of": self.follow_up_of and self.follow_up_of.pk,
                "message": self.message and self.message.content(),
            }
        )


@dataclass(frozen=True)
class Opened:
    """The conversation, and whether this call made it."""

    conversation: Conversation
    is_new: bool

    @property
    def pk(self) -> UUID:
        return self.conversation.pk


@dataclass
class Cast:
    """Who is in a new conversation, by the person: as what."""

    kinds: dict[UUID, str] = field(default_factory=dict)

    def add(self, member_id: UUID | None, kind: str) -> None:
        if member_id is not None:
            self.kinds.setdefault(member_id, kind)


def open_conversation(*, actor: Actor, opening: Opening) -> Opened:
    """Begin a conversation, with its first message where there is one.

    The same `client_id` of the same author again is the same conversation, and so is a direct room
    of the same two people.

    Raises:
        Denied: a right for this kind, for a priority, tags or a note is missing. Invalid: it lacks
        a customer, a department or people, or has some it cannot have, files among them. Conflict:
        `client_id_reused`.
    """
    if actor.company_id is None:
        raise Denied(permission="conversation:create")
    text = text_of(opening.message.body) if opening.message else None
    return _open(actor, actor.company_id, opening, text)


@transactional
def _open(actor: Actor, company_id: UUID, opening: Opening, text: Text | None) -> Opened:
    with company_scope(company_id):
        # Held to the end: numbers are given one after another, and a repeat finds the first.
        state = CompanyState.objects.locked().get(company_id=company_id)
        known = _begun_before(actor, opening)
        if known is not None:
            return Opened(known, is_new=False)
        _authorize(actor, opening)
        row = _new(actor, company_id, opening)
        cast = _cast(actor, opening, row)
        known = _same_pair(row)
        if known is not None:
            _say_there(actor, known, opening)
            return Opened(known, is_new=False)
        _refuse_said_elsewhere(actor, opening)
        if not row.is_room:
            row.number = state.next_number
            CompanyState.objects.filter(pk=state.pk).update(next_number=F("next_number") + 1)
        row.save(force_insert=True)
        _seat(row, cast)
        index_conversation(row)
        _begin_log(actor, row, opening, text)
        return Opened(row, is_new=True)


def _begun_before(actor: Actor, opening: Opening) -> Conversation | None:
    """Raises Conflict: `client_id_reused`. NotFound: what it made was deleted."""
    if opening.client_id is None or actor.member_id is None or actor.company_id is None:
        return None
    rows = every_conversation(actor.company_id).with_people()
    mine = rows.filter(created_by_id=actor.member_id, client_id=opening.client_id)
    known: Conversation | None = mine.first()
    if known is not None and known.request_hash != opening.request_hash():
        raise _client_id_reused()
    if known is not None and known.is_deleted:
        raise NotFound
    return known


def _authorize(actor: Actor, opening: Opening) -> None:
    authorize(actor, CREATE_CODES[Kind(opening.kind)])
    if opening.priority is not None:
        authorize(actor, "conversation:priority")
    if opening.tags:
        authorize(actor, "conversation:tag")
    if opening.message and opening.message.visibility == Visibility.NOTE:
        authorize(actor, "conversation:note")


def _new(actor: Actor, company_id: UUID, opening: Opening) -> Conversation:
    is_customers = opening.kind == Kind.CUSTOMER
    _refuse_misfits(opening)
    row = Conversation(
        id=new_id(),
        company_id=company_id,
        kind=opening.kind,
        subject=opening.subject,
        channel=opening.channel if is_customers else Channel.INTERNAL,
        priority=PRIORITIES[opening.priority] if opening.priority else Priority.NORMAL,
        status=Status.OPEN if is_customers else "",
        created_by_id=actor.member_id,
        client_id=opening.client_id,
        request_hash=opening.request_hash() if opening.client_id else "",
        follow_up_of=opening.follow_up_of,
    )
    row.customer = _customer(actor, opening) if is_customers else None
    row.department = department_for(actor, opening.kind, opening.department)
    return row


def _refuse_misfits(opening: Opening) -> None:
    """What nothing new, and what a room cannot have. Raises Invalid."""
    if opening.message and opening.message.attachments:
        raise not_here("message.attachments")
    if opening.kind == Kind.CUSTOMER:
        return
    asked = {
        "customer": opening.customer,
        "priority": opening.priority,
        "tags": opening.tags,
        "follow_up_of": opening.follow_up_of,
    }
    for name, value in asked.items():
        if value:
            raise field_fault(name, "not_for_rooms", _("A room has no such thing."))


def _customer(actor: Actor, opening: Opening) -> Membership:
    """Whom it is about: customers speak for themselves. Raises Invalid."""
    customer = opening.customer
    if actor.role == Role.USER:
        customer = Membership.objects.get(pk=actor.member_id)
    if customer is None:
        raise field_fault("customer", "required", _("Say which customer it is about."))
    if customer.role != Role.USER:
        raise field_fault("customer", "invalid", _("This person is not a customer."))
    before = opening.follow_up_of
    if before is not None and before.customer_id != customer.pk:
        raise field_fault("follow_up_of", "invalid", _("A follow-up is about the same customer."))
    return customer


def _cast(actor: Actor, opening: Opening, row: Conversation) -> Cast:
    """Who is in it. Raises Invalid: people who cannot be in such a conversation."""
    cast = Cast()
    people = people_of(actor, opening.kind, opening.participants)
    if row.is_room:
        cast.add(actor.member_id, ParticipantKind.MEMBER)
        for member in people:
            cast.add(member.pk, ParticipantKind.MEMBER)
        _refuse_wrong_number(opening.kind, len(cast.kinds))
        if opening.kind == Kind.DIRECT:
            row.pair_key = ":".join(sorted(each.hex for each in cast.kinds))
        return cast
    cast.add(row.customer_id, ParticipantKind.CUSTOMER)
    for member in people:
        is_customer = member.role == Role.USER
        cast.add(member.pk, ParticipantKind.CC if is_customer else ParticipantKind.AGENT)
    if actor.role in STAFF:
        # Who opens one for another department keeps it in sight.
        cast.add(actor.member_id, ParticipantKind.AGENT)
    return cast


def _refuse_wrong_number(kind: str, people: int) -> None:
    if kind == Kind.DIRECT and people != 2:
        raise field_fault("participants", "invalid", _("A direct room has one other person."))
    if kind == Kind.GROUP and people < 2:
        raise field_fault("participants", "required", _("Say who is in the group."))


def _same_pair(row: Conversation) -> Conversation | None:
    if not row.pair_key:
        return None
    rows = Conversation.objects.with_people().filter(pair_key=row.pair_key)
    known: Conversation | None = rows.first()
    return known


def _say_there(actor: Actor, room: Conversation, opening: Opening) -> None:
    """What should have been the first message of a direct room that is there already."""
    if opening.message is not None:
        post_message(
            actor=actor,
            conversation_id=room.pk,
            client_id=opening.client_id or new_id(),
            body=opening.message.body,
            visibility=opening.message.visibility,
        )


def _refuse_said_elsewhere(actor: Actor, opening: Opening) -> None:
    """Raises Conflict: `client_id_reused`, by what was said in a direct room for one."""
    if opening.client_id is None or actor.member_id is None:
        return
    if Message.objects.sent_as(actor.member_id, opening.client_id).exists():
        raise _client_id_reused()


def _client_id_reused() -> Conflict:
    return Conflict("client_id_reused", _("This id was used for another conversation already."))


def _seat(row: Conversation, cast: Cast) -> None:
    Participant.objects.bulk_create(
        Participant(
            company_id=row.company_id,
            conversation=row,
            member_id=member_id,
            kind=kind,
            is_following=True,
        )
        for member_id, kind in cast.kinds.items()
    )


def _begin_log(actor: Actor, row: Conversation, opening: Opening, text: Text | None) -> None:
    log = Log(actor, row)
    log.append(ConversationCreated(row.id))
    changes: dict[str, Any] = {}
    if not row.is_room and actor.role == Role.USER:
        changes["waiting_since"] = log.now
    if opening.tags:
        changes["tags"] = link_tags(actor, row, opening.tags)
    if opening.message is not None and text is not None:
        hashed = content_hash(text.body, opening.message.visibility)
        post = Post(text, opening.message.visibility, opening.client_id, hashed)
        _message, said = add_message(log, post)
        changes |= said
    log.save(changes)
