"""Live sockets of a test: the real application, a client that keeps what it heard."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from threading import Event
from typing import Any, TypeVar
from uuid import UUID

import pytest
from channels.testing.websocket import WebsocketCommunicator
from django.db import OperationalError
from django.test import override_settings

from accounts.models import Membership
from accounts.services.tickets import issue_ticket
from accounts.tests.factories import actor_for, sign_in_as
from conversations.realtime import inbox, presence, signs
from tokdesk.asgi import application
from tokdesk.common.live.hub import Hub, hub_of_loop
from tokdesk.common.tenancy import company_scope
from tokdesk.routing import PATH

T = TypeVar("T")
PATIENCE_SECONDS = 15
BASE_TASKS = 4
# For what people do not feel; a test waits for each of them.
PAUSES = (
    (inbox, "PAUSE_SECONDS"),
    (inbox, "COUNT_PAUSE_SECONDS"),
    (presence, "PAUSE_SECONDS"),
    (presence, "LEAVE_SECONDS"),
    (signs, "PAUSE_SECONDS"),
)


class Tab:
    """One socket of somebody; frames are waited for by kind, in the order in which they came."""

    def __init__(self, desk: "Desk", member: Membership | None) -> None:
        self.desk = desk
        self.member = member
        self.heard: list[dict[str, Any]] = []
        self.ready: dict[str, Any] = {}
        self._pipe: Any = None

    async def open(self, **headers: str) -> "Tab":
        await self.begin(**headers)
        self.ready = await self.expect("ready")
        return self

    async def begin(self, **headers: str) -> None:
        """Say hello."""
        ticket = await self.desk.do(ticket_of, self.member)
        await self.connect(**headers)
        await self.send("hello", ticket=ticket, v=1)

    async def connect(self, path: str = PATH, **headers: str) -> None:
        """Raises ConnectionRefusedError."""
        pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
        self._pipe = WebsocketCommunicator(application, path, headers=pairs)
        self.desk.tabs.append(self)
        is_accepted, _ = await self._pipe.connect(PATIENCE_SECONDS)
        if not is_accepted:
            raise ConnectionRefusedError

    async def send(self, op: str, **fields: Any) -> None:
        await self._pipe.send_to(text_data=json.dumps({"op": op, **fields}, default=str))

    async def send_text(self, text: str) -> None:
        await self._pipe.send_input({"type": "websocket.receive", "text": text})

    async def send_bytes(self, data: bytes) -> None:
        await self._pipe.send_input({"type": "websocket.receive", "bytes": data})

    async def expect(self, op: str, **fields: Any) -> dict[str, Any]:
        """The next frame of this kind and with these values."""
        while True:
            for number, frame in enumerate(self.heard):
                if _fits(frame, op, fields):
                    return self.heard.pop(number)
            self.heard.append(await self._next())

    async def ask(self, op: str, **fields: Any) -> dict[str, Any]:
        """The answer to this frame, whatever it is."""
        ref = f"r{self.desk.number()}"
        await self.send(op, ref=ref, **fields)
        return await self.next_with(ref)

    async def next_with(self, ref: str) -> dict[str, Any]:
        """The next frame that repeats this reference."""
        while True:
            for number, frame in enumerate(self.heard):
                if frame.get("ref") == ref:
                    return self.heard.pop(number)
            self.heard.append(await self._next())

    async def next_of(self, *ops: str) -> dict[str, Any]:
        """The next frame of one of these kinds; the others stay heard."""
        while True:
            for number, frame in enumerate(self.heard):
                if frame["op"] in ops:
                    return self.heard.pop(number)
            self.heard.append(await self._next())

    async def rest(self) -> list[dict[str, Any]]:
        """All that was sent until now and not asked for; heartbeats apart."""
        await self.desk.settled()
        ref = f"r{self.desk.number()}"
        await self.send("unsub", conv=UUID(int=0), ref=ref)
        await self.expect("ok", ref=ref)
        heard, self.heard = self.heard, []
        return [frame for frame in heard if frame["op"] != "hb"]

    async def closed(self) -> int:
        """The code with which the server closes; what was said before stays heard."""
        while True:
            message = await self._pipe.receive_output(PATIENCE_SECONDS)
            if message["type"] == "websocket.close":
                return int(message.get("code", 1000))
            self.heard.append(json.loads(message["text"]))

    async def ready_or_closed(self) -> int | None:
        """None, or the code with which the server closes."""
        message = await self._pipe.receive_output(PATIENCE_SECONDS)
        if message["type"] == "websocket.close":
            return int(message["code"])
        self.ready = json.loads(message["text"])
        return None

    async def next_message(self) -> dict[str, Any] | int:
        """The next frame, or the code with which the server closes."""
        message = await self._pipe.receive_output(PATIENCE_SECONDS)
        if message["type"] == "websocket.close":
            return int(message["code"])
        frame: dict[str, Any] = json.loads(message["text"])
        return frame

    async def leave(self) -> None:
        await self._pipe.disconnect(timeout=PATIENCE_SECONDS)

    async def end(self) -> None:
        """Whatever became of it."""
        if self._pipe is not None and not self._pipe.future.done():
            await self._pipe.disconnect(timeout=PATIENCE_SECONDS)

    async def _next(self) -> dict[str, Any]:
        try:
            message = await self._pipe.receive_output(PATIENCE_SECONDS)
        except TimeoutError as error:
            raise AssertionError(f"nothing came any more, heard {self.heard}") from error
        if message["type"] != "websocket.send":
            raise AssertionError(f"closed: {message}, heard {self.heard}")
        frame: dict[str, Any] = json.loads(message["text"])
        return frame


class Desk:
    """One process with sockets."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.tabs: list[Tab] = []
        self._number = 0

    async def tab(self, member: Membership, **headers: str) -> Tab:
        return await Tab(self, member).open(**headers)

    async def begin(self, member: Membership) -> Tab:
        """A tab that waits for being let in."""
        tab = Tab(self, member)
        await tab.begin()
        return tab

    async def do(self, work: Callable[..., T], *arguments: Any, **named: Any) -> T:
        """Something with the database, in a thread and in no scope but its own."""
        return await self.hub.run(lambda: work(*arguments, **named))

    async def settled(self) -> None:
        """Until nothing is read or told any more."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(self.hub._tasks) > BASE_TASKS:
                await asyncio.sleep(0.005)

    def number(self) -> int:
        self._number += 1
        return self._number


def live(work: Callable[[Desk], Awaitable[None]], *, limits: bool = True) -> None:
    """Run a test's coroutine on a loop and a hub of its own."""

    async def run() -> None:
        desk = Desk(hub_of_loop())
        try:
            await work(desk)
        finally:
            for tab in desk.tabs:
                await tab.end()
            await desk.settled()
            await desk.hub.shut_down()

    with override_settings(RATE_LIMITS_ENABLED=limits), pytest.MonkeyPatch.context() as patch:
        for module, name in PAUSES:
            patch.setattr(module, name, 0.01)
        asyncio.run(run())


