"""POST conversations/{id}/messages/: what is taken, once and in order."""

from typing import Any
from uuid import uuid4

import pytest

from conftest import World, client_of
from conversations.models import Conversation, Message
from conversations.tests.deeds import send
from conversations.tests.factories import make_conversation, make_room, note, say
from tokdesk.common.ids import new_id
from tokdesk.common.testing import recorded_events, without_request_id
from tokdesk.tests.answers import faults, outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


def test_a_message_is_answered_whole(acme: World) -> None:
    conversation = make_conversation(acme.customer, "Hello")
    client_id = str(uuid4())

    with recorded_events() as events:
        answer = send(client_of(acme.agent), conversation, " _Yes_?\r\n", client_id=client_id)

    assert answer.status_code == 201
    said = answer.json()
    assert said == {
        "id": said["id"],
        "seq": 3,
        "client_id": client_id,
        "author": {"id": str(acme.agent.id), "name": "Agent", "role": "agent", "avatar": None},
        "visibility": "public",
        "body": "_Yes_?",
        "body_html": '<p dir="auto"><em>Yes</em>?</p>',
        "reply_to": None,
        "attachments": [],
        "created_at": said["created_at"],
        "edited_at": None,
        "deleted": False,
        "delivery": "sent",
    }
    assert events[-1] == "message.created"
    path = f"conversations/{conversation.pk}/messages/{said['id']}/"
    assert client_of(acme.agent).get(path).json() == said


def test_messages_stand_in_the_order_they_were_said_in_two_numberings(acme: World) -> None:
    conversation = make_conversation(acme.customer, "One")
    said = [note(acme.agent, conversation, "Two"), say(acme.agent, conversation, "Three")]
    said += [note(acme.agent, conversation, "Four"), say(acme.customer, conversation, "Five")]

    assert [each.seq for each in said] == [3, 4, 5, 6]
    assert [each.public_seq for each in said] == [None, 3, None, 4]
    path = f"conversations/{conversation.pk}/messages/"
    staff, own = (client_of(each).get(path).json() for each in (acme.agent, acme.customer))
    assert [(row["seq"], row["body"]) for row in staff["results"]] == [
        *[(2, "One"), (3, "Two"), (4, "Three"), (5, "Four"), (6, "Five")]
    ]
    assert [(row["seq"], row["body"]) for row in own["results"]] == [
        *[(2, "One"), (3, "Three"), (4, "Five")]
    ]
    assert (staff["head"], own["head"]) == (6, 4)


def test_the_same_again_is_the_same_message(acme: World) -> None:
    conversation, client = make_conversation(acme.customer, "Hello"), client_of(acme.agent)
    client_id = str(uuid4())
    first = send(client, conversation, "Yes?", client_id=client_id)

    with nothing_changes():
        again = send(client, conversation, "Yes? ", client_id=client_id.replace("-", ""))

    assert (again.status_code, again.json()) == (200, first.json())


def test_the_same_again_is_the_same_after_it_was_edited_closed_or_deleted(acme: World) -> None:
    conversation, client = make_conversation(acme.customer, "Hello"), client_of(acme.agent)
    client_id = str(uuid4())
    first = send(client, conversation, "Yes?", client_id=client_id).json()
    path = f"conversations/{conversation.pk}/messages/{first['id']}/"
    client.patch(path, {"body": "No?"})

    edited = send(client, conversation, "Yes?", client_id=client_id)
    client.delete(path)
    deleted = send(client, conversation, "Yes?", client_id=client_id)
    Conversation.unscoped.update(status="closed")
    closed = send(client, conversation, "Yes?", client_id=client_id)

    assert [each.status_code for each in (edited, deleted, closed)] == [200, 200, 200]
    assert (edited.json()["body"], edited.json()["seq"]) == ("No?", 3)
    assert (deleted.json()["body"], deleted.json()["deleted"]) == ("", True)
    assert Message.unscoped.count() == 2


@pytest.mark.parametrize("other", [{"body": "No?"}, {"visibility": "note"}])
def test_other_content_under_the_same_client_id_is_a_conflict(acme: World, other: Any) -> None:
    conversation, client = make_conversation(acme.customer, "Hello"), client_of(acme.agent)
    body = {"client_id": str(uuid4()), "body": "Yes?"}
    path = f"conversations/{conversation.pk}/messages/"
    client.post(path, body)

    with nothing_changes():
        answer = client.post(path, {**body, **other})

    assert outcome(answer) == (409, "client_id_reused")


