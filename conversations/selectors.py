"""Reads of conversations that are no querysets: pages of a log, counts, whoever is named."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from companies.models import CompanyState
from conversations.choices import Status
from conversations.models import Conversation, Message
from conversations.querysets import sees_notes
from conversations.services.log import stream_of
from departments.models import Department
from tokdesk.common.actor import Actor
from tokdesk.common.errors import Conflict, NotFound
from tokdesk.common.models import Event
from tokdesk.common.models.event import Audience
from tokdesk.common.roles import Role

MOST_EVENTS = 300
# Where a message stands, whose it is, and when it was last changed.
PLACE_COLUMNS = ("id", "seq", "public_seq", "author_id", "updated_at")


class Resync(Conflict):
    """The position is none of this log: read the conversation again and go on from its head."""

    default_code = "resync"
    default_detail = _("Read this conversation again from the start.")

    def __init__(self, reason: str, head: int, epoch: str) -> None:
        super().__init__(extra={"reason": reason, "head": head, "epoch": epoch})


@dataclass(frozen=True)
class MessagePage:
    """A stretch of messages in the order of the log, each as `PLACE_COLUMNS`."""

    places: list[dict[str, Any]]
    has_before: bool
    has_after: bool


@dataclass(frozen=True)
class EventPage:
    """Entries after a position; `is_complete` when none are left behind them."""

    events: list[Event]
    epoch: str
    head: int
    is_complete: bool


def head_of(actor: Actor, conversation: Conversation) -> int:
    return conversation.last_seq if sees_notes(actor) else conversation.last_public_seq


def visible_conversation(actor: Actor, conversation_id: UUID) -> Conversation:
    """Raises NotFound: out of this actor's sight."""
    rows = Conversation.objects.visible_to(actor).filter(pk=conversation_id)
    found: Conversation | None = rows.first()
    if found is None:
        raise NotFound
    return found


def people(ids: Iterable[UUID | None]) -> dict[UUID, Membership]:
    """Everybody named, by id, also those who have left; one query, or none."""
    wanted = {each for each in ids if each is not None}
    if not wanted:
        return {}
    return {row.pk: row for row in Membership.objects.filter(pk__in=wanted)}


def row_left(actor: Actor, conversation_id: UUID, columns: Sequence[str]) -> dict[str, Any] | None:
    """What this actor has just changed, also where it went out of their sight by that."""
    rows = Conversation.objects.with_own_place(actor).filter(pk=conversation_id)
    row: dict[str, Any] | None = rows.values(*columns).first()
    return row


def inner_seq(actor: Actor, conversation: Conversation, seq: int) -> int:
    """How far in the log a reader has come with this number, which for customers counts less.

    The end of what they see is the end of the log.
    """
    if not sees_notes(actor) and seq >= conversation.last_public_seq:
        return int(conversation.last_seq)
    return place_of(actor, conversation, seq)


def place_of(actor: Actor, conversation: Conversation, seq: int) -> int:
    """The entry that a reader's number means; customers count public entries alone."""
    if sees_notes(actor):
        return seq
    rows = Event.objects.of_stream(stream_of(conversation.pk)).filter(public_seq__lte=seq)
    found = rows.order_by("-public_seq").values_list("seq", flat=True).first()
    return int(found or _of_last_message(conversation, "seq", public_seq__lte=seq))


def outer_seq(actor: Actor, conversation: Conversation, seq: int) -> int:
    """The number under which this reader knows a place in the log, or the public one before it."""
    if sees_notes(actor):
        return seq
    if seq >= conversation.last_seq:
        return int(conversation.last_public_seq)
    rows = Event.objects.of_stream(stream_of(conversation.pk)).filter(
        seq__lte=seq, public_seq__isnull=False
    )
    found = rows.order_by("-seq").values_list("public_seq", flat=True).first()
    return int(found or _of_last_message(conversation, "public_seq", seq__lte=seq))


def _of_last_message(conversation: Conversation, name: str, **limit: int) -> int:
    """Where the entries are pruned: messages stay for ever, and have both numbers."""
    rows = Message.objects.of_conversation(conversation).public().filter(**limit)
    found = rows.order_by("-seq").values_list(name, flat=True).first()
    return int(found or 0)


def newest_page(actor: Actor, conversation: Conversation, limit: int) -> MessagePage:
    rows = _places(actor, conversation)
    found = list(rows.order_by("-seq")[: limit + 1])
    return MessagePage(found[:limit][::-1], len(found) > limit, has_after=False)


def page_before(actor: Actor, conversation: Conversation, seq: int, limit: int) -> MessagePage:
    """Those that stand before this reader's `seq`."""
    rows, name = _places(actor, conversation), _seq_name(actor)
    found = list(rows.filter(**{f"{name}__lt": seq}).order_by(f"-{name}")[: limit + 1])
    after = rows.filter(**{f"{name}__gte": seq}).exists()
    return MessagePage(found[:limit][::-1], len(found) > limit, after)


def page_after(actor: Actor, conversation: Conversation, seq: int, limit: int) -> MessagePage:
    """Those that stand after this reader's `seq`."""
    rows, name = _places(actor, conversation), _seq_name(actor)
    found = list(rows.filter(**{f"{name}__gt": seq}).order_by(name)[: limit + 1])
    before = rows.filter(**{f"{name}__lte": seq}).exists()
    return MessagePage(found[:limit], before, len(found) > limit)


