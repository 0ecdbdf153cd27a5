"""Archive, unarchive and delete: an admin everywhere, a manager in the own departments."""

from typing import Any

import pytest

from conftest import World, client_of
from conversations.models import Conversation
from conversations.tests.factories import make_conversation, make_room, reloaded
from tokdesk.common.testing import recorded_events
from tokdesk.tests.answers import outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

DENIED, UNKNOWN = (403, "permission_denied"), (404, "not_found")


def put_away(client: Any, conversation: Conversation, deed: str) -> Any:
    path = f"conversations/{conversation.pk}/"
    return client.delete(path) if deed == "delete" else client.post(f"{path}{deed}/")


@pytest.mark.parametrize(
    ("who", "department", "is_done", "refusal"),
    [
        ("admin", "support", True, None),
        ("admin", "billing", True, None),
        ("manager", "support", True, None),
        ("manager", "billing", False, UNKNOWN),
        ("agent", "support", False, DENIED),
        ("customer", "support", False, DENIED),
    ],
)
@pytest.mark.parametrize("deed", ["archive", "unarchive", "delete"])
def test_the_table(
    acme: World, who: str, department: str, is_done: bool, refusal: Any, deed: str
) -> None:
    place = getattr(acme, department)
    conversation = make_conversation(acme.customer, "Hello", department=place)
    Conversation.unscoped.update(is_archived=deed == "unarchive")

    answer = put_away(client_of(getattr(acme, who)), conversation, deed)

    assert outcome(answer) == (((204 if deed == "delete" else 200), "") if is_done else refusal)


def test_a_manager_who_was_invited_does_not_put_away(acme: World) -> None:
    conversation = make_conversation(acme.customer, "Hello", department=acme.billing)
    path = f"conversations/{conversation.pk}/participants/"
    client_of(acme.admin).post(path, {"member": str(acme.manager.pk)})
    client = client_of(acme.manager)

    with nothing_changes():
        answers = [put_away(client, conversation, deed) for deed in ("archive", "delete")]

    assert [outcome(each) for each in answers] == [DENIED, DENIED]


def test_archiving_is_told_once_and_taken_back(acme: World) -> None:
    conversation, client = make_conversation(acme.customer, "Hello"), client_of(acme.admin)

    with recorded_events() as events:
        for deed in ("archive", "archive", "unarchive", "unarchive"):
            put_away(client, conversation, deed)

    assert events == ["conversation.archived"] * 2
    assert (reloaded(conversation).is_archived, reloaded(conversation).version) == (False, 3)


def test_a_closed_conversation_is_archived(acme: World) -> None:
    conversation = make_conversation(acme.customer, "Hello")
    Conversation.unscoped.update(status="closed")

    row = put_away(client_of(acme.admin), conversation, "archive").json()

    assert (row["archived"], row["status"]) == (True, "closed")


def test_the_number_of_a_deleted_one_is_not_used_again(acme: World) -> None:
    conversation, client = make_conversation(acme.customer, "Hello"), client_of(acme.admin)

    with recorded_events() as events:
        assert put_away(client, conversation, "delete").status_code == 204

    assert events == ["conversation.deleted"]
    assert outcome(put_away(client, conversation, "delete")) == UNKNOWN
    assert make_conversation(acme.customer, "Hello").number == 2


def test_a_direct_room_that_was_deleted_can_be_opened_anew(acme: World) -> None:
    room = make_room(acme.admin, acme.agent)
    put_away(client_of(acme.admin), room, "delete")

    again = make_room(acme.agent, acme.admin)

    assert again.pk != room.pk
