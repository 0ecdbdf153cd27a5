"""POST conversations/{id}/messages/: order, once, and what it does to the conversation."""

from typing import Any
from uuid import uuid4

import pytest
import time_machine

from accounts.tests.factories import actor_for, make_member
from conftest import World, client_of
from conversations.choices import NEVER
from conversations.models import Conversation, Message, Participant
from conversations.services import delete_message, save_draft
from conversations.tests.factories import make_conversation, make_room, note, reloaded, say
from tokdesk.common.ids import new_id
from tokdesk.common.roles import Role
from tokdesk.common.testing import recorded_events, without_request_id
from tokdesk.tests.answers import faults, outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


def send(client: Any, conversation: Conversation, body: Any = "Hello", **fields: Any) -> Any:
    told = {"client_id": str(uuid4()), "body": body, **fields}
    return client.post(f"conversations/{conversation.pk}/messages/", told)


def set_status(world: World, conversation: Conversation, status: str) -> None:
    path = f"conversations/{conversation.pk}/status/"
    assert client_of(world.admin).post(path, {"status": status}).status_code == 200


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


def test_pages_of_messages_go_both_ways_in_each_numbering(acme: World) -> None:
    conversation = make_conversation(acme.customer, "m2")
    for number in range(3, 9):
        (note if number % 2 else say)(acme.agent, conversation, f"m{number}")
    path = f"conversations/{conversation.pk}/messages/"

    def bodies(who: Any, query: str) -> Any:
        page = client_of(who).get(f"{path}?{query}").json()
        return [row["body"] for row in page["results"]], page["has_before"], page["has_after"]

    agent, customer = acme.agent, acme.customer
    assert bodies(agent, "limit=3") == (["m6", "m7", "m8"], True, False)
    assert bodies(agent, "before=6&limit=3") == (["m3", "m4", "m5"], True, True)
    assert bodies(agent, "after=2&limit=2") == (["m3", "m4"], True, True)
    assert bodies(agent, "around=5&limit=3") == (["m4", "m5", "m6"], True, True)
    assert bodies(agent, "after=8") == ([], True, False)
    assert bodies(agent, "before=0") == ([], False, True)
    assert bodies(customer, "") == (["m2", "m4", "m6", "m8"], False, False)
    assert bodies(customer, "after=2&limit=1") == (["m4"], True, True)
    assert bodies(customer, "before=4") == (["m2", "m4"], False, True)


@pytest.mark.parametrize(
    "query", ["before=-1", "after=x", "around=1.5", "limit=0", "limit=101", "before=1&after=2"]
)
def test_a_wrong_page_is_refused(acme: World, query: str) -> None:
    conversation = make_conversation(acme.customer, "Hello")

    path = f"conversations/{conversation.pk}/messages/?{query}"
    assert client_of(acme.agent).get(path).status_code == 400
