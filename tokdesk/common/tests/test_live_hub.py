"""The hub goes on, whatever one socket, one room or one message does to it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from channels.layers import get_channel_layer

from tokdesk.common.http import current_request_id, request_id_set
from tokdesk.common.live import hub
from tokdesk.common.live.hub import TICK_TURNS, Hub, hub_of_loop

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE_SECONDS = 15


class Room:
    """One that notes what the hub does with it."""

    def __init__(self, number: int, *, is_broken: bool = False) -> None:
        self.company_id = UUID(int=number)
        self.is_broken = is_broken
        self.calls: list[str] = []
        self.has_been: dict[str, asyncio.Event] = {}

    def look(self, now: float) -> None:
        self._note("look")

    def tick(self) -> None:
        self._note("tick")

    def hear(self, message: Any) -> None:
        self._note(message["k"])

    async def until(self, call: str) -> None:
        event = self.has_been.setdefault(call, asyncio.Event())
        await asyncio.wait_for(event.wait(), PATIENCE_SECONDS)

    def _note(self, call: str) -> None:
        self.calls.append(call)
        self.has_been.setdefault(call, asyncio.Event()).set()
        if self.is_broken:
            raise ValueError(call)


class Socket:
    def look(self, now: float) -> None:
        raise ValueError


def run(work: Callable[[Hub], Awaitable[None]]) -> None:
    async def within() -> None:
        desk = hub_of_loop()
        try:
            await work(desk)
        finally:
            desk.rooms.clear()
            await desk.shut_down()

    asyncio.run(within())


def test_what_fails_for_one_is_still_done_for_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "LOOK_SECONDS", 0.01)

    async def work(desk: Hub) -> None:
        broken, good = Room(1, is_broken=True), Room(1 + TICK_TURNS)
        desk.rooms = {room.company_id: room for room in (broken, good)}
        desk.add(Socket())
        for _ in range(2):
            for room in (broken, good):
                room.has_been.clear()
                await room.until("look")
                await room.until("tick")

        assert {"look", "tick"} <= set(broken.calls) & set(good.calls)

    run(work)


def test_rooms_tick_in_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "LOOK_SECONDS", 0.01)

    async def work(desk: Hub) -> None:
        rooms = [Room(number) for number in range(1, TICK_TURNS)]
        desk.rooms = {room.company_id: room for room in rooms}
        desk.add(Socket())
        for room in rooms:
            await room.until("tick")

        looks = [room.calls.index("tick") for room in rooms]
        assert looks == list(range(1, TICK_TURNS))

    run(work)


def test_a_message_that_nobody_understands_is_passed_over() -> None:
    async def work(desk: Hub) -> None:
        room = Room(1)
        desk.rooms = {room.company_id: room}
        desk.add(Socket())
        layer = get_channel_layer()
        while not desk._channel:
            await asyncio.sleep(0)
        channel = desk._channel
        company = room.company_id.hex
        for message in ({"k": "lost"}, {"k": "head", "company": company, "origin": "elsewhere"}):
            await layer.send(channel, message)
        await room.until("head")

        assert desk._channel == channel
        assert "lost" not in room.calls

    run(work)


@pytest.mark.parametrize("way", ["run", "read", "check", "tell"])
def test_what_is_done_in_a_thread_knows_its_request(way: str) -> None:
    async def work(desk: Hub) -> None:
        with request_id_set("of-this-frame"):
            assert await getattr(desk, way)(current_request_id) == "of-this-frame"
        assert await getattr(desk, way)(current_request_id) == ""

    run(work)
