"""Tell the demo's talks: by the services that real people use, then moved back in time."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import Membership
from accounts.services.standing import member_actor
from companies.models import Company
from conversations.choices import NEVER, Kind, Visibility
from conversations.doors import every_conversation
from conversations.models import Conversation, Message
from conversations.services import (
    FirstMessage,
    Opening,
    assign,
    change_status,
    open_conversation,
    post_message,
    update_conversation,
)
from departments.models import Department
from tokdesk.common.actor import system_actor
from tokdesk.common.db import transactional
from tokdesk.common.models import Event
from tokdesk.common.tenancy import company_scope
from tokdesk.demo.talks import Talk


def missing_talks(company: Company | None, slug: str, talks: Iterable[Talk]) -> list[Talk]:
    """Those that nobody has told yet; one that was told and deleted stays away."""
    if company is None:
        return list(talks)
    ids = {talk.client_id(slug): talk for talk in talks}
    told = every_conversation(company.id).filter(client_id__in=list(ids))
    known = set(told.values_list("client_id", flat=True))
    return [talk for client_id, talk in ids.items() if client_id not in known]


def tell(company: Company, talks: Iterable[Talk]) -> None:
    """Oldest first, so that numbers follow the time."""
    with company_scope(company.id):
        people = {row.email.split("@")[0]: row for row in Membership.objects.active()}
        for talk in sorted(talks, key=lambda each: -each.hours):
            if people.keys() >= names_in(talk):
                tell_one(company, talk, people)


def names_in(talk: Talk) -> set[str]:
    named = {line.who for line in talk.lines} | set(talk.people)
    return named | {name for name in (talk.customer, talk.assignee) if name}


@transactional
def tell_one(company: Company, talk: Talk, people: dict[str, Membership]) -> None:
    first, rest = talk.lines[0], talk.lines[1:]
    conversation = open_conversation(
        actor=member_actor(people[first.who]), opening=opening_of(company, talk, people)
    ).conversation
    for number, line in enumerate(rest, 1):
        post_message(
            actor=member_actor(people[line.who]),
            conversation_id=conversation.pk,
            client_id=Talk(f"{talk.subject}/{number}", (), talk.hours).client_id(company.slug),
            body=line.text,
            visibility=Visibility.NOTE if line.is_note else Visibility.PUBLIC,
        )
    if not talk.is_room:
        decide(company, talk, conversation, people)
    move_back(conversation, list(times_of(talk)))


def opening_of(company: Company, talk: Talk, people: dict[str, Membership]) -> Opening:
    first = talk.lines[0]
    others = tuple(people[name] for name in talk.people if name != first.who)
    departments = Department.objects.filter(is_default=False).order_by("created_at", "id")
    if talk.department:
        departments = departments.named(talk.department)
    rooms = Kind.DIRECT if len(others) == 1 else Kind.GROUP
    return Opening(
        kind=rooms if talk.is_room else Kind.CUSTOMER,
        client_id=talk.client_id(company.slug),
        subject=talk.subject,
        department=None if talk.is_room else departments.first(),
        participants=others,
        message=FirstMessage(first.text),
    )


def decide(
    company: Company, talk: Talk, conversation: Conversation, people: dict[str, Membership]
) -> None:
    """What the staff made of it, as whoever has it would."""
    desk = system_actor(company.id)
    if talk.assignee:
        assign(actor=desk, conversation=conversation, assignee=people[talk.assignee])
    changes = {"tags": list(talk.tags), "priority": talk.priority}
    update_conversation(actor=desk, conversation=conversation, changes=changes)
    change_status(actor=desk, conversation=conversation, status=talk.status)


def move_back(conversation: Conversation, times: list[datetime]) -> None:
    """As if it had been said then: what follows a message follows it in time."""
    entries = Event.objects.of_stream(f"conversation:{conversation.pk}")
    messages = list(Message.objects.of_conversation(conversation).order_by("seq"))
    for message, at in zip(messages, times, strict=True):
        Message.objects.filter(pk=message.pk).update(created_at=at)
        entries.filter(seq__gte=message.seq).update(at=at)
    entries.filter(seq__lt=messages[0].seq).update(at=times[0])
    row = Conversation.objects.get(pk=conversation.pk)
    public = [at for each, at in zip(messages, times, strict=True) if not each.is_note]
    Conversation.objects.filter(pk=row.pk).update(
        created_at=times[0],
        last_activity_at=times[-1],
        public_activity_at=public[-1],
        waiting_since=row.waiting_since if row.waiting_since == NEVER else public[-1],
        resolved_at=row.resolved_at and times[-1],
        changed_at=times[-1],
    )


def times_of(talk: Talk) -> Iterator[datetime]:
    at = timezone.now() - timedelta(hours=talk.hours)
    for line in talk.lines:
        at += timedelta(minutes=line.minutes)
        yield min(at, timezone.now())
