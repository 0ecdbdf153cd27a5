"""Reads of conversations and of what is in them; who sees what is decided here."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, FilteredRelation, OuterRef, Prefetch, Q, QuerySet

from conversations.choices import (
    ACTIVE,
    CUSTOMERS,
    INVITED,
    Kind,
    Status,
    Visibility,
)
from conversations.search.engines import with_word
from conversations.search.text import Term
from departments.models import DepartmentMember
from tokdesk.common import names
from tokdesk.common.actor import Actor, ActorKind
from tokdesk.common.models.event import Audience
from tokdesk.common.roles import STAFF, Role
from tokdesk.common.tenancy import CompanyQuerySet

LONGEST_TAG = 40
LONGEST_KEY = 3 * LONGEST_TAG


def folded(name: str) -> str:
    """What no two tags of a company share."""
    return names.folded(name, LONGEST_KEY)


def sees_notes(actor: Actor) -> bool:
    """Whether notes, and the numbering that counts them, are for this reader."""
    return actor.role in STAFF or actor.kind in (ActorKind.SYSTEM, ActorKind.AUTOMATION)


def version_for(actor: Actor, version: int, public_seq: int) -> int:
    """The version of a conversation as this reader knows it.

    Customers' moves with their numbering of its log alone, which holds all that they see of it, so
    that it tells them nothing of what the staff do among themselves.
    """
    return version if sees_notes(actor) else public_seq


def own_departments(actor: Actor) -> QuerySet[Any]:
    """Ids of the departments that this actor is placed in."""
    rows: QuerySet[Any] = DepartmentMember.objects.of_member(actor.member_id).department_ids()
    return rows


def _own_conversation(rows: Any, actor: Actor) -> QuerySet[Any]:
    """That of a row, where the actor sees it: asked row by row, never for all that they see."""
    conversations = rows.model._meta.get_field("conversation").related_model.objects
    seen: QuerySet[Any] = conversations.visible_to(actor).filter(pk=OuterRef("conversation_id"))
    return seen.order_by()


class ConversationQuerySet(CompanyQuerySet):
    def visible_to(self, actor: Actor) -> Any:
        """What this actor may know of at all.

        Customers see what they are in as customers. Staff see customers' conversations of their
        departments (an admin of all), the rooms of their departments and of the company, whatever
        they were invited to, and whatever is assigned to them, wherever it went. A direct or group
        room is seen by its people alone, whoever else asks.
        """
        if actor.kind in (ActorKind.SYSTEM, ActorKind.AUTOMATION):
            return self.all()
        if actor.member_id is None:
            return self.none()
        if actor.role not in STAFF:
            invited = Q(pk__in=self._invited(actor.member_id, CUSTOMERS))
            return self.filter(invited, kind=Kind.CUSTOMER)
        invited = Q(pk__in=self._invited(actor.member_id, INVITED)) | Q(assignee=actor.member_id)
        own = own_departments(actor)
        if actor.role == Role.COMPANY_ADMIN:
            placed = Q(kind=Kind.DEPARTMENT, department_id__in=own)
            everywhere = Q(kind__in=(Kind.CUSTOMER, Kind.COMPANY))
        else:
            placed = Q(kind__in=(Kind.CUSTOMER, Kind.DEPARTMENT), department_id__in=own)
            if not actor.sees_colleagues:
                placed &= Q(assignee__isnull=True)
            everywhere = Q(kind=Kind.COMPANY)
        return self.filter(everywhere | placed | invited)

    def _invited(self, member_id: UUID, kinds: Sequence[str]) -> QuerySet[Any]:
        participants = self.model._meta.get_field("participants").related_model.objects
        rows: QuerySet[Any] = participants.invitations_of(member_id, kinds)
        return rows

    def with_people(self) -> Any:
        """With everybody and everything that a row names."""
        return self.select_related("customer", "assignee", "department")

    def with_own_place(self, actor: Actor) -> Any:
        """With this actor's own participant as `mine`, in the same query; all empty where none."""
        own = Q(participants__company_id=actor.company_id, participants__member_id=actor.member_id)
        return self.annotate(mine=FilteredRelation("participants", condition=own))

    def of_customers(self) -> Any:
        return self.filter(kind=Kind.CUSTOMER)

    def active(self) -> Any:
        return self.filter(status__in=ACTIVE)

    def hot(self) -> Any:
        return self.filter(is_archived=False)

    def snoozed(self, now: datetime) -> Any:
        return self.filter(snoozed_until__gt=now)

    def awake(self, now: datetime) -> Any:
        return self.filter(Q(snoozed_until__isnull=True) | Q(snoozed_until__lte=now))

    def waking(self, now: datetime) -> Any:
        """Whose time has come; what was put away stays as it is."""
        return self.hot().filter(snoozed_until__lte=now).order_by("snoozed_until", "id")

    def resolved_before(self, limit: datetime) -> Any:
        rows = self.hot().filter(status=Status.RESOLVED, resolved_at__lt=limit)
        return rows.order_by("resolved_at", "id")

    def finished_before(self, moment: datetime) -> Any:
        """Closed, and nothing said since; what was put away already is none of them."""
        rows = self.filter(status=Status.CLOSED, is_archived=False)
        return rows.filter(closed_at__lt=moment, last_activity_at__lt=moment)

    def with_entries(self, least: int) -> Any:
        """Whose log has at least so many entries that were not pruned."""
        rows = self.filter(last_seq__gte=F("pruned_seq") + least)
        return rows.order_by("changed_at", "id")

    def unread_by(self, actor: Actor) -> Any:
        """Where this actor has something left to read."""
        return self.filter(~self._is_read(actor))

    def read_by(self, actor: Actor) -> Any:
        return self.filter(self._is_read(actor))

    def _is_read(self, actor: Actor) -> Q:
        count = "message_count" if sees_notes(actor) else "public_message_count"
        participants = self.model._meta.get_field("participants").related_model.objects
        mine = participants.of_member(actor.member_id).filter(conversation=OuterRef("pk"))
        done = mine.filter(unread_from__isnull=True, read_count__gte=OuterRef(count))
        return Q(**{count: 0}) | Q(Exists(done))

    def matching(self, terms: Sequence[Term], actor: Actor) -> Any:
        """Where each of the words stands somewhere in what this actor may read of it."""
        found = self.model._meta.get_field("search_entries").related_model.objects
        rows = self
        for term in terms:
            rows = rows.filter(pk__in=found.for_audience(actor).conversations_with(term))
        return rows

    def tagged(self, name: str) -> Any:
        links = self.model._meta.get_field("tag_links").related_model.objects
        return self.filter(pk__in=links.conversations_with(name))


