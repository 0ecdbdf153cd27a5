"""Sent again and again, at once, by many: stored once each (R2)."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections

from accounts.tests.factories import access_of, make_member
from conftest import World
from conversations.models import Conversation, Message
from conversations.proof import check_company
from conversations.tests.factories import make_conversation
from conversations.tests.test_conversation_races import assert_whole
from tokdesk.common.roles import Role
from tokdesk.common.testing import ApiClient

pytestmark = [pytest.mark.django_db(transaction=True)]

HANDS = 12
TIMES = 3


def at_once(work: Callable[[int], Any], times: int) -> list[Any]:
    """All of them by a few hands, so that three of the same are often under way together."""

    def run(number: int) -> Any:
        try:
            return work(number // TIMES)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(HANDS) as pool:
        return list(pool.map(run, range(times * TIMES)))


def each_is_one(answers: list[Any], *facts: str) -> None:
    """Of three answers to the same request one made it, and all name the same."""
    for first in range(0, len(answers), TIMES):
        same = answers[first : first + TIMES]
        assert Counter(each.status_code for each in same) == {201: 1, 200: TIMES - 1}
        assert len({tuple(each.json()[fact] for fact in facts) for each in same}) == 1


def sends(world: World, count: int) -> None:
    """Into ten conversations by four people, each with ids of their own."""
    talks = [make_conversation(world.customer, "Hello") for _ in range(10)]
    people = [world.agent, world.manager, world.admin, world.customer]
    bodies = [{"client_id": str(uuid4()), "body": f"m{number}"} for number in range(count)]
    tokens = [access_of(member) for member in people]

    def work(number: int) -> Any:
        path = f"conversations/{talks[number % 10].pk}/messages/"
        if number % 500 == 0:
            tokens[:] = [access_of(member) for member in people]
        return ApiClient(tokens[number % 4]).post(path, bodies[number])

    answers = at_once(work, count)

    each_is_one(answers, "id", "seq")
    assert Message.unscoped.count() == count + len(talks)
    for talk in talks:
        assert_whole(talk)
    changed = ApiClient(access_of(people[0])).post(
        f"conversations/{talks[0].pk}/messages/", {**bodies[0], "body": "other"}
    )
    assert (changed.status_code, changed.json()["code"]) == (409, "client_id_reused")


def first_messages(world: World, count: int) -> None:
    people = [
        make_member(world.company, Role.USER, f"c{number}@acme.example") for number in range(5)
    ]
    tokens = [access_of(member) for member in people]
    bodies = [{"client_id": str(uuid4()), "message": {"body": f"m{n}"}} for n in range(count)]

    answers = at_once(
        lambda number: ApiClient(tokens[number % 5]).post("conversations/", bodies[number]), count
    )

    each_is_one(answers, "id", "number")
    assert {each.json()["number"] for each in answers} == {*range(1, count + 1)}
    assert Conversation.unscoped.count() == Message.unscoped.count() == count


def test_messages_sent_three_times_at_once_are_stored_once(acme: World) -> None:
    sends(acme, 60)

    assert check_company(acme.company.id)[1] == []


def test_first_messages_sent_three_times_at_once_begin_one_conversation_each(acme: World) -> None:
    first_messages(acme, 20)

    assert check_company(acme.company.id)[1] == []


@pytest.mark.proof
def test_five_thousand_messages_sent_three_times_at_once_are_stored_once(acme: World) -> None:
    sends(acme, 5_000)

    assert check_company(acme.company.id)[1] == []


@pytest.mark.proof
def test_a_thousand_first_messages_sent_three_times_begin_a_thousand_conversations(
    acme: World,
) -> None:
    first_messages(acme, 1_000)

    assert check_company(acme.company.id)[1] == []
