"""Who is in a conversation: brought in, let go, following, muted."""

from typing import Any

import pytest

from accounts.models import Membership
from accounts.tests.factories import make_member
from conftest import World, client_of
from conversations.models import Conversation, Participant
from conversations.tests.factories import make_conversation, make_room
from tokdesk.common.ids import new_id
from tokdesk.common.roles import Role
from tokdesk.common.testing import recorded_events, without_request_id
from tokdesk.tests.answers import faults, outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


def bring(client: Any, conversation: Conversation, who: Any, **fields: Any) -> Any:
    body = {"member": str(getattr(who, "pk", who)), **fields}
    return client.post(f"conversations/{conversation.pk}/participants/", body)


def let_go(client: Any, conversation: Conversation, who: Membership) -> Any:
    return client.delete(f"conversations/{conversation.pk}/participants/{who.pk}/")


@pytest.fixture
def carla(acme: World) -> Membership:
    return make_member(acme.company, Role.USER, "carla@acme.example")


@pytest.fixture
def hello(acme: World) -> Conversation:
    return make_conversation(acme.customer, "Hello")


@pytest.mark.parametrize(("who", "kind"), [("agent2", "agent"), ("carla", "cc")])
def test_somebody_is_brought_in_once(
    acme: World, carla: Membership, hello: Conversation, who: str, kind: str
) -> None:
    member, client = carla if who == "carla" else acme.agent2, client_of(acme.agent)

    with recorded_events() as events:
        first = bring(client, hello, member)
    with nothing_changes():
        again = bring(client, hello, member, kind=kind)

    assert (first.status_code, again.status_code) == (201, 200)
    person = {"id": str(member.pk), "name": member.name, "role": member.role, "avatar": None}
    assert first.json() == again.json() == {"member": person, "kind": kind, "following": True}
    assert events == ["participant.added"]
    assert client_of(member).get(f"conversations/{hello.pk}/").status_code == 200


def test_whoever_only_looked_becomes_one_of_them(acme: World, hello: Conversation) -> None:
    client_of(acme.manager).post(f"conversations/{hello.pk}/read/", {"seq": 2})

    assert bring(client_of(acme.agent), hello, acme.manager).status_code == 201
    row = Participant.unscoped.get(conversation=hello, member=acme.manager)
    assert (row.kind, row.read_seq) == ("agent", 2)


@pytest.mark.parametrize("kind", ["customer", "reader", "owner"])
def test_nobody_is_made_what_only_the_desk_makes(
    acme: World, hello: Conversation, kind: str
) -> None:
    answer = bring(client_of(acme.agent), hello, acme.agent2, kind=kind)

    assert faults(answer) == {"kind": ["invalid_choice"]}


@pytest.mark.parametrize(("who", "kind"), [("agent2", "cc"), ("agent2", "member")])
def test_a_kind_that_does_not_fit_is_refused(
    acme: World, hello: Conversation, who: str, kind: str
) -> None:
    client = client_of(acme.agent)

    with nothing_changes():
        answer = bring(client, hello, getattr(acme, who), kind=kind)

    assert faults(answer) == {"kind": ["invalid"]}


def test_customers_bring_in_nobody_and_let_nobody_go(
    acme: World, carla: Membership, hello: Conversation
) -> None:
    bring(client_of(acme.agent), hello, carla)
    client = client_of(acme.customer)

    with nothing_changes():
        answers = [bring(client, hello, acme.customer), let_go(client, hello, carla)]
        answers.append(let_go(client, hello, acme.customer))

    assert [outcome(each) for each in answers] == [(403, "permission_denied")] * 3


def test_who_is_let_go_sees_it_no_more(acme: World, carla: Membership, hello: Conversation) -> None:
    client = client_of(acme.agent)
    bring(client, hello, carla)

    with recorded_events() as events:
        assert let_go(client, hello, carla).status_code == 204

    assert events == ["participant.removed"]
    assert client_of(carla).get(f"conversations/{hello.pk}/").status_code == 404
    assert outcome(let_go(client, hello, carla)) == (404, "not_found")


def test_the_customer_belongs_to_the_conversation(acme: World, hello: Conversation) -> None:
    client = client_of(acme.admin)

    with nothing_changes():
        answer = let_go(client, hello, acme.customer)

    assert outcome(answer) == (400, "not_removable")


def test_anybody_of_a_group_brings_in_and_leaves(acme: World) -> None:
    room = make_room(acme.agent, acme.agent2, acme.manager)

    brought = bring(client_of(acme.agent2), room, acme.admin)
    left = let_go(client_of(acme.agent2), room, acme.agent2)

    assert (brought.json()["kind"], left.status_code) == ("member", 204)
    assert client_of(acme.agent2).get(f"conversations/{room.pk}/").status_code == 404


