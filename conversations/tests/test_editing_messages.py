"""PATCH and DELETE of a message: its author's alone, for five minutes, with a trace."""

from typing import Any
from uuid import uuid4

import pytest
import time_machine

from accounts.models import Membership
from accounts.tests.factories import make_member
from conftest import World, client_of
from conversations.models import Conversation, Message, MessageRevision
from conversations.tests.factories import make_conversation, make_room, note, reloaded, say
from tokdesk.common.ids import new_id
from tokdesk.common.roles import Role
from tokdesk.common.testing import recorded_events, without_request_id
from tokdesk.tests.answers import faults, outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = pytest.mark.django_db

NOON = "2026-03-01T12:00:00Z"


def path_of(message: Message) -> str:
    return f"conversations/{message.conversation_id}/messages/{message.pk}/"


def both(client: Any, message: Message) -> list[tuple[int, str]]:
    """What editing and then deleting it is answered with."""
    path = path_of(message)
    return [outcome(client.patch(path, {"body": "Changed"})), outcome(client.delete(path))]


def test_its_author_edits_it_and_what_it_said_is_kept(acme: World) -> None:
    said = say(acme.agent, make_conversation(acme.customer, "Hello"), "Yse")
    before = reloaded(said.conversation)

    with recorded_events() as events:
        answer = client_of(acme.agent).patch(path_of(said), {"body": " *Yes* "})

    changed = answer.json()
    assert answer.status_code == 200
    assert (changed["body"], changed["body_html"]) == ("*Yes*", '<p dir="auto"><em>Yes</em></p>')
    assert (changed["seq"], changed["deleted"]) == (said.seq, False)
    assert changed["edited_at"] is not None
    assert events[-1] == "message.edited"
    assert [(each.body, each.edited_by_id) for each in MessageRevision.unscoped.all()] == [
        ("Yse", acme.agent.pk)
    ]
    row = reloaded(said.conversation)
    assert (row.preview, row.public_preview, row.version) == ("Yes", "Yes", before.version)
    assert row.last_seq == before.last_seq + 1


def test_the_same_text_again_is_no_edit(acme: World) -> None:
    said = say(acme.agent, make_conversation(acme.customer, "Hello"), "Yes")
    client = client_of(acme.agent)

    with nothing_changes():
        answer = client.patch(path_of(said), {"body": "Yes "})

    assert (answer.status_code, answer.json()["edited_at"]) == (200, None)


def test_only_the_last_message_is_the_preview(acme: World) -> None:
    conversation = make_conversation(acme.customer, "One")
    first = Message.unscoped.get()
    say(acme.customer, conversation, "Two")
    remark = note(acme.agent, conversation, "Three")

    client_of(acme.customer).patch(path_of(first), {"body": "Uno"})
    assert (reloaded(conversation).preview, reloaded(conversation).public_preview) == (
        *("Three", "Two"),
    )
    client_of(acme.agent).patch(path_of(remark), {"body": "Tre"})
    assert (reloaded(conversation).preview, reloaded(conversation).public_preview) == (
        *("Tre", "Two"),
    )
    client_of(acme.agent).delete(path_of(remark))
    assert (reloaded(conversation).preview, reloaded(conversation).public_preview) == ("", "Two")


def test_a_deleted_message_keeps_its_place_alone(acme: World) -> None:
    conversation = make_conversation(acme.customer, "Hello")
    said = say(acme.agent, conversation, "Secret")
    client = client_of(acme.agent)
    client.patch(path_of(said), {"body": "Secret, too"})

    with recorded_events() as events:
        assert client.delete(path_of(said)).status_code == 204

    assert events == ["message.deleted"]
    for member in (acme.agent, acme.customer):
        shown = client_of(member).get(path_of(said)).json()
        assert (shown["body"], shown["body_html"], shown["deleted"]) == ("", "", True)
        assert (shown["seq"], shown["author"]["name"]) == (said.seq, "Agent")
    assert MessageRevision.unscoped.count() == 0
    assert reloaded(conversation).preview == ""


def test_a_message_is_deleted_twice_without_complaint_however_late(acme: World) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        said = say(acme.agent, make_conversation(acme.customer, "Hello"), "Yes")
        client = client_of(acme.agent)
        client.delete(path_of(said))
        clock.shift(400)
        client = client_of(acme.agent)

        with nothing_changes():
            assert client.delete(path_of(said)).status_code == 204
            edited = client.patch(path_of(said), {"body": "Again"})

    assert outcome(edited) == (409, "deleted")