def page_around(actor: Actor, conversation: Conversation, seq: int, limit: int) -> MessagePage:
    """The one at this reader's `seq` with as many before as after it, as far as there are."""
    rows, name = _places(actor, conversation), _seq_name(actor)
    half = limit // 2
    later = list(rows.filter(**{f"{name}__gte": seq}).order_by(name)[: limit + 1])
    earlier = list(rows.filter(**{f"{name}__lt": seq}).order_by(f"-{name}")[: limit + 1])
    tail = later[: max(limit - half, limit - len(earlier))]
    front = earlier[: limit - len(tail)]
    has_before, has_after = len(earlier) > len(front), len(later) > len(tail)
    return MessagePage(front[::-1] + tail, has_before, has_after)


def events_after(
    actor: Actor, conversation: Conversation, seq: int, limit: int, epoch: str | None = None
) -> EventPage:
    """What happened after this reader's `seq`, oldest first.

    Raises:
        Resync: `epoch` names another lineage, the position is ahead of the log, or what came after
        it was pruned.
    """
    state = CompanyState.objects.get(company_id=conversation.company_id)
    refuse_position(actor, conversation, seq, epoch, state.log_epoch)
    name, head = _seq_name(actor), head_of(actor, conversation)
    rows = _entries(actor).of_stream(stream_of(conversation.pk))
    found = list(rows.filter(**{f"{name}__gt": seq}).order_by(name)[:limit])
    last = getattr(found[-1], name) if found else seq
    return EventPage(found, state.log_epoch, head, is_complete=last >= head)


def refuse_position(
    actor: Actor, conversation: Conversation, seq: int, epoch: str | None, lineage: str
) -> None:
    """Raises Resync where nobody can go on from this reader's `seq` of that epoch."""
    head = head_of(actor, conversation)
    if epoch is not None and epoch != lineage:
        raise Resync("epoch", head, lineage)
    if seq > head:
        raise Resync("ahead", head, lineage)
    if seq < _pruned(actor, conversation):
        raise Resync("pruned", head, lineage)


def events_behind(actor: Actor, positions: Mapping[UUID, int]) -> list[Event]:
    """All that happened behind this reader's place in each of these logs, oldest first; one query.

    The callers know by the heads how much that is.
    """
    if not positions:
        return []
    places = {stream_of(conversation_id): seq for conversation_id, seq in positions.items()}
    return list(_entries(actor).behind(places, _seq_name(actor)))


def messages_of(actor: Actor, events: Iterable[Event]) -> dict[UUID, Message]:
    """The messages that these entries tell of, as they are now; two queries, or none."""
    told = [event.payload.get("message_id") for event in events]
    return messages_by_id(actor, {UUID(each) for each in told if each})


def messages_by_id(actor: Actor, ids: Collection[UUID]) -> dict[UUID, Message]:
    """Those that this actor may read, with their people and files; two queries, or none."""
    if not ids:
        return {}
    rows = Message.objects.for_audience(actor).with_people().filter(pk__in=ids)
    return {row.pk: row for row in rows}


def department_names(events: Iterable[Event]) -> dict[str, str]:
    """Of the departments that these entries name; one query, or none."""
    ids = {event.payload["department"] for event in events if event.payload.get("department")}
    if not ids:
        return {}
    return {str(row.pk): row.name for row in Department.objects.filter(pk__in=ids)}


def counts_of(actor: Actor) -> dict[str, Any]:
    """What waits for this actor, in numbers: one query for staff, two for customers."""
    seen = Conversation.objects.visible_to(actor).hot().of_customers()
    if actor.role == Role.USER:
        unread = seen.unread_by(actor).count()
        return {"open": seen.active().count(), "unread": unread}
    now = timezone.now()
    awake = Q(snoozed_until__isnull=True) | Q(snoozed_until__lte=now)
    is_open = Q(status=Status.OPEN) & awake
    rows = seen.active().order_by().values("department_id")
    groups = rows.annotate(
        open=Count("pk", filter=is_open),
        unassigned=Count("pk", filter=is_open & Q(assignee__isnull=True)),
        mine=Count("pk", filter=is_open & Q(assignee_id=actor.member_id)),
        snoozed=Count("pk", filter=Q(snoozed_until__gt=now)),
    )
    found = list(groups)
    totals = {
        name: sum(row[name] for row in found) for name in ("open", "unassigned", "mine", "snoozed")
    }
    departments = {str(row["department_id"]): row["open"] for row in found if row["open"]}
    return {**totals, "mentions": 0, "departments": departments}


def _places(actor: Actor, conversation: Conversation) -> Any:
    rows = Message.objects.of_conversation(conversation).for_audience(actor)
    return rows.values(*PLACE_COLUMNS)


def _entries(actor: Actor) -> Any:
    """Of whatever log, as far as they are for this reader."""
    rows = Event.objects.all()
    return rows if sees_notes(actor) else rows.filter(audience=Audience.ALL)


def _seq_name(actor: Actor) -> str:
    return "seq" if sees_notes(actor) else "public_seq"


def _pruned(actor: Actor, conversation: Conversation) -> int:
    return conversation.pruned_seq if sees_notes(actor) else conversation.pruned_public_seq
