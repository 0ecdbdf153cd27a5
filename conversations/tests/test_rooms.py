"""Rooms: who may open which, who is in them, and what they are not."""

from typing import Any
from uuid import uuid4

import pytest

from conftest import World, client_of
from conversations.models import Conversation, Message
from conversations.tests.factories import make_room, say
from tokdesk.tests.answers import faults, outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


def opened(client: Any, kind: str, **fields: Any) -> Any:
    return client.post("conversations/", {"kind": kind, **fields})


def test_a_direct_room_has_neither_number_nor_status(acme: World) -> None:
    row = opened(client_of(acme.agent), "direct", participants=[str(acme.agent2.id)]).json()

    assert (row["number"], row["status"], row["priority"]) == (None, None, None)
    assert (row["channel"], row["customer"], row["department"]) == ("internal", None, None)


def test_two_people_have_one_direct_room_whoever_asks(acme: World) -> None:
    first = opened(client_of(acme.agent), "direct", participants=[str(acme.agent2.id)])
    again = opened(
        client_of(acme.agent), "direct", participants=[str(acme.agent2.id), str(acme.agent.id)]
    )
    back = opened(client_of(acme.agent2), "direct", participants=[str(acme.agent.id)])
    other = opened(client_of(acme.agent), "direct", participants=[str(acme.admin.id)])

    assert [each.status_code for each in (first, again, back, other)] == [201, 200, 200, 201]
    assert len({each.json()["id"] for each in (first, again, back)}) == 1
    assert other.json()["id"] != first.json()["id"]


