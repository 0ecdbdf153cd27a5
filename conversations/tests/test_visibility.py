"""Who sees which conversation: a table of every role, kind, department and invitation."""

from itertools import product
from typing import Any

import pytest

from accounts.models import Membership
from accounts.tests.factories import actor_for, make_member
from conftest import World, client_of
from conversations.choices import Kind, ParticipantKind
from conversations.models import Conversation, Participant
from conversations.tests.factories import make_conversation, make_room, note, say
from tokdesk.common.ids import new_id
from tokdesk.common.roles import Role
from tokdesk.common.tenancy import company_scope
from tokdesk.common.testing import finish_jobs, without_request_id

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

# kind and department -> who sees it without being invited. Of Acme's people the manager and the
# agent work in Support, agent2 in Billing.
SEEN = {
    ("customer", "support"): {"admin", "manager", "agent"},
    ("customer", "billing"): {"admin", "agent2"},
    ("direct", ""): set(),
    ("group", ""): set(),
    ("department", "support"): {"manager", "agent"},
    ("department", "billing"): {"agent2"},
    ("company", ""): {"admin", "manager", "agent", "agent2"},
}
PEOPLE = ("admin", "manager", "agent", "agent2", "customer")
AS = {Role.USER: ParticipantKind.CC}
CASES = [
    (kind, department, who, invited)
    for (kind, department), who, invited in product(SEEN, PEOPLE, ("", "reader", "invited"))
]


def other_people(world: World) -> tuple[Membership, Membership, Membership]:
    roles = {"boss": Role.COMPANY_ADMIN, "deputy": Role.COMPANY_ADMIN, "carla": Role.USER}
    boss, deputy, carla = (
        make_member(world.company, role, f"{name}@acme.example") for name, role in roles.items()
    )
    return boss, deputy, carla


def one_of(world: World, kind: str, department: str) -> Conversation:
    """One that none of the people of the table has made or is in."""
    boss, deputy, carla = other_people(world)
    place = getattr(world, department) if department else None
    if kind == "customer":
        return make_conversation(carla, "Hello", department=place)
    if kind in ("direct", "group"):
        return make_room(boss, deputy, kind=kind)
    return make_conversation(boss, "Hello", kind=kind, department=place)


def invite(conversation: Conversation, member: Membership, how: str) -> None:
    invited = AS.get(member.role, ParticipantKind.AGENT)
    if conversation.is_room:
        invited = ParticipantKind.MEMBER
    kind = ParticipantKind.READER if how == "reader" else invited
    with company_scope(conversation.company_id):
        Participant.objects.create(
            company_id=conversation.company_id,
            conversation=conversation,
            member=member,
            kind=kind,
            is_following=True,
        )


@pytest.mark.parametrize(("kind", "department", "who", "how"), CASES)
def test_the_table(acme: World, kind: str, department: str, who: str, how: str) -> None:
    member = getattr(acme, who)
    conversation = one_of(acme, kind, department)
    if how:
        invite(conversation, member, how)
    invited = how == "invited" and (who != "customer" or kind == "customer")
    is_seen = invited or who in SEEN[kind, department]
    client, path = client_of(member), f"conversations/{conversation.pk}/"

    listed = {row["id"] for row in client.get("conversations/").json()["results"]}
    answer, unknown = client.get(path), client.get(f"conversations/{new_id()}/")
    messages = client.get(f"{path}messages/")

    assert (str(conversation.pk) in listed) == is_seen
    if is_seen:
        assert (answer.status_code, messages.status_code) == (200, 200)
    else:
        assert answer.status_code == 404
        for each in (answer, messages):
            assert without_request_id(each) == without_request_id(unknown)


def test_each_is_listed_once_whatever_makes_it_visible(acme: World) -> None:
    conversation = make_conversation(acme.customer, "Hello")
    invite(conversation, acme.admin, "invited")
    invite(conversation, acme.agent, "invited")

    for member in (acme.admin, acme.agent, acme.customer):
        rows = client_of(member).get("conversations/").json()["results"]
        assert [row["id"] for row in rows] == [str(conversation.pk)]