@contextmanager
def held(module: Any, name: str) -> Iterator["Held"]:
    """What this function reads is told only when the test lets it go, as by a slow database."""
    true = getattr(module, name)
    step = Held()

    def slow(*arguments: Any) -> Any:
        found = true(*arguments)
        step.calls += 1
        if step.calls == 1:
            step.has_read.set()
            assert step.may_go.wait(PATIENCE_SECONDS)
        return found

    setattr(module, name, slow)
    try:
        yield step
    finally:
        step.may_go.set()
        setattr(module, name, true)


class Held:
    """The first call of a function; later ones are not held."""

    def __init__(self) -> None:
        self.calls = 0
        self.has_read, self.may_go = Event(), Event()

    async def until_read(self) -> None:
        assert await asyncio.to_thread(self.has_read.wait, PATIENCE_SECONDS)


@contextmanager
def failing(module: Any, name: str, times: int = 1) -> Iterator[None]:
    """The database is away so many times when this is asked."""
    true = getattr(module, name)
    left = [times]

    def broken(*arguments: Any, **named: Any) -> Any:
        if left[0]:
            left[0] -= 1
            raise OperationalError
        return true(*arguments, **named)

    setattr(module, name, broken)
    try:
        yield
    finally:
        setattr(module, name, true)


def ticket_of(member: Membership) -> str:
    session = sign_in_as(member)
    with company_scope(member.company_id):
        return issue_ticket(actor=actor_for(member, session.pk)).token


def _fits(frame: dict[str, Any], op: str, fields: dict[str, Any]) -> bool:
    return frame["op"] == op and all(
        frame.get(name) == (str(value) if isinstance(value, UUID) else value)
        for name, value in fields.items()
    )
