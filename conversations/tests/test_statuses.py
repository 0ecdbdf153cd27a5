"""Which status follows which, for staff, customers and the desk itself."""

from itertools import product
from typing import Any

import pytest

from accounts.tests.factories import actor_for, make_member
from conftest import World, client_of
from conversations.choices import NEVER
from conversations.models import Conversation
from conversations.services import change_status, close_conversation
from conversations.tests.factories import make_conversation, reloaded, say
from tokdesk.common.actor import system_actor
from tokdesk.common.errors import Conflict
from tokdesk.common.roles import Role
from tokdesk.common.testing import recorded_events
from tokdesk.tests.answers import faults, outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = pytest.mark.django_db

ALL = ("open", "pending", "on_hold", "resolved", "closed")
STAFF = {
    "open": ["pending", "on_hold", "resolved"],
    "pending": ["open", "on_hold", "resolved"],
    "on_hold": ["open", "pending", "resolved"],
    "resolved": ["open"],
    "closed": [],
}
CUSTOMER = {
    "open": ["resolved"],
    "pending": ["resolved"],
    "on_hold": ["resolved"],
    "resolved": ["open"],
    "closed": [],
}
SYSTEM = {**STAFF, "resolved": ["open", "closed"]}
TABLES = {"customer": CUSTOMER, "agent": STAFF, "manager": STAFF, "admin": STAFF, "system": SYSTEM}


def standing(world: World, status: str) -> Conversation:
    conversation = make_conversation(world.customer, "Hello")
    Conversation.unscoped.filter(pk=conversation.pk).update(status=status)
    return reloaded(conversation)


def move(client: Any, conversation: Conversation, status: str, **fields: Any) -> Any:
    return client.post(f"conversations/{conversation.pk}/status/", {"status": status, **fields})


@pytest.mark.parametrize(("who", "old", "new"), list(product(TABLES, ALL, ALL)))
def test_every_move(acme: World, who: str, old: str, new: str) -> None:
    conversation = standing(acme, old)
    system = system_actor(acme.company.pk)
    actor = system if who == "system" else actor_for(getattr(acme, who))
    allowed = TABLES[who][old]

    if new == old:
        with nothing_changes():
            row = change_status(actor=actor, conversation=conversation, status=new)
        assert (row.status, row.version) == (old, 1)
    elif new in allowed:
        with recorded_events() as events:
            row = change_status(actor=actor, conversation=conversation, status=new)
        assert (row.status, row.version) == (new, 2)
        assert events == ["conversation.status"]
    else:
        with pytest.raises(Conflict) as caught, nothing_changes():
            change_status(actor=actor, conversation=conversation, status=new)
        assert caught.value.code == "illegal_move"
        assert caught.value.extra == {"from": old, "to": new, "allowed": allowed}


def test_an_illegal_move_says_which_are_legal(acme: World) -> None:
    conversation, client = standing(acme, "resolved"), client_of(acme.customer)

    with nothing_changes():
        answer = move(client, conversation, "pending")

    assert outcome(answer) == (409, "illegal_move")
    problem = answer.json()
    assert (problem["from"], problem["to"], problem["allowed"]) == ("resolved", "pending", ["open"])


def test_a_move_is_answered_with_the_conversation_and_its_new_version(acme: World) -> None:
    conversation = standing(acme, "open")

    answer = move(client_of(acme.agent), conversation, "resolved", version=1)

    row = answer.json()
    assert (answer.status_code, row["status"], row["version"]) == (200, "resolved", 2)
    assert answer.headers["ETag"] == '"2"'
    assert row["resolved_at"] is not None
    assert (row["waiting_since"], row["closed_at"]) == (None, None)


def test_what_is_opened_again_is_no_longer_resolved(acme: World) -> None:
    conversation, client = standing(acme, "open"), client_of(acme.customer)
    move(client, conversation, "resolved")

    row = move(client, conversation, "open").json()

    assert (row["status"], row["resolved_at"]) == ("open", None)


def test_what_is_resolved_is_awake_and_nobody_waits(acme: World) -> None:
    conversation, client = standing(acme, "open"), client_of(acme.agent)
    client.post(f"conversations/{conversation.pk}/snooze/", {"until_reply": True})

    with recorded_events() as events:
        move(client, conversation, "resolved")

    row = reloaded(conversation)
    assert events == ["conversation.status", "conversation.snoozed"]
    assert (row.snoozed_until, row.waiting_since) == (None, NEVER)


@pytest.mark.parametrize("status", ["new", "", None, 1])
def test_an_unknown_status_is_named(acme: World, status: Any) -> None:
    conversation, client = standing(acme, "open"), client_of(acme.agent)

    with nothing_changes():
        answer = move(client, conversation, status)

    assert (answer.status_code, list(faults(answer))) == (400, ["status"])


def test_who_is_copied_neither_resolves_nor_reopens(acme: World) -> None:
    carla = make_member(acme.company, Role.USER, "carla@acme.example")
    conversation = standing(acme, "open")
    path = f"conversations/{conversation.pk}/participants/"
    client_of(acme.agent).post(path, {"member": str(carla.id)})
    client = client_of(carla)

    with nothing_changes():
        answer = move(client, conversation, "resolved")

    assert outcome(answer) == (403, "permission_denied")


def test_the_archived_keeps_its_status(acme: World) -> None:
    conversation = standing(acme, "open")
    Conversation.unscoped.update(is_archived=True)
    client = client_of(acme.agent)

    with nothing_changes():
        answer = move(client, conversation, "resolved")

    assert outcome(answer) == (403, "archived")


def test_the_clock_closes_what_was_resolved_long_enough_ago(acme: World) -> None:
    conversation, ids = standing(acme, "open"), {"company_id": acme.company.pk}
    row = change_status(actor=actor_for(acme.agent), conversation=conversation, status="resolved")
    with nothing_changes():
        close_conversation(conversation_id=row.pk, **ids)
    days = row.resolved_at.replace(year=row.resolved_at.year - 1)
    Conversation.unscoped.update(resolved_at=days)

    close_conversation(conversation_id=row.pk, **ids)
    with nothing_changes():
        close_conversation(conversation_id=row.pk, **ids)

    closed = reloaded(conversation)
    assert (closed.status, closed.resolved_at, closed.version) == ("closed", days, 3)
    assert closed.closed_at is not None


def test_a_customer_who_reopens_waits_from_then_on(acme: World) -> None:
    talk = make_conversation(acme.customer, "Hello")
    say(acme.agent, talk, "Done.")
    client_of(acme.agent).post(f"conversations/{talk.pk}/status/", {"status": "resolved"})

    client_of(acme.customer).post(f"conversations/{talk.pk}/status/", {"status": "open"})

    row = reloaded(talk)
    assert row.waiting_since == row.changed_at


def test_staff_who_reopen_make_nobody_wait(acme: World) -> None:
    talk, client = make_conversation(acme.customer, "Hello"), client_of(acme.agent)
    client.post(f"conversations/{talk.pk}/status/", {"status": "resolved"})

    client.post(f"conversations/{talk.pk}/status/", {"status": "open"})

    assert reloaded(talk).waiting_since == NEVER
