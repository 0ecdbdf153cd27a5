"""Many hands on the same conversation at once: one effect, and a log without holes."""

from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from accounts.tests.factories import access_of, make_member
from conftest import World
from conversations.models import Conversation, ConversationTag, Message, Participant, Tag
from conversations.proof import check_company
from conversations.tests.factories import make_conversation, reloaded
from tokdesk.common.models import Event
from tokdesk.common.roles import Role
from tokdesk.common.testing import ApiClient, race
from tokdesk.tests.answers import outcome

pytestmark = [pytest.mark.contract, pytest.mark.django_db(transaction=True)]

HANDS = 20
MANY_HANDS = 50
ROUNDS = 200


def outcomes(answers: list[Any]) -> Counter[tuple[int, str]]:
    return Counter(outcome(answer) for answer in answers)


def assert_whole(conversation: Conversation) -> None:
    """Both numberings of its log are gapless and end where the row says."""
    row = reloaded(conversation)
    rows = Event.objects.of_stream(f"conversation:{row.pk}")
    assert list(rows.order_by("seq").values_list("seq", flat=True)) == [*range(1, row.last_seq + 1)]
    public = rows.filter(public_seq__isnull=False).order_by("seq")
    assert list(public.values_list("public_seq", flat=True)) == [*range(1, row.last_public_seq + 1)]
    messages = Message.unscoped.filter(conversation=row).order_by("seq")
    positions = list(messages.values_list("position", flat=True))
    assert positions == [*range(1, row.message_count + 1)]


def staff_of(world: World, hands: int) -> list[ApiClient]:
    """So many different admins."""
    people = [
        make_member(world.company, Role.COMPANY_ADMIN, f"boss{number}-{uuid4().hex}@acme.example")
        for number in range(hands)
    ]
    return [ApiClient(access_of(member)) for member in people]


def one_claims(world: World, clients: list[ApiClient]) -> None:
    conversation = make_conversation(world.customer, "Hello")

    answers = race(
        lambda number: clients[number].post(f"conversations/{conversation.pk}/claim/"),
        len(clients),
    )

    assert outcomes(answers) == {(200, ""): 1, (409, "already_assigned"): len(clients) - 1}
    assert_whole(conversation)
    row, winner = reloaded(conversation), next(a for a in answers if a.status_code == 200)
    assert (str(row.assignee_id), row.version) == (winner.json()["assignee"]["id"], 2)
    late = [answer.json() for answer in answers if answer.status_code == 409]
    assert {each["assignee"] for each in late} == {str(row.assignee_id)}


def one_moves(world: World, clients: list[ApiClient]) -> None:
    conversation = make_conversation(world.customer, "Hello")
    goals = ("pending", "on_hold", "resolved")

    answers = race(
        lambda number: clients[number].post(
            f"conversations/{conversation.pk}/status/", {"status": goals[number % 3], "version": 1}
        ),
        len(clients),
    )

    assert outcomes(answers) == {(200, ""): 1, (409, "stale_version"): len(clients) - 1}
    assert {a.json()["current"] for a in answers if a.status_code == 409} == {2}
    assert_whole(conversation)


def one_assigns(world: World, clients: list[ApiClient]) -> None:
    conversation = make_conversation(world.customer, "Hello")
    people = (world.agent, world.manager, world.admin)

    answers = race(
        lambda number: clients[number].post(
            f"conversations/{conversation.pk}/assign/",
            {"assignee": str(people[number % 3].pk), "version": 1},
        ),
        len(clients),
    )

    assert outcomes(answers) == {(200, ""): 1, (409, "stale_version"): len(clients) - 1}
    assert_whole(conversation)


def one_edits(world: World, clients: list[ApiClient]) -> None:
    conversation = make_conversation(world.customer, "Hello")

    answers = race(
        lambda number: clients[number].patch(
            f"conversations/{conversation.pk}/", {"subject": f"S{number}"}, if_match='"1"'
        ),
        len(clients),
    )

    assert outcomes(answers) == {(200, ""): 1, (409, "stale_version"): len(clients) - 1}
    assert_whole(conversation)


