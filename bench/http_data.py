"""Many conversations at once: the rows that services would have made, written in bulk.

`python -m bench.http_data 20000 10` makes so many conversations with so many messages each, and
prints who may look at them and where.
"""

import json
import sys
from datetime import timedelta
from itertools import islice

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402
from rest_framework_simplejwt.tokens import AccessToken  # noqa: E402

from accounts.tests.factories import access_of  # noqa: E402
from companies.models import CompanyState  # noqa: E402
from conftest import World, make_world  # noqa: E402
from conversations.choices import NEVER  # noqa: E402
from conversations.events import ConversationCreated, MessageCreated  # noqa: E402
from conversations.models import Conversation, Message, Participant  # noqa: E402
from tokdesk.common.ids import new_id  # noqa: E402
from tokdesk.common.models import Event  # noqa: E402
from tokdesk.common.tenancy import company_scope  # noqa: E402

CHUNK = 500
WORDS = [
    "printer",
    "delivery",
    "invoice",
    "refund",
    "charger",
    "network",
    "login",
    "laptop",
    "order",
    "warranty",
]


def make(acme: World, conversations: int, messages: int) -> list[Conversation]:
    made: list[Conversation] = []
    numbers = iter(range(1, conversations + 1))
    while chunk := list(islice(numbers, CHUNK)):
        rows = [row_of(acme, number, messages) for number in chunk]
        Conversation.objects.bulk_create(rows)
        Participant.objects.bulk_create(
            Participant(
                company=acme.company,
                conversation=row,
                member=acme.customer,
                kind="customer",
                read_seq=row.last_seq,
                read_count=messages,
            )
            for row in rows
        )
        said = [each for row in rows for each in messages_of(acme, row, messages)]
        Message.objects.bulk_create(said)
        Event.objects.bulk_create(entries_of(acme, rows, said))
        made += rows
    CompanyState.objects.update(next_number=conversations + 1)
    return made


def row_of(acme: World, number: int, messages: int) -> Conversation:
    at = timezone.now() - timedelta(minutes=number)
    word = WORDS[number % len(WORDS)]
    return Conversation(
        id=new_id(),
        company=acme.company,
        number=number,
        subject=f"About the {word} number {number}",
        customer=acme.customer,
        department=acme.support if number % 3 else acme.billing,
        assignee=acme.agent if number % 4 == 0 else None,
        status=("open", "pending", "resolved")[number % 3],
        waiting_since=at if number % 3 == 0 else NEVER,
        last_seq=messages + 1,
        last_public_seq=messages + 1,
        message_count=messages,
        public_message_count=messages,
        preview=f"And the {word}?",
        public_preview=f"And the {word}?",
        created_at=at,
        last_activity_at=at,
        public_activity_at=at,
        changed_at=at,
    )


def messages_of(acme: World, row: Conversation, count: int) -> list[Message]:
    return [
        Message(
            id=new_id(),
            company=acme.company,
            conversation=row,
            seq=position + 1,
            public_seq=position + 1,
            position=position,
            public_position=position,
            author=acme.customer if position % 2 else acme.agent,
            body=f"Message {position} about the **{WORDS[position % len(WORDS)]}**.",
            body_html=f"<p>Message {position} about the <strong>matter</strong>.</p>",
        )
        for position in range(1, count + 1)
    ]


def entries_of(acme: World, rows: list[Conversation], said: list[Message]) -> list[Event]:
    begun = [(row.pk, 1, ConversationCreated.type, {}) for row in rows]
    spoken = [
        (
            each.conversation_id,
            each.seq,
            MessageCreated.type,
            {"message_id": str(each.pk), "visibility": "public"},
        )
        for each in said
    ]
    return [
        Event(
            company=acme.company,
            stream=f"conversation:{conversation_id}",
            audience="all",
            type=kind,
            seq=seq,
            public_seq=seq,
            payload={"conversation_id": str(conversation_id), **told},
            actor_kind="member",
            actor_member=acme.customer.pk,
            at=timezone.now(),
        )
        for conversation_id, seq, kind, told in (*begun, *spoken)
    ]


def main() -> None:
    conversations, messages = int(sys.argv[1]), int(sys.argv[2])
    call_command("migrate", verbosity=0)
    acme = make_world("acme")
    with company_scope(acme.company.id):
        rows = make(acme, conversations, messages)
        if "rebuild_search" in sys.argv:
            call_command("rebuild_search", verbosity=0)
    if connection.vendor != "mongodb":
        # As the nightly work of each does; planners know nothing of rows that have just come.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    told = {
        "company": str(acme.company.pk),
        "admin": access_of(acme.admin),
        "agent": access_of(acme.agent),
        "plain": str(AccessToken.for_user(acme.admin.user)),
        # Of those that the agent sees.
        "conversations": [str(row.pk) for row in rows if row.department == acme.support][:200],
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
