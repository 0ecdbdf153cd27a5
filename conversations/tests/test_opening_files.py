"""POST conversations/ with files: an upload belongs to a conversation that is there already."""

from typing import Any
from uuid import uuid4

import pytest

from conftest import World, client_of
from conversations.choices import Kind
from conversations.tests.factories import make_conversation, make_room
from conversations.tests.uploads import uploaded
from tokdesk.common.ids import new_id
from tokdesk.common.testing import without_request_id
from tokdesk.tests.answers import faults, outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = pytest.mark.django_db


def begin(client: Any, attachments: Any, **fields: Any) -> Any:
    message = {"body": "Look", "attachments": attachments}
    return client.post("conversations/", {"client_id": str(uuid4()), "message": message, **fields})


def test_a_conversation_may_begin_with_no_files(acme: World) -> None:
    answer = begin(client_of(acme.customer), [])

    assert (answer.status_code, answer.json()["preview"]) == (201, "Look")


def test_a_conversation_begins_with_no_upload_of_another_one(acme: World, globex: World) -> None:
    """One's own, somebody else's, a foreign one, and none at all: all told alike."""
    talk = make_conversation(acme.customer, "Help")
    theirs = uploaded(globex.customer, make_conversation(globex.customer, "Help"))
    ids = [uploaded(acme.customer, talk), uploaded(acme.agent, talk), theirs, str(new_id())]
    client = client_of(acme.customer)

    with nothing_changes():
        answers = [begin(client, [each]) for each in ids]

    assert (answers[0].status_code, faults(answers[0])) == (
        400,
        {"message.attachments": ["does_not_exist"]},
    )
    assert len({without_request_id(each) for each in answers}) == 1


@pytest.mark.parametrize(
    ("attachments", "errors"),
    [
        ("x", {"message.attachments": ["not_a_list"]}),
        (None, {"message.attachments": ["null"]}),
        ([5], {"message.attachments.0": ["invalid"]}),
        ([str(new_id()) for _each in range(11)], {"message.attachments": ["max_length"]}),
    ],
)
def test_what_is_no_list_of_ids_is_named(acme: World, attachments: Any, errors: Any) -> None:
    client = client_of(acme.customer)

    with nothing_changes():
        answer = begin(client, attachments)

    assert (answer.status_code, faults(answer)) == (400, errors)


def test_a_room_begins_with_no_files_either(acme: World) -> None:
    room = make_room(acme.agent, acme.agent2)
    file, client = uploaded(acme.agent, room), client_of(acme.agent)

    with nothing_changes():
        answer = begin(client, [file], kind=Kind.DIRECT, participants=[str(acme.agent2.pk)])

    assert (answer.status_code, faults(answer)) == (
        400,
        {"message.attachments": ["does_not_exist"]},
    )


def test_the_same_id_with_files_is_another_conversation(acme: World) -> None:
    client, client_id = client_of(acme.customer), str(uuid4())
    first = begin(client, [], client_id=client_id)

    with nothing_changes():
        same = begin(client, [], client_id=client_id)
        other = begin(client, [str(new_id())], client_id=client_id)

    assert (same.status_code, same.json()["id"]) == (200, first.json()["id"])
    assert outcome(other) == (409, "client_id_reused")