def test_a_first_message_into_a_direct_room_that_exists_is_said_there_once(acme: World) -> None:
    room = make_room(acme.agent2, acme.agent)
    body = {"participants": [str(acme.agent2.id)], "client_id": str(uuid4())}
    body["message"] = {"body": "Have you seen it?"}

    answers = [opened(client_of(acme.agent), "direct", **body) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert {answer.json()["id"] for answer in answers} == {str(room.pk)}
    assert [each.body for each in Message.unscoped.all()] == ["Have you seen it?"]


def test_what_was_said_in_a_direct_room_begins_nothing_else(acme: World) -> None:
    client, other = client_of(acme.agent), str(acme.agent2.id)
    opened(client, "direct", participants=[other])
    body = {"client_id": str(uuid4()), "message": {"body": "Hi"}}
    opened(client, "direct", participants=[other], **body)

    answer = opened(client, "group", participants=[other], **body)

    assert outcome(answer) == (409, "client_id_reused")


def test_the_first_message_sent_again_is_the_same_message(acme: World) -> None:
    client, client_id = client_of(acme.customer), str(uuid4())
    begun = client.post("conversations/", {"client_id": client_id, "message": {"body": "Hi"}})
    path = f"conversations/{begun.json()['id']}/messages/"

    again = client.post(path, {"client_id": client_id, "body": "Hi"})

    assert (again.status_code, again.json()["seq"]) == (200, 2)
    assert len(client.get(path).json()["results"]) == 1


def test_a_direct_room_is_not_put_away(acme: World) -> None:
    room = opened(client_of(acme.admin), "direct", participants=[str(acme.agent.id)]).json()

    answer = client_of(acme.admin).post(f"conversations/{room['id']}/archive/")

    assert outcome(answer) == (400, "not_for_rooms")


@pytest.mark.parametrize("count", [0, 2])
def test_a_direct_room_has_one_other_person(acme: World, count: int) -> None:
    others = [str(acme.agent2.id), str(acme.admin.id)][:count]

    client = client_of(acme.agent)

    with nothing_changes():
        answer = opened(client, "direct", participants=others)

    assert faults(answer) == {"participants": ["invalid"]}


def test_a_group_needs_somebody_else(acme: World) -> None:
    client = client_of(acme.agent)

    with nothing_changes():
        alone = opened(client, "group", participants=[str(acme.agent.id)])

    assert faults(alone) == {"participants": ["required"]}


@pytest.mark.parametrize("kind", ["direct", "group"])
def test_customers_are_in_no_room(acme: World, kind: str) -> None:
    client = client_of(acme.agent)

    with nothing_changes():
        answer = opened(client, kind, participants=[str(acme.customer.id)])

    assert faults(answer) == {"participants": ["not_staff"]}


@pytest.mark.parametrize(
    ("who", "kind", "department", "expected"),
    [
        ("agent", "department", "support", (403, "permission_denied")),
        ("manager", "department", "support", (201, "")),
        ("manager", "department", "billing", (403, "permission_denied")),
        ("admin", "department", "billing", (201, "")),
        ("agent", "company", None, (403, "permission_denied")),
        ("manager", "company", None, (403, "permission_denied")),
        ("admin", "company", None, (201, "")),
    ],
)
def test_wider_rooms_are_opened_by_who_leads(
    acme: World, who: str, kind: str, department: str | None, expected: Any
) -> None:
    fields = {"department": str(getattr(acme, department).id)} if department else {}

    answer = opened(client_of(getattr(acme, who)), kind, subject="Everybody", **fields)

    assert outcome(answer) == expected


def test_a_department_room_says_whose_it_is(acme: World) -> None:
    assert faults(opened(client_of(acme.admin), "department")) == {"department": ["required"]}


@pytest.mark.parametrize("kind", ["department", "company"])
def test_people_of_wider_rooms_come_from_elsewhere(acme: World, kind: str) -> None:
    fields = {"department": str(acme.support.id)} if kind == "department" else {}

    answer = opened(client_of(acme.admin), kind, participants=[str(acme.agent.id)], **fields)

    assert faults(answer) == {"participants": ["invalid"]}


@pytest.mark.parametrize("field", ["customer", "priority", "tags", "follow_up_of", "department"])
def test_a_room_cannot_have_what_customers_conversations_have(acme: World, field: str) -> None:
    before = make_room(acme.agent, acme.agent2)
    value = {
        "customer": str(acme.customer.id),
        "priority": "high",
        "tags": ["x"],
        "follow_up_of": str(before.pk),
        "department": str(acme.support.id),
    }[field]

    client = client_of(acme.agent)

    with nothing_changes():
        answer = opened(client, "group", participants=[str(acme.manager.id)], **{field: value})

    assert faults(answer) == {field: ["not_for_rooms"]}


@pytest.mark.parametrize(
    ("deed", "body"),
    [
        ("status", {"status": "resolved"}),
        ("assign", {"assignee": None}),
        ("claim", {}),
        ("snooze", {"until_reply": True}),
        ("merge", None),
    ],
)
def test_what_is_decided_about_customers_is_not_for_rooms(
    acme: World, deed: str, body: Any
) -> None:
    room = make_room(acme.agent, acme.agent2)
    other = make_room(acme.agent, acme.agent2, acme.manager)

    client = client_of(acme.agent)

    with nothing_changes():
        answer = client.post(
            f"conversations/{room.pk}/{deed}/", {"into": str(other.pk)} if body is None else body
        )

    assert outcome(answer) == (400, "not_for_rooms")


@pytest.mark.parametrize(
    "change", [{"priority": "high"}, {"tags": ["x"]}, {"attributes": {}}, {"department": None}]
)
def test_of_a_room_only_the_subject_is_edited(acme: World, change: Any) -> None:
    room = make_room(acme.agent, acme.agent2, acme.manager)
    body = {"department": str(acme.support.id)} if "department" in change else change

    client = client_of(acme.agent)

    with nothing_changes():
        answer = client.patch(f"conversations/{room.pk}/", body)
    renamed = client_of(acme.agent).patch(f"conversations/{room.pk}/", {"subject": "Lunch"})

    assert outcome(answer) == (400, "not_for_rooms")
    assert (renamed.status_code, renamed.json()["subject"]) == (200, "Lunch")


def test_in_a_room_a_newer_answer_holds_nobody_back(acme: World) -> None:
    room = make_room(acme.agent, acme.agent2)
    say(acme.agent2, room, "One")
    body = {"client_id": str(uuid4()), "body": "Two", "seen_seq": 1}

    assert client_of(acme.agent).post(f"conversations/{room.pk}/messages/", body).status_code == 201


def test_every_entry_of_a_room_is_for_everybody_in_it(acme: World) -> None:
    room = make_room(acme.agent, acme.agent2)
    say(acme.agent, room, "One", visibility="note")
    say(acme.agent, room, "Two")

    row = Conversation.unscoped.get(pk=room.pk)
    assert (row.last_seq, row.last_public_seq) == (3, 3)