def test_a_client_id_is_of_one_author_in_one_conversation(acme: World) -> None:
    one, two = make_conversation(acme.customer, "Hello"), make_conversation(acme.customer, "Hello")
    client_id = str(uuid4())

    answers = [
        send(client_of(acme.agent), one, "A", client_id=client_id),
        send(client_of(acme.customer), one, "B", client_id=client_id),
        send(client_of(acme.agent), two, "C", client_id=client_id),
    ]

    assert [answer.status_code for answer in answers] == [201, 201, 201]


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"client_id": None}, "client_id", "null"),
        ({"client_id": "1"}, "client_id", "invalid"),
        ({"body": "x" * 10_001}, "body", "max_length"),
        ({"body": ""}, "body", "blank"),
        ({"body": " \n\t "}, "body", "blank"),
        ({"body": "\u200b\u200d\u2060"}, "body", "blank"),
        ({"body": "a\u202eb"}, "body", "invalid"),
        ({"body": "a\u0007b"}, "body", "invalid"),
        ({"body": 1}, "body", "invalid"),
        ({"body": None}, "body", "null"),
        ({"visibility": "secret"}, "visibility", "invalid_choice"),
        ({"seen_seq": -1}, "seen_seq", "min_value"),
        ({"seen_seq": 2**53 + 1}, "seen_seq", "max_value"),
        ({"seen_seq": "1"}, "seen_seq", "invalid"),
        ({"reply_to": "x"}, "reply_to", "invalid"),
        ({"author": "x"}, "author", "unknown_field"),
    ],
)
def test_a_wrong_value_is_named(acme: World, body: Any, field: str, code: str) -> None:
    conversation, client = make_conversation(acme.customer, "Hello"), client_of(acme.agent)

    with nothing_changes():
        answer = send(client, conversation, **{"body": "Hi", **body})

    assert (answer.status_code, faults(answer)) == (400, {field: [code]})


def test_a_message_needs_an_id_and_a_text(acme: World) -> None:
    conversation, client = make_conversation(acme.customer, "Hello"), client_of(acme.agent)
    path = f"conversations/{conversation.pk}/messages/"

    assert faults(client.post(path, {"body": "x"})) == {"client_id": ["required"]}
    assert faults(client.post(path, {"client_id": str(uuid4())})) == {"body": ["required"]}


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b"])
def test_what_cannot_be_stored_is_malformed(acme: World, text: str) -> None:
    conversation, client = make_conversation(acme.customer, "Hello"), client_of(acme.agent)

    with nothing_changes():
        answer = send(client, conversation, text)

    assert outcome(answer) == (400, "malformed")


def test_the_longest_message_fits(acme: World) -> None:
    conversation = make_conversation(acme.customer, "Hello")

    answer = send(client_of(acme.agent), conversation, "ع" * 10_000)

    assert (answer.status_code, len(answer.json()["body"])) == (201, 10_000)


def test_a_customer_writes_no_notes(acme: World) -> None:
    conversation, client = make_conversation(acme.customer, "Hello"), client_of(acme.customer)

    with nothing_changes():
        answer = send(client, conversation, visibility="note")

    assert outcome(answer) == (403, "permission_denied")


def test_who_does_not_see_it_says_nothing_there(acme: World, globex: World) -> None:
    conversation = make_conversation(acme.customer, "Hello")

    for member in (acme.agent2, globex.agent, globex.customer):
        client = client_of(member)
        with nothing_changes():
            answer = send(client, conversation)
        assert outcome(answer) == (404, "not_found")


@pytest.mark.parametrize("who", ["customer", "agent"])
def test_nothing_is_said_in_what_is_closed_or_archived(acme: World, who: str) -> None:
    closed, archived = (make_conversation(acme.customer, "Hello") for _ in range(2))
    Conversation.unscoped.filter(pk=closed.pk).update(status="closed")
    client_of(acme.admin).post(f"conversations/{archived.pk}/archive/")
    client = client_of(getattr(acme, who))

    with nothing_changes():
        answers = [send(client, each) for each in (closed, archived)]

    assert [outcome(each) for each in answers] == [(403, "closed"), (403, "archived")]


def test_a_reply_names_a_message_of_the_same_conversation(acme: World) -> None:
    conversation, client = make_conversation(acme.customer, "Hello"), client_of(acme.agent)
    quoted = say(acme.customer, conversation, "First")
    remark = note(acme.agent, conversation, "Remark")

    good = [
        send(client, conversation, reply_to=str(quoted.pk)),
        send(client, conversation, reply_to=str(remark.pk), visibility="note"),
        send(client, conversation, reply_to=None),
    ]
    bad = send(client, conversation, reply_to=str(remark.pk))

    assert [each.json()["reply_to"] for each in good] == [str(quoted.pk), str(remark.pk), None]
    assert (bad.status_code, faults(bad)) == (400, {"reply_to": ["invalid"]})


def test_what_one_cannot_see_cannot_be_replied_to(acme: World, globex: World) -> None:
    conversation, client = make_conversation(acme.customer, "Hello"), client_of(acme.customer)
    remark = note(acme.agent, conversation, "Remark")
    theirs = say(globex.customer, make_conversation(globex.customer, "x"))
    room = say(acme.agent, make_room(acme.agent, acme.agent2))
    ids = [remark.pk, theirs.pk, room.pk, new_id()]

    fixed = str(uuid4())
    with nothing_changes():
        answers = [send(client, conversation, client_id=fixed, reply_to=str(each)) for each in ids]

    assert faults(answers[0]) == {"reply_to": ["does_not_exist"]}
    assert len({without_request_id(each) for each in answers}) == 1


def test_a_reply_to_another_conversation_is_refused(acme: World) -> None:
    conversation, client = make_conversation(acme.customer, "Hello"), client_of(acme.agent)
    elsewhere = say(acme.customer, make_conversation(acme.customer, "x"))

    with nothing_changes():
        answer = send(client, conversation, reply_to=str(elsewhere.pk))

    assert faults(answer) == {"reply_to": ["invalid"]}
