"""What a message does to its conversation and its author, and what holds one back."""

from typing import Any

import pytest
import time_machine

from accounts.tests.factories import actor_for, make_member
from conftest import World, client_of
from conversations.choices import NEVER
from conversations.models import Participant
from conversations.services import delete_message, save_draft
from conversations.tests.deeds import send, set_status
from conversations.tests.factories import make_conversation, note, reloaded, say
from tokdesk.common.roles import Role
from tokdesk.common.testing import recorded_events
from tokdesk.tests.answers import outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


@pytest.mark.parametrize("status", ["pending", "on_hold", "resolved"])
def test_a_customer_who_writes_opens_it_again(acme: World, status: str) -> None:
    conversation = make_conversation(acme.customer, "Hello")
    set_status(acme, conversation, status)
    version = reloaded(conversation).version

    with recorded_events() as events:
        said = say(acme.customer, conversation, "Still broken")

    row = reloaded(conversation)
    assert events == ["message.created", "conversation.status"]
    assert (row.status, row.version, row.resolved_at) == ("open", version + 1, None)
    assert (said.seq, row.last_seq) == (row.last_seq - 1, said.seq + 1)


@pytest.mark.parametrize("status", ["pending", "on_hold", "resolved"])
def test_staff_who_write_leave_the_status_alone(acme: World, status: str) -> None:
    conversation = make_conversation(acme.customer, "Hello")
    set_status(acme, conversation, status)
    before = reloaded(conversation)

    say(acme.agent, conversation, "Any news?")
    note(acme.agent, conversation)

    row = reloaded(conversation)
    assert (row.status, row.version) == (status, before.version)


@pytest.mark.parametrize("body", [{"until_reply": True}, {"until": "2026-03-02T12:00:00Z"}])
@time_machine.travel("2026-03-01T12:00:00Z")
def test_only_a_customers_reply_wakes_what_was_put_aside(acme: World, body: Any) -> None:
    conversation = make_conversation(acme.customer, "Hello")
    client_of(acme.agent).post(f"conversations/{conversation.pk}/snooze/", body)

    say(acme.agent, conversation, "Any news?")
    assert reloaded(conversation).snoozed_until is not None

    with recorded_events() as events:
        say(acme.customer, conversation, "Yes")
    assert reloaded(conversation).snoozed_until is None
    assert events == ["message.created", "conversation.snoozed"]


def test_a_customer_waits_since_the_first_word_without_an_answer(acme: World) -> None:
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        conversation = make_conversation(acme.customer, "Hello")
        since = [reloaded(conversation).waiting_since]
        for author, text in (("customer", "?"), ("note", "!"), ("agent", "A"), ("customer", "B")):
            clock.shift(60)
            if author == "note":
                note(acme.agent, conversation, text)
            else:
                say(getattr(acme, author), conversation, text)
            since.append(reloaded(conversation).waiting_since)

    first, last = since[0], since[-1]
    assert since == [first, first, first, NEVER, last]
    assert (last - first).total_seconds() == 240


def test_whoever_is_copied_counts_as_the_customer(acme: World) -> None:
    carla = make_member(acme.company, Role.USER, "carla@acme.example")
    conversation = make_conversation(acme.customer, "Hello")
    path = f"conversations/{conversation.pk}/participants/"
    client_of(acme.agent).post(path, {"member": str(carla.id)})
    set_status(acme, conversation, "resolved")

    say(carla, conversation, "Me too")

    assert reloaded(conversation).status == "open"


def test_what_is_said_is_no_longer_a_draft(acme: World) -> None:
    conversation = make_conversation(acme.customer, "Hello")
    client, actor = client_of(acme.agent), actor_for(acme.agent)
    for visibility in ("public", "note"):
        save_draft(actor=actor, conversation=conversation, visibility=visibility, body="Dear")
    save_draft(
        actor=actor_for(acme.manager), conversation=conversation, visibility="public", body="Dear"
    )

    send(client, conversation)

    path = f"conversations/{conversation.pk}/draft/"
    assert client.get(path).json()["body"] == ""
    assert client.get(f"{path}?visibility=note").json()["body"] == "Dear"
    assert client_of(acme.manager).get(path).json()["body"] == "Dear"


def test_who_speaks_has_read_up_to_there_and_follows(acme: World) -> None:
    conversation = make_conversation(acme.customer, "Hello")
    said = say(acme.agent, conversation, "Yes?")

    row = Participant.unscoped.get(conversation=conversation, member=acme.agent)
    assert (row.read_seq, row.read_count, row.kind, row.is_following) == (
        *(said.seq, 2, "reader", True),
    )
    client = client_of(acme.agent)
    assert client.get(f"conversations/{conversation.pk}/").json()["unread"] == 0


def test_a_message_changes_the_row_but_not_its_version(acme: World) -> None:
    conversation = make_conversation(acme.customer, "Hello")
    say(acme.agent, conversation, "# Not a *headline*")

    row = client_of(acme.agent).get("conversations/").json()["results"][0]

    assert (row["preview"], row["version"], row["last_seq"]) == ("# Not a headline", 1, 3)


def test_an_answer_is_held_back_when_a_colleague_has_answered_since(acme: World) -> None:
    conversation, client = make_conversation(acme.customer, "Hello"), client_of(acme.agent)
    newer = say(acme.manager, conversation, "On it")

    with nothing_changes():
        answer = send(client, conversation, "Me too", seen_seq=2)

    assert outcome(answer) == (409, "newer_reply")
    path = f"conversations/{conversation.pk}/messages/{newer.pk}/"
    assert answer.json()["message"] == client.get(path).json()


def test_an_answer_that_was_taken_back_holds_nobody_back(acme: World) -> None:
    conversation = make_conversation(acme.customer, "Hello")
    newer = say(acme.manager, conversation, "On it")
    delete_message(actor=actor_for(acme.manager), message=newer)

    answer = send(client_of(acme.agent), conversation, "Me then", seen_seq=2)

    assert answer.status_code == 201


def test_nothing_else_holds_an_answer_back(acme: World) -> None:
    conversation, client = make_conversation(acme.customer, "Hello"), client_of(acme.agent)
    say(acme.agent, conversation, "Mine")
    note(acme.manager, conversation, "A note")
    say(acme.customer, conversation, "Thanks")

    own_note_and_customer = send(client, conversation, "A", seen_seq=2)
    say(acme.manager, conversation, "Done")
    unasked = send(client, conversation, "B")
    as_note = send(client, conversation, "C", seen_seq=2, visibility="note")
    as_customer = send(client_of(acme.customer), conversation, "D", seen_seq=2)
    seen = send(client, conversation, "E", seen_seq=reloaded(conversation).last_seq)

    answers = (own_note_and_customer, unasked, as_note, as_customer, seen)
    assert [each.status_code for each in answers] == [201] * 5
