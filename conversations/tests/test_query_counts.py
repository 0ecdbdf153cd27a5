"""How many queries each list and each deed costs, however much there is."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tests.factories import make_member
from conftest import World, client_of
from conversations.models import Conversation
from conversations.tests.factories import make_conversation, note, say
from tokdesk.common.roles import Role

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


def queries_of(work: Any) -> int:
    """Without those that begin and end blocks inside of the test's own."""
    with CaptureQueriesContext(connection) as found:
        assert work().status_code in (200, 201)
    return sum("SAVEPOINT" not in each["sql"] for each in found)


def crowd(world: World, times: int) -> Any:
    """So many conversations, each with people, tags and messages; the last one is long."""
    talk = None
    for number in range(times):
        talk = make_conversation(world.customer, "Hello", subject=f"S{number}")
        carla = make_member(world.company, Role.USER, f"c{uuid4().hex}@acme.example")
        staff = client_of(world.admin)
        path = f"conversations/{talk.pk}/"
        staff.post(f"{path}participants/", {"member": str(carla.pk)})
        staff.post(f"{path}assign/", {"assignee": str(world.agent.pk)})
        staff.patch(path, {"tags": ["a", "b"], "priority": "high"})
        staff.patch(path, {"department": str(world.billing.pk)})
        staff.patch(path, {"department": str(world.support.pk)})
        view = {"name": "Late", "filters": {}, "ordering": "waiting_since", "shared": True}
        staff.post("views/", view)
        staff.post("tags/", {"name": f"tag {uuid4().hex}"[:40]})
        staff.post("attributes/", {"key": f"k{uuid4().hex}", "label": "K", "kind": "text"})
    for number in range(times):
        say(world.agent, talk, f"m{number}")
        note(world.manager, talk, f"n{number}")
        say(world.customer, talk, f"c{number}")
    return talk


# path -> for an agent, for the customer; None where customers may not ask.
READS = {
    "conversations/": (2, 2),
    "conversations/?q=hello": (2, 2),
    "conversations/?unread=true&tag=a&assignee=me": (2, None),
    "conversations/counts/": (2, 3),
    "conversations/{id}/": (2, 2),
    # The first finds no message in the cache, the others do.
    "conversations/{id}/messages/": (6, 4),
    "conversations/{id}/messages/?before=9": (5, 5),
    "conversations/{id}/messages/?around=4": (5, 5),
    "conversations/{id}/events/": (8, 7),
    "conversations/{id}/participants/": (3, 3),
    "conversations/{id}/draft/": (3, 3),
    "tags/": (2, None),
    "views/": (2, None),
    "attributes/": (2, None),
}


def costs_of_reads(world: World, talk: Conversation) -> dict[str, Any]:
    agent, customer = client_of(world.agent), client_of(world.customer)
    urls = {path: path.format(id=talk.pk) for path in READS}
    return {
        path: (
            queries_of(lambda u=url: agent.get(u)),
            queries_of(lambda u=url: customer.get(u)) if READS[path][1] else None,
        )
        for path, url in urls.items()
    }


def test_a_read_costs_the_same_however_much_there_is(acme: World) -> None:
    few = costs_of_reads(acme, crowd(acme, 1))
    many = costs_of_reads(acme, crowd(acme, 3))

    assert few == READS
    assert many == READS


DEEDS = {
    "an answer": 11,
    "a customer's message": 11,
    "a first message": 18,
    "a read": 6,
    "a status": 6,
    "an assignment": 11,
}


def costs_of_deeds(world: World, talk: Conversation) -> dict[str, int]:
    agent, customer = client_of(world.agent), client_of(world.customer)
    client_of(world.admin).post(f"conversations/{talk.pk}/assign/", {"assignee": None})
    path = f"conversations/{talk.pk}/"
    body = {"body": "Hello", "client_id": str(uuid4())}
    first = {"message": {"body": "Hello"}, "client_id": str(uuid4())}
    deeds = {
        "an answer": lambda: agent.post(f"{path}messages/", body),
        "a customer's message": lambda: customer.post(f"{path}messages/", body),
        "a first message": lambda: customer.post("conversations/", first),
        "a read": lambda: agent.post(f"{path}read/", {"seq": 3}),
        "a status": lambda: agent.post(f"{path}status/", {"status": "pending"}),
        "an assignment": lambda: agent.post(f"{path}assign/", {"assignee": str(world.agent.pk)}),
    }
    return {name: queries_of(deed) for name, deed in deeds.items()}


def test_a_deed_costs_the_same_however_much_there_is(acme: World) -> None:
    few = costs_of_deeds(acme, crowd(acme, 1))
    many = costs_of_deeds(acme, crowd(acme, 3))

    assert few == DEEDS
    assert many == DEEDS
