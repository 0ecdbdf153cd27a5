"""People with sessions, tickets for their sockets, and rooms to talk in: rows made in bulk.

`python -m bench.sockets_data` reads a plan from standard input, {name, companies, people, tickets,
pairs, availability}, and prints {companies: [{room, quiet, tickets, pairs}]}: `tickets` for each
person, each good for one socket and for an hour; everybody sees `room` and `quiet`. With `pairs`
the people have direct rooms in twos, in their order.
"""

import json
import secrets
import sys
from datetime import timedelta
from typing import Any

import django

django.setup()

from django.contrib.auth.hashers import make_password  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.choices import SessionKind  # noqa: E402
from accounts.models import Membership, Session, SocketTicket, User  # noqa: E402
from companies.models import Company  # noqa: E402
from companies.tests.factories import make_company  # noqa: E402
from conversations.choices import Channel, Kind  # noqa: E402
from conversations.models import Conversation  # noqa: E402
from conversations.tests.factories import make_room  # noqa: E402
from tokdesk.common.ids import new_id  # noqa: E402
from tokdesk.common.roles import Role  # noqa: E402
from tokdesk.common.tenancy import company_scope  # noqa: E402
from tokdesk.common.tokens import token_hash  # noqa: E402

CHUNK = 1000
LIFETIME = timedelta(hours=1)


def make(plan: dict[str, Any]) -> dict[str, Any]:
    """As the plan says: so many companies, in each so many people, each with so many tickets."""
    return {"companies": [make_one(number, plan) for number in range(plan["companies"])]}


def make_one(number: int, plan: dict[str, Any]) -> dict[str, Any]:
    company = make_company(f"{plan['name']}-{number}")
    members = make_people(company, plan["people"], plan.get("availability", "offline"))
    tickets = make_tickets(members, plan["tickets"])
    with company_scope(company.id):
        room, quiet = (make_company_room(company, name) for name in ("All", "Quiet"))
    pairs = []
    if plan.get("pairs"):
        twos = zip(members[::2], members[1::2], strict=True)
        pairs = [str(make_room(one, other).pk) for one, other in twos]
    return {"room": str(room.pk), "quiet": str(quiet.pk), "tickets": tickets, "pairs": pairs}


def make_people(company: Company, count: int, availability: str) -> list[Membership]:
    password = make_password(None)
    users = [
        User(email=f"p{number}@{company.slug}.example", name=f"Person {number}", password=password)
        for number in range(count)
    ]
    User.objects.bulk_create(users, CHUNK)
    members = [
        Membership(
            company=company,
            user=user,
            role=Role.AGENT,
            name=user.name,
            email=user.email,
            availability=availability,
        )
        for user in users
    ]
    with company_scope(company.id):
        Membership.objects.bulk_create(members, CHUNK)
    return members


def make_tickets(members: list[Membership], each: int) -> list[list[str]]:
    """One session a person, as of one device."""
    now = timezone.now()
    times = {"entered_at": now, "rotated_at": now, "expires_at": now + timedelta(days=1)}
    sessions = [
        Session(id=new_id(), user=member.user, member=member, kind=SessionKind.API, **times)
        for member in members
    ]
    Session.objects.bulk_create(sessions, CHUNK)
    tokens = [[secrets.token_urlsafe(32) for _ in range(each)] for _ in members]
    SocketTicket.objects.bulk_create(
        [
            SocketTicket(session=session, token_hash=token_hash(token), expires_at=now + LIFETIME)
            for session, own in zip(sessions, tokens, strict=True)
            for token in own
        ],
        CHUNK,
    )
    return tokens


def make_company_room(company: Company, subject: str) -> Conversation:
    """Seen by everybody of the staff, so nobody has to be let in."""
    row: Conversation = Conversation.objects.create(
        company=company, kind=Kind.COMPANY, channel=Channel.INTERNAL, subject=subject
    )
    return row


def main() -> None:
    sys.stdout.write(json.dumps(make(json.load(sys.stdin))) + "\n")


if __name__ == "__main__":
    main()