@pytest.mark.parametrize(("seconds", "is_late"), [(0, False), (300, False), (301, True)])
@pytest.mark.parametrize("who", ["customer", "agent"])
def test_a_public_message_can_be_changed_for_five_minutes(
    acme: World, who: str, seconds: int, is_late: bool
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        author = getattr(acme, who)
        said = say(author, make_conversation(acme.customer, "Hello"), "Yes")
        clock.shift(seconds)

        found = both(client_of(author), said)

    assert found == ([(403, "too_late")] * 2 if is_late else [(200, ""), (204, "")])


def test_a_note_can_be_changed_at_any_time(acme: World) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        remark = note(acme.agent, make_conversation(acme.customer, "Hello"))
        clock.shift(86_400 * 400)

        assert both(client_of(acme.agent), remark) == [(200, ""), (204, "")]


@pytest.mark.parametrize("who", ["admin", "manager", "customer"])
@pytest.mark.parametrize("visibility", ["public", "note"])
def test_nobody_changes_what_somebody_else_said(acme: World, who: str, visibility: str) -> None:
    said = say(acme.agent, make_conversation(acme.customer, "Hello"), "Yes", visibility=visibility)
    client = client_of(getattr(acme, who))

    with nothing_changes():
        found = both(client, said)

    is_hidden = who == "customer" and visibility == "note"
    expected = (404, "not_found") if is_hidden else (403, "permission_denied")
    assert found == [expected, expected]


def test_staff_do_not_change_what_a_customer_said(acme: World) -> None:
    conversation = make_conversation(acme.customer, "Hello")
    said = Message.unscoped.get(conversation=conversation)
    client = client_of(acme.admin)

    with nothing_changes():
        assert both(client, said) == [(403, "permission_denied")] * 2


def removed_customer(world: World) -> tuple[Membership, Message]:
    carla = make_member(world.company, Role.USER, "carla@acme.example")
    conversation = make_conversation(world.customer, "Hello")
    path = f"conversations/{conversation.pk}/participants/"
    staff = client_of(world.agent)
    staff.post(path, {"member": str(carla.id)})
    said = say(carla, conversation, "Me too")
    staff.delete(f"{path}{carla.id}/")
    return carla, said


def removed_agent(world: World) -> tuple[Membership, Message]:
    room = make_room(world.agent, world.agent2, world.manager)
    said = say(world.agent2, room, "Hello")
    client_of(world.agent).delete(f"conversations/{room.pk}/participants/{world.agent2.id}/")
    return world.agent2, said


@pytest.mark.parametrize("removed", [removed_customer, removed_agent])
def test_who_was_let_go_changes_nothing_of_what_they_said(acme: World, removed: Any) -> None:
    member, said = removed(acme)
    client = client_of(member)

    with nothing_changes():
        assert both(client, said) == [(404, "not_found")] * 2


@pytest.mark.parametrize("deed", ["closed", "archived"])
def test_what_is_closed_or_archived_is_not_rewritten(acme: World, deed: str) -> None:
    said = say(acme.agent, make_conversation(acme.customer, "Hello"), "Yes")
    change = {"status": "closed"} if deed == "closed" else {"is_archived": True}
    Conversation.unscoped.update(**change)
    client = client_of(acme.agent)

    with nothing_changes():
        assert both(client, said) == [(403, deed)] * 2


def test_the_text_of_an_edit_is_as_strict_as_that_of_a_message(acme: World) -> None:
    said = say(acme.agent, make_conversation(acme.customer, "Hello"), "Yes")
    client = client_of(acme.agent)
    bodies = [{"body": " "}, {"body": "x" * 10_001}, {"body": "a\u202e"}, {"visibility": "note"}]
    bodies += [{}, {"body": None}, {"body": "", "visibility": "note"}]

    with nothing_changes():
        answers = [client.patch(path_of(said), each) for each in bodies]

    assert [faults(each) for each in answers] == [
        {"body": ["blank"]},
        {"body": ["max_length"]},
        {"body": ["invalid"]},
        {"body": ["required"], "visibility": ["unknown_field"]},
        {"body": ["required"]},
        {"body": ["null"]},
        {"body": ["blank"], "visibility": ["unknown_field"]},
    ]
    assert {each.status_code for each in answers} == {400}


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_a_message_is_found_in_its_own_conversation_alone(
    acme: World, globex: World, method: str
) -> None:
    """A09: also where one may see and write to both."""
    mine, other = (
        make_conversation(acme.agent, customer=acme.customer),
        make_conversation(acme.customer, "x"),
    )
    said = say(acme.agent, other, "Yes")
    theirs = say(globex.agent, make_conversation(globex.customer, "x"), "Yes")
    client = client_of(acme.agent)
    body = {"body": "Changed"} if method == "PATCH" else None
    ids = [said.pk, theirs.pk, new_id(), uuid4()]

    with nothing_changes():
        answers = [
            client.send(method, f"conversations/{mine.pk}/messages/{each}/", body) for each in ids
        ]

    assert {each.status_code for each in answers} == {404}
    assert len({without_request_id(each) for each in answers}) == 1


@pytest.mark.parametrize("tail", ["events/", "draft/", "participants/", "messages/"])
def test_what_hangs_on_a_foreign_conversation_is_not_found(
    acme: World, globex: World, tail: str
) -> None:
    theirs = make_conversation(globex.customer, "x")
    client = client_of(acme.admin)

    answers = [client.get(f"conversations/{each}/{tail}") for each in (theirs.pk, new_id())]

    assert [each.status_code for each in answers] == [404, 404]
    assert without_request_id(answers[0]) == without_request_id(answers[1])