def test_counts_are_of_what_one_sees(acme: World, globex: World) -> None:
    carla = make_member(acme.company, Role.USER, "carla@acme.example")
    make_conversation(acme.customer, "Hello")
    make_conversation(carla, "Hello", department=acme.billing)
    make_conversation(globex.customer, "Hello")
    make_room(acme.agent, acme.agent2)
    support, billing = str(acme.support.id), str(acme.billing.id)

    counts = {
        name: client_of(getattr(acme, name)).get("conversations/counts/").json() for name in PEOPLE
    }

    none: dict[str, Any] = {"mine": 0, "mentions": 0, "snoozed": 0}
    one = {"open": 1, "unassigned": 1, **none}
    assert counts == {
        "admin": {"open": 2, "unassigned": 2, **none, "departments": {support: 1, billing: 1}},
        "manager": {**one, "departments": {support: 1}},
        "agent": {**one, "departments": {support: 1}},
        "agent2": {**one, "departments": {billing: 1}},
        "customer": {"open": 1, "unread": 0},
    }


def test_counts_tell_what_is_snoozed_mine_and_unread(acme: World) -> None:
    client = client_of(acme.agent)
    ids = [make_conversation(acme.customer, "Hello").pk for _ in range(4)]
    client.post(f"conversations/{ids[0]}/snooze/", {"until_reply": True})
    client.post(f"conversations/{ids[1]}/claim/")
    client.post(f"conversations/{ids[2]}/status/", {"status": "pending"})
    say(acme.agent, Conversation.unscoped.get(pk=ids[3]), "Yes?")

    counts = client.get("conversations/counts/").json()

    told = [counts[name] for name in ("open", "unassigned", "mine", "snoozed")]
    assert told == [2, 1, 1, 1]
    assert client_of(acme.customer).get("conversations/counts/").json() == {"open": 4, "unread": 1}


def test_the_archived_is_listed_where_it_is_asked_for(acme: World) -> None:
    conversation = make_conversation(acme.customer, "Hello")
    client = client_of(acme.admin)
    client.post(f"conversations/{conversation.pk}/archive/")

    assert client.get("conversations/").json()["results"] == []
    assert len(client.get("conversations/?archived=true").json()["results"]) == 1
    assert client.get(f"conversations/{conversation.pk}/").json()["archived"] is True
    assert client.get("conversations/counts/").json()["open"] == 0


def test_nobody_sees_the_deleted(acme: World) -> None:
    conversation = make_conversation(acme.customer, "Hello")
    client_of(acme.admin).delete(f"conversations/{conversation.pk}/")

    for member in acme.people():
        client = client_of(member)
        assert client.get(f"conversations/{conversation.pk}/").status_code == 404
        assert client.get("conversations/").json()["results"] == []


def test_who_leaves_a_department_loses_sight_of_its_conversations(acme: World) -> None:
    conversation = make_conversation(acme.customer, "Hello")
    client = client_of(acme.agent)
    path = f"departments/{acme.support.id}/members/{acme.agent.id}/"
    client_of(acme.admin).delete(path)

    assert client.get(f"conversations/{conversation.pk}/").status_code == 404


# What customers do not see (A06).
HIDDEN = {
    *("priority", "tags", "assignee", "department", "snoozed_until", "attributes"),
    *("waiting_since", "updated_at"),
}


def test_what_staff_decide_stands_in_no_row_of_a_customer(acme: World) -> None:
    conversation = make_conversation(acme.customer, "Hello")
    staff, customer = client_of(acme.agent), client_of(acme.customer)
    path = f"conversations/{conversation.pk}/"

    whole, row = customer.get(path).json(), customer.get("conversations/").json()["results"][0]

    assert staff.get(path).json().keys() >= HIDDEN
    assert not HIDDEN & whole.keys()
    assert not HIDDEN & row.keys()


def test_a_note_leaves_no_trace_for_the_customer(acme: World) -> None:
    conversation = make_conversation(acme.customer, "Hello")
    say(acme.agent, conversation, "Yes?")
    client, path = client_of(acme.customer), f"conversations/{conversation.pk}/"
    paths = (path, "conversations/", f"{path}messages/", f"{path}events/", f"{path}participants/")
    paths = (*paths, "conversations/counts/")
    before = [client.get(each).json() for each in paths]

    for text in ("secret one", "secret two"):
        said = note(acme.agent, conversation, text)
    staff = client_of(acme.agent)
    staff.patch(f"{path}messages/{said.pk}/", {"body": "secret three"})
    staff.delete(f"{path}messages/{said.pk}/")
    staff.post(f"{path}read/", {"seq": 5})

    assert [client.get(each).json() for each in paths] == before
    assert client.get(f"{path}messages/{said.pk}/").status_code == 404