def test_customers_come_into_no_room(acme: World) -> None:
    room = make_room(acme.agent, acme.agent2, acme.manager)

    assert faults(bring(client_of(acme.agent), room, acme.customer)) == {"member": ["not_staff"]}


def test_the_people_of_other_rooms_come_from_elsewhere(acme: World) -> None:
    direct = make_room(acme.agent, acme.agent2)
    company = make_conversation(acme.admin, kind="company")
    client = client_of(acme.agent)

    with nothing_changes():
        answers = [bring(client, each, acme.manager) for each in (direct, company)]
        left = let_go(client, direct, acme.agent)

    assert [outcome(each) for each in answers] == [(400, "not_for_rooms")] * 2
    assert outcome(left) == (400, "not_removable")


@pytest.mark.parametrize("deed", ["closed", "archived"])
def test_nobody_comes_into_what_is_over(acme: World, hello: Conversation, deed: str) -> None:
    change = {"status": "closed"} if deed == "closed" else {"is_archived": True}
    Conversation.unscoped.update(**change)

    assert outcome(bring(client_of(acme.agent), hello, acme.agent2)) == (403, deed)


@pytest.mark.parametrize("deed", ["closed", "archived"])
def test_nobody_leaves_what_is_over(
    acme: World, carla: Membership, hello: Conversation, deed: str
) -> None:
    bring(client_of(acme.agent), hello, carla)
    change = {"status": "closed"} if deed == "closed" else {"is_archived": True}
    Conversation.unscoped.update(**change)

    answer = client_of(acme.agent).delete(f"conversations/{hello.pk}/participants/{carla.pk}/")

    assert outcome(answer) == (403, deed)
    assert Participant.unscoped.get(conversation=hello, member=carla).kind == "cc"


def test_whoever_has_it_is_not_let_go(acme: World, hello: Conversation) -> None:
    client, path = client_of(acme.admin), f"conversations/{hello.pk}/"
    client.post(f"{path}assign/", {"assignee": str(acme.agent2.pk)})

    refused = client.delete(f"{path}participants/{acme.agent2.pk}/")
    client.post(f"{path}assign/", {"assignee": None})
    let_go = client.delete(f"{path}participants/{acme.agent2.pk}/")

    assert (outcome(refused), let_go.status_code) == ((400, "not_removable"), 204)


def test_who_has_no_access_comes_in_nowhere(acme: World, hello: Conversation) -> None:
    client_of(acme.admin).post(f"members/{acme.agent2.pk}/deactivate/")

    answer = bring(client_of(acme.agent), hello, acme.agent2)

    assert faults(answer) == {"member": ["invalid"]}


def test_a_foreign_person_is_told_like_an_unknown_one(
    acme: World, globex: World, hello: Conversation
) -> None:
    client = client_of(acme.admin)

    with nothing_changes():
        brought = [bring(client, hello, each) for each in (globex.agent.pk, new_id())]
        path = f"conversations/{hello.pk}/participants/"
        gone = [client.delete(f"{path}{each}/") for each in (globex.agent.pk, new_id())]

    for foreign, unknown in (brought, gone):
        assert without_request_id(foreign) == without_request_id(unknown)
    assert (brought[0].status_code, gone[0].status_code) == (400, 404)


@pytest.mark.parametrize(
    ("on", "off", "field"), [("follow", "unfollow", "following"), ("mute", "unmute", "muted")]
)
def test_one_follows_and_mutes_for_oneself(
    acme: World, hello: Conversation, on: str, off: str, field: str
) -> None:
    client, path = client_of(acme.manager), f"conversations/{hello.pk}/"

    with recorded_events() as events:
        shown = [client.post(f"{path}{deed}/").json()[field] for deed in (on, on, off, off)]

    assert shown == [True, True, False, False]
    assert events == []
    assert client_of(acme.agent).get(path).json()[field] is False


def test_staff_see_who_follows_and_customers_do_not(acme: World, hello: Conversation) -> None:
    client_of(acme.manager).post(f"conversations/{hello.pk}/follow/")
    client_of(acme.agent).post(f"conversations/{hello.pk}/read/", {"seq": 1})
    path = f"conversations/{hello.pk}/participants/"

    seen = [client_of(each).get(path).json()["results"] for each in (acme.agent, acme.customer)]

    assert [[(row["member"]["name"], row["kind"]) for row in rows] for rows in seen] == [
        [("Customer", "customer"), ("Manager", "follower")],
        [("Customer", "customer")],
    ]