class ParticipantQuerySet(CompanyQuerySet):
    def invitations_of(self, member_id: UUID, kinds: Sequence[str] = INVITED) -> Any:
        """Ids of the conversations that this person was invited to, as one of these."""
        rows = self.filter(member_id=member_id, kind__in=kinds)
        return rows.order_by().values_list("conversation_id", flat=True)

    def of_conversation(self, conversation: Any) -> Any:
        return self.filter(conversation=conversation)

    def of_member(self, member_id: UUID | None) -> Any:
        return self.filter(member_id=member_id)

    def invited(self) -> Any:
        return self.filter(kind__in=INVITED)

    def visible_to(self, actor: Actor) -> Any:
        """Who is in it, and for staff who follows it; whoever only looked is not told of.

        Customers are shown customers: who of the staff was called in is nothing they are told.

        Of which conversations one sees this at all, their own `visible_to` says.
        """
        if actor.role == Role.USER:
            return self.filter(kind__in=CUSTOMERS)
        return self.filter(Q(kind__in=INVITED) | Q(is_following=True))


class MessageQuerySet(CompanyQuerySet):
    def visible_to(self, actor: Actor) -> Any:
        """Of the conversations that the actor sees; notes only for staff."""
        return self.for_audience(actor).filter(Exists(_own_conversation(self, actor)))

    def for_audience(self, actor: Actor) -> Any:
        """What of a conversation that the actor sees is theirs to read."""
        return self.all() if sees_notes(actor) else self.public()

    def of_conversation(self, conversation: Any) -> Any:
        return self.filter(conversation=conversation)

    def public(self) -> Any:
        return self.filter(visibility=Visibility.PUBLIC)

    def sent_as(self, author_id: UUID, client_id: UUID) -> Any:
        return self.filter(author_id=author_id, client_id=client_id)

    def of_staff(self) -> Any:
        return self.filter(author__role__in=STAFF)

    def with_people(self) -> Any:
        """With whoever wrote them, and what they sent along."""
        # To an attribute, since Django would build a queryset a message for what it loads at once.
        files = Prefetch("attachments", to_attr="loaded_files")
        return self.select_related("author").prefetch_related(files)