def one_merges(world: World, clients: list[ApiClient]) -> None:
    """Half of them the one way, half the other."""
    pair = [make_conversation(world.customer, "Hello") for _ in range(2)]
    ways = [(pair[0], pair[1]), (pair[1], pair[0])]

    answers = race(
        lambda number: clients[number].post(
            f"conversations/{ways[number % 2][0].pk}/merge/", {"into": str(ways[number % 2][1].pk)}
        ),
        len(clients),
    )

    assert outcomes(answers) == {(200, ""): 1, (403, "closed"): len(clients) - 1}
    rows = [reloaded(each) for each in pair]
    assert sorted(row.status for row in rows) == ["closed", "open"]
    for each in pair:
        assert_whole(each)


def one_message(world: World, clients: list[ApiClient]) -> None:
    conversation, access = make_conversation(world.customer, "Hello"), access_of(world.agent)
    body = {"client_id": str(uuid4()), "body": "Yes?"}

    answers = race(
        lambda _: ApiClient(access).post(f"conversations/{conversation.pk}/messages/", body),
        len(clients),
    )

    assert outcomes(answers) == {(200, ""): len(clients) - 1, (201, ""): 1}
    assert len({(a.json()["id"], a.json()["seq"]) for a in answers}) == 1
    assert reloaded(conversation).last_seq == 3
    assert_whole(conversation)


def one_conversation(world: World, clients: list[ApiClient]) -> None:
    access = access_of(world.customer)
    body = {"client_id": str(uuid4()), "message": {"body": "Hello"}}
    before = Conversation.unscoped.count()

    answers = race(lambda _: ApiClient(access).post("conversations/", body), len(clients))

    assert outcomes(answers) == {(200, ""): len(clients) - 1, (201, ""): 1}
    assert len({a.json()["id"] for a in answers}) == 1
    assert Conversation.unscoped.count() == before + 1


def one_direct_room(world: World, clients: list[ApiClient]) -> None:
    """Half of them are asked for by the one, half by the other."""
    one = make_member(world.company, Role.AGENT, f"one-{uuid4().hex}@acme.example")
    two = make_member(world.company, Role.AGENT, f"two-{uuid4().hex}@acme.example")
    asks = [(access_of(one), two), (access_of(two), one)]

    def work(number: int) -> Any:
        access, other = asks[number % 2]
        body = {"kind": "direct", "participants": [str(other.pk)]}
        return ApiClient(access).post("conversations/", body)

    answers = race(work, len(clients))

    assert outcomes(answers) == {(200, ""): len(clients) - 1, (201, ""): 1}
    assert len({a.json()["id"] for a in answers}) == 1


def numbers_are_gapless(world: World, clients: list[ApiClient]) -> None:
    """Also where every fourth is refused."""
    known = set(Conversation.unscoped.values_list("number", flat=True))

    def work(number: int) -> Any:
        who = world.agent if number % 4 == 0 else world.customer
        return clients[number].post("conversations/", {"customer": str(who.pk)})

    answers = race(work, len(clients))

    made = sorted(a.json()["number"] for a in answers if a.status_code == 201)
    first = max(known, default=0) + 1
    assert made == [*range(first, first + len(made))]
    assert len(made) == len(clients) - len(clients[::4])


def everybody_speaks(world: World, clients: list[ApiClient]) -> None:
    """Notes and answers at once, while others move and rename it."""
    conversation = make_conversation(world.customer, "Hello")
    path = f"conversations/{conversation.pk}/"

    def work(number: int) -> Any:
        if number % 5 == 0:
            return clients[number].patch(path, {"subject": f"S{number}"})
        body = {"client_id": str(uuid4()), "body": f"m{number}"}
        body["visibility"] = "note" if number % 2 else "public"
        return clients[number].post(f"{path}messages/", body)

    answers = race(work, len(clients))

    assert set(outcomes(answers)) <= {(200, ""), (201, "")}
    assert_whole(conversation)
    row = reloaded(conversation)
    assert row.message_count == 1 + len(clients) - len(clients[::5])
    people = Participant.unscoped.filter(conversation=conversation)
    assert people.count() == 1 + len(clients) - len(clients[::5])