@pytest.mark.parametrize("query", ["tag=vip", "assignee=none", "priority=high", "snoozed=true"])
def test_customers_do_not_ask_by_what_they_do_not_see(acme: World, query: str) -> None:
    answer = client_of(acme.customer).get(f"conversations/?{query}")

    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_parameter")


@pytest.mark.parametrize("ordering", ["priority", "waiting_since"])
def test_customers_do_not_order_by_what_they_do_not_see(acme: World, ordering: str) -> None:
    answer = client_of(acme.customer).get(f"conversations/?ordering={ordering}")

    assert answer.status_code == 400


def test_a_customer_is_not_told_which_of_the_staff_were_called_in(acme: World) -> None:
    conversation = make_conversation(acme.customer, "Hello")
    invite(conversation, acme.agent2, "invited")
    path = f"conversations/{conversation.pk}/participants/"

    seen = [client_of(each).get(path).json()["results"] for each in (acme.agent, acme.customer)]

    assert [[row["member"]["name"] for row in rows] for rows in seen] == [
        ["Customer", "Agent2"],
        ["Customer"],
    ]


def test_whoever_was_staff_sees_only_what_is_theirs_as_a_customer(acme: World) -> None:
    theirs = make_conversation(acme.customer, "Hello")
    client_of(acme.admin).post(
        f"conversations/{theirs.pk}/assign/", {"assignee": str(acme.agent2.pk)}
    )

    client_of(acme.admin).patch(f"members/{acme.agent2.pk}/", {"role": "user"})
    finish_jobs()

    acme.agent2.refresh_from_db()
    with company_scope(acme.company.id):
        assert list(Conversation.objects.visible_to(actor_for(acme.agent2))) == []
        assert Conversation.objects.get(pk=theirs.pk).assignee is None


def test_what_is_assigned_is_seen_wherever_it_is(acme: World) -> None:
    talk = make_conversation(acme.customer, "Hello")
    client = client_of(acme.admin)
    client.post(f"conversations/{talk.pk}/assign/", {"assignee": str(acme.agent.pk)})
    client.delete(f"departments/{acme.support.pk}/members/{acme.agent.pk}/")

    assert client_of(acme.agent).get(f"conversations/{talk.pk}/").status_code == 200
    assert client_of(acme.agent2).get(f"conversations/{talk.pk}/").status_code == 404


def test_agents_may_be_shown_only_their_own_and_nobodys(acme: World) -> None:
    client = client_of(acme.admin)
    own, nobodys, colleagues = (make_conversation(acme.customer, "Hello") for _ in range(3))
    for talk, holder in ((own, acme.agent), (colleagues, acme.manager)):
        client.post(f"conversations/{talk.pk}/assign/", {"assignee": str(holder.pk)})
    every = {str(talk.pk) for talk in (own, nobodys, colleagues)}

    def seen(member: Membership) -> set[str]:
        return {row["id"] for row in client_of(member).get("conversations/").json()["results"]}

    assert seen(acme.agent) == every
    client.patch("company/", {"settings": {"agents_see_colleagues": False}})
    assert seen(acme.agent) == {str(own.pk), str(nobodys.pk)}
    assert client_of(acme.agent).get(f"conversations/{colleagues.pk}/").status_code == 404
    assert seen(acme.manager) == seen(acme.admin) == every
    assert client_of(acme.agent).get("conversations/counts/").json()["open"] == 2
    client.post(f"conversations/{colleagues.pk}/participants/", {"member": str(acme.agent.pk)})
    assert seen(acme.agent) == every


def test_a_room_of_the_department_is_for_all_of_it(acme: World) -> None:
    room = make_conversation(acme.manager, kind=Kind.DEPARTMENT, department=acme.support)
    client_of(acme.admin).patch("company/", {"settings": {"agents_see_colleagues": False}})

    assert client_of(acme.agent).get(f"conversations/{room.pk}/").status_code == 200
