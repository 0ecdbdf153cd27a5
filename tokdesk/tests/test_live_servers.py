"""Two real servers with sockets, Redis between them: each hears what happens at the other."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from uuid import uuid4

import pytest

from bench.chaos_house import Desk, chaos_desk
from bench.client import Client

pytestmark = [pytest.mark.service, pytest.mark.cluster]


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with chaos_desk() as made:
        made.prepare(people=3, conversations=1)
        made.start()
        yield made


def client(desk: Desk, number: int, *ports: int) -> Client:
    made = desk.client(desk.person(number))
    made.ports = ports or desk.ports
    for conversation in desk.conversations:
        made.follow(conversation, seq=0)
    made.start()
    return made


def run(work: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(work())  # type: ignore[arg-type]  # a coroutine function


@pytest.mark.parametrize(("here", "there"), [(0, 1), (1, 0)])
def test_what_is_said_at_one_server_is_heard_at_the_other(
    desk: Desk, here: int, there: int
) -> None:
    async def work() -> None:
        sender = client(desk, 0, desk.ports[here])
        reader = client(desk, 1, desk.ports[there])
        [conversation] = desk.conversations
        assert await reader.until(lambda: reader.is_resumed and sender.is_resumed)
        message = sender.send(conversation, "Across")
        assert await reader.until(
            lambda: message.ack and message.ack["id"] in reader.logs[conversation].messages(), 5
        )
        for each in (sender, reader):
            await each.close()
            assert each.faults() == []

    run(work)


def test_what_a_worker_does_is_heard(desk: Desk) -> None:
    async def work() -> None:
        reader = client(desk, 1)
        [conversation] = desk.conversations
        assert await reader.until(lambda: reader.is_resumed)
        body = {"action": "tag", "ids": [conversation], "tags": [f"t{uuid4().hex[:8]}"]}
        answer = await reader.rest.ask("POST", "conversations/bulk/", body)
        assert answer.status == 202, answer.body
        log = reader.logs[conversation]
        assert await reader.until(
            lambda: any(each.type == "conversation.tags" for each in log.applied), 30
        )
        await reader.close()

    run(work)


@pytest.mark.parametrize("number", [0, 1])
def test_a_server_that_stops_says_so_and_its_sockets_go_elsewhere(desk: Desk, number: int) -> None:
    async def work() -> None:
        web, port = desk.webs[number], desk.ports[number]
        reader = client(desk, 2, port)
        [conversation] = desk.conversations
        assert await reader.until(lambda: reader.is_resumed)
        reader.ports = desk.ports
        code = await asyncio.to_thread(web.stop)
        assert await reader.until(lambda: reader.closes[4503] == 1)
        writer = client(desk, 0, desk.ports[1 - number])
        message = writer.send(conversation, "Meanwhile")
        assert await reader.until(
            lambda: message.ack and message.ack["id"] in reader.logs[conversation].messages()
        )
        assert (code, reader.faults()) == (0, [])
        for each in (reader, writer):
            await each.close()
        web.start()
        await desk.answering()

    run(work)