def one_looks_in_and_acts(world: World, clients: list[ApiClient]) -> None:
    """The first row of a person in a conversation is wanted by every deed at once."""
    conversation = make_conversation(world.customer, "Hello")
    path, access = f"conversations/{conversation.pk}/", access_of(world.agent)
    member = {"member": str(world.agent.pk)}
    deeds: list[Callable[[ApiClient], Any]] = [
        lambda client: client.post(f"{path}read/", {"seq": 1}),
        lambda client: client.post(f"{path}claim/"),
        lambda client: client.post(f"{path}follow/"),
        lambda client: client.post(f"{path}unread/", {"seq": 1}),
        lambda client: client.post(
            f"{path}messages/", {"client_id": str(uuid4()), "body": "I am on it."}
        ),
        lambda client: client.post(f"{path}participants/", member),
    ]

    answers = race(lambda number: deeds[number % 6](ApiClient(access)), len(clients))

    assert set(outcomes(answers)) <= {(200, ""), (201, "")}
    assert_whole(conversation)
    rows = Participant.unscoped.filter(conversation=conversation, member=world.agent)
    assert rows.count() == 1


def a_word_is_used_and_renamed(world: World, clients: list[ApiClient]) -> None:
    made = clients[0].post("tags/", {"name": "case"}).json()["id"]
    talks = [make_conversation(world.customer, "Hello") for _ in range(len(clients) // 2)]

    def work(number: int) -> Any:
        if number % 4 == 0:
            names = ("CASE", "Case", "other", "case")
            return clients[number].patch(f"tags/{made}/", {"name": names[number // 4 % 4]})
        talk = talks[number % len(talks)]
        return clients[number].patch(f"conversations/{talk.pk}/", {"tags": ["case"]})

    answers = race(work, len(clients))

    assert set(outcomes(answers)) <= {(200, ""), (409, "name_taken")}
    for talk in talks:
        links = ConversationTag.unscoped.filter(conversation=talk)
        assert [link.tag.name for link in links] == reloaded(talk).tags
        assert_whole(talk)
    Tag.unscoped.all().delete()


def a_word_is_used_and_deleted(world: World, clients: list[ApiClient]) -> None:
    clients[0].post("tags/", {"name": "hot"})
    talks = [make_conversation(world.customer, "Hello") for _ in range(4)]

    def work(number: int) -> Any:
        if number % 4 == 0:
            rows = clients[number].get("tags/").json()["results"]
            return clients[number].delete(f"tags/{rows[0]['id']}/") if rows else None
        path = f"conversations/{talks[number % 4].pk}/"
        return clients[number].patch(path, {"tags": ["hot"] if number % 2 else []})

    answers = [answer for answer in race(work, len(clients)) if answer is not None]

    assert set(outcomes(answers)) <= {(200, ""), (204, ""), (404, "not_found")}
    for talk in talks:
        links = ConversationTag.unscoped.filter(conversation=talk)
        assert [link.tag.name for link in links] == reloaded(talk).tags
        assert_whole(talk)


RACES = [
    one_claims,
    one_moves,
    one_assigns,
    one_edits,
    one_merges,
    one_message,
    one_conversation,
    one_direct_room,
    numbers_are_gapless,
    everybody_speaks,
    one_looks_in_and_acts,
    a_word_is_used_and_renamed,
    a_word_is_used_and_deleted,
]


# What R14 asks for.
ONE_WINS = [one_claims, one_moves, one_assigns, one_merges]


def name_of(run: Callable[..., None]) -> str:
    return run.__name__


@pytest.mark.parametrize("run", RACES, ids=name_of)
def test_one_round(acme: World, run: Callable[[World, list[ApiClient]], None]) -> None:
    # SQLite has one writer at a time; a long queue there shows nothing more.
    run(acme, staff_of(acme, HANDS if connection.vendor == "postgresql" else 8))

    assert check_company(acme.company.id)[1] == []


@pytest.mark.proof
@pytest.mark.parametrize("run", RACES, ids=name_of)
def test_two_hundred_rounds(acme: World, run: Callable[[World, list[ApiClient]], None]) -> None:
    clients: list[ApiClient] = []
    hands = MANY_HANDS if run in ONE_WINS else HANDS
    for number in range(ROUNDS):
        # A token lives for five minutes; the rounds may take longer.
        clients = staff_of(acme, hands) if number % 50 == 0 else clients
        run(acme, clients)

    assert check_company(acme.company.id)[1] == []