class AttachmentQuerySet(CompanyQuerySet):
    def visible_to(self, actor: Actor) -> Any:
        """Those of messages that the actor sees, and the own ones that wait for theirs."""
        shown = Q(visibility=Visibility.PUBLIC)
        if sees_notes(actor):
            shown |= Q(visibility=Visibility.NOTE)
        if actor.member_id is not None:
            shown |= Q(visibility="", uploaded_by_id=actor.member_id)
        return self.filter(shown, Exists(_own_conversation(self, actor)))

    def of_conversation(self, conversation: Any) -> Any:
        return self.filter(conversation=conversation)

    def of_message(self, message: Any) -> Any:
        return self.filter(message=message)

    def waiting(self) -> Any:
        """For a message that will have them."""
        return self.filter(message__isnull=True, visibility="")

    def uploaded_by(self, member_id: UUID | None) -> Any:
        return self.filter(uploaded_by_id=member_id)

    def forgotten(self, before: datetime) -> Any:
        """Sent by nobody for so long."""
        return self.waiting().filter(created_at__lt=before)

    def deleted(self) -> Any:
        return self.filter(is_deleted=True).order_by("deleted_at", "id")


class SearchEntryQuerySet(CompanyQuerySet):
    def for_audience(self, actor: Actor) -> Any:
        """As with messages: customers find nothing by what they could not read."""
        return self.all() if sees_notes(actor) else self.filter(audience=Audience.ALL)

    def conversations_with(self, term: Term) -> Any:
        """Ids of the conversations that have this word."""
        return with_word(self, term).order_by().values_list("conversation_id", flat=True)

    def of_conversation(self, conversation: Any) -> Any:
        return self.filter(conversation=conversation)

    def of_message(self, message: Any) -> Any:
        return self.filter(message=message)

    def of_customer(self, customer: Any) -> Any:
        """Of all conversations that are about this customer."""
        conversations = self.model._meta.get_field("conversation").related_model.objects
        own = conversations.filter(customer=customer).order_by().values("pk")
        return self.filter(conversation_id__in=own)

    def of_part(self, part: str) -> Any:
        return self.filter(part=part)

    def of_deleted(self) -> Any:
        """Of conversations that nobody sees any more."""
        return self.filter(conversation__is_deleted=True)


class DraftQuerySet(CompanyQuerySet):
    def visible_to(self, actor: Actor) -> Any:
        """A draft is seen by its author alone."""
        return self.filter(member_id=actor.member_id) if actor.member_id else self.none()

    def of_conversation(self, conversation: Any, visibility: str) -> Any:
        return self.filter(conversation=conversation, visibility=visibility)


class SavedViewQuerySet(CompanyQuerySet):
    def visible_to(self, actor: Actor) -> Any:
        """The own ones, and what others share with all of the staff."""
        if actor.role not in STAFF:
            return self.none()
        return self.filter(Q(owner_id=actor.member_id) | Q(is_shared=True))

    def owned_by(self, member_id: Any) -> Any:
        return self.filter(owner_id=member_id)


class TagQuerySet(CompanyQuerySet):
    def visible_to(self, actor: Actor) -> Any:
        return self.all() if actor.role in STAFF else self.none()

    def named(self, names: list[str]) -> Any:
        return self.filter(name_key__in=[folded(name) for name in names])


class ConversationTagQuerySet(CompanyQuerySet):
    def of_conversation(self, conversation: Any) -> Any:
        return self.filter(conversation=conversation)

    def conversations_with(self, name: str) -> Any:
        rows = self.filter(tag__name_key=folded(name))
        return rows.order_by().values_list("conversation_id", flat=True)


class BulkJobQuerySet(CompanyQuerySet):
    def visible_to(self, actor: Actor) -> Any:
        """A deed is shown to whoever did it."""
        return self.filter(member_id=actor.member_id) if actor.member_id else self.none()


class AttributeDefinitionQuerySet(CompanyQuerySet):
    def visible_to(self, actor: Actor) -> Any:
        return self.all() if actor.role in STAFF else self.none()
