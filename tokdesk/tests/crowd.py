"""A company of many rows, made in bulk as its services would have left them."""

from collections.abc import Iterable
from datetime import timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.utils import timezone

from accounts.choices import SessionKind
from accounts.models import Membership, Session, User
from companies.models import CompanyState
from conftest import World
from conversations.choices import NEVER, ParticipantKind, SearchPart, Status, Visibility
from conversations.models import Conversation, Message, Participant, SearchEntry
from conversations.services.log import stream_of
from departments.models import Department
from departments.tests.factories import make_department
from invitations.choices import Status as InvitationStatus
from invitations.models import Invitation
from tokdesk.common.ids import new_id
from tokdesk.common.models import Event, Job
from tokdesk.common.models.event import Audience
from tokdesk.common.queues import Queue
from tokdesk.common.roles import Role
from tokdesk.common.tenancy import company_scope

CONVERSATIONS, PEOPLE, DEPARTMENTS = 50_000, 10_000, 20
# Of so many there is also what was said, who is in it, and what was logged of it.
TALKS = 15_000
# MongoDB's transactions are no larger on a small server.
CHUNK = 1000
# Of so many conversations one is open, one waits for the customer, one sleeps; all others ended.
ONE_OF = 50
ENDED = (Status.CLOSED, Status.CLOSED, Status.RESOLVED)


def fill(world: World) -> None:
    """With rows in the numbers above; the database knows afterwards how many there are."""
    with company_scope(world.company.pk):
        departments = [
            make_department(world.company, f"Team {number}") for number in range(DEPARTMENTS)
        ]
        departments += [world.support, world.billing]
        people = make_people(world, departments)
        make_conversations(world, departments, people)
        CompanyState.objects.update(next_number=CONVERSATIONS + 1)
    if connection.vendor != "mongodb":
        with connection.cursor() as cursor:
            # What was just written is in the indexes of words only when those are tidied up.
            cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def stored(rows: Iterable[models.Model]) -> None:
    rows = iter(rows)
    while some := list(islice(rows, CHUNK)):
        type(some[0])._base_manager.bulk_create(some)


def make_people(world: World, departments: list[Department]) -> list[UUID]:
    """Customers with accounts and sessions, and as many who were invited."""
    now, company_id = timezone.now(), world.company.pk
    users, members = ([new_id() for _ in range(PEOPLE)] for _ in range(2))
    stored(User(pk=pk, name="U", email=f"u{pk}@a.example", password="!") for pk in users)
    stored(
        Membership(
            pk=pk,
            company_id=company_id,
            user_id=user,
            role=Role.USER,
            name=f"Customer {number}",
            email=f"c{number}@a.example",
            external_id=f"x{number}",
        )
        for number, (pk, user) in enumerate(zip(members, users, strict=True))
    )
    times = {"entered_at": now, "rotated_at": now, "expires_at": now + timedelta(days=1)}
    stored(
        Session(user_id=user, member_id=pk, kind=SessionKind.API, **times)
        for pk, user in zip(members, users, strict=True)
    )
    stored(
        Invitation(
            company_id=company_id,
            email=f"i{number}@a.example",
            role=(Role.USER, Role.AGENT)[number % ONE_OF == 1],
            department=departments[number % len(departments)],
            status=(InvitationStatus.REVOKED, InvitationStatus.PENDING)[number % ONE_OF == 0],
            token_hash=f"{number:064}",
            sent_at=now,
            expires_at=now + timedelta(days=1),
        )
        for number in range(PEOPLE)
    )
    return members


def make_conversations(world: World, departments: list[Department], people: list[UUID]) -> None:
    company_id, agents = world.company.pk, (world.agent.pk, world.agent2.pk, None)
    now, ids = timezone.now(), [new_id() for _ in range(CONVERSATIONS)]

    def row(number: int, pk: UUID) -> Conversation:
        turn = number % ONE_OF
        status = (Status.OPEN, Status.PENDING)[turn] if turn < 2 else ENDED[turn % 3]
        at = now - timedelta(minutes=number)
        return Conversation(
            pk=pk,
            company_id=company_id,
            number=number + 1,
            subject=f"Question {number}",
            customer_id=people[number % PEOPLE],
            created_by_id=people[number % PEOPLE],
            client_id=pk,
            department_id=departments[number % len(departments)].pk,
            assignee_id=agents[number % len(agents)],
            status=status,
            waiting_since=at if status == Status.OPEN else NEVER,
            snoozed_until=at + timedelta(days=60) if turn == 0 else None,
            resolved_at=at if status == Status.RESOLVED else None,
            closed_at=at if status == Status.CLOSED else None,
            is_archived=turn > ONE_OF // 2,
            last_activity_at=at,
            public_activity_at=at,
            changed_at=at,
            message_count=1,
            public_message_count=1,
            last_seq=1,
            last_public_seq=1,
        )

    stored(row(number, pk) for number, pk in enumerate(ids))
    make_talk(world, ids[:TALKS], people)


def make_talk(world: World, ids: list[UUID], people: list[UUID]) -> None:
    now, company_id = timezone.now(), world.company.pk
    owned: dict[str, Any] = {"company_id": company_id}
    messages = [new_id() for _ in ids]
    stored(
        Message(
            pk=message,
            conversation_id=pk,
            author_id=people[number % PEOPLE],
            client_id=message,
            visibility=Visibility.PUBLIC,
            body="Hello",
            body_html="Hello",
            **dict.fromkeys(("seq", "public_seq", "position", "public_position"), 1),
            **owned,
        )
        for number, (message, pk) in enumerate(zip(messages, ids, strict=True))
    )
    stored(
        Participant(conversation_id=pk, member_id=who, kind=kind, read_seq=1, read_count=1, **owned)
        for number, pk in enumerate(ids)
        for who, kind in (
            (people[number % PEOPLE], ParticipantKind.CUSTOMER),
            (world.agent.pk, ParticipantKind.READER),
        )[: 2 - number % 2]
    )
    events = [new_id() for _ in ids]
    stored(
        Event(
            pk=event,
            stream=stream_of(pk),
            seq=1,
            public_seq=1,
            audience=Audience.ALL,
            type="MessagePosted",
            actor_kind="member",
            at=now - timedelta(minutes=number),
            **owned,
        )
        for number, (event, pk) in enumerate(zip(events, ids, strict=True))
    )
    stored(
        SearchEntry(
            conversation_id=pk,
            message_id=message,
            part=SearchPart.MESSAGE,
            audience=Audience.ALL,
            text=f"hello word{number}",
            **owned,
        )
        for number, (message, pk) in enumerate(zip(messages, ids, strict=True))
    )
    stored(
        Job(
            event_id=event,
            subscriber="nobody",
            company_id=company_id,
            queue=list(Queue)[number % len(Queue)],
            key=f"k{number % 100}" if number % 3 == 0 else "",
            available_at=now + timedelta(hours=1) if number % ONE_OF else now,
            is_dead=number % 100 == 1,
            died_at=now if number % 100 == 1 else None,
        )
        for number, event in enumerate(events[:PEOPLE])
    )
