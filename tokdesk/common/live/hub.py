"""The hub: all sockets of one process, and the one place that looks for what is new to them.

Sockets of a company are in its room. Rooms hear hints (hints.py), are shown every second whether
rights moved, and look by themselves every ten seconds; so whatever is lost on the way is found
from the database alone. What rooms read and write they do in the threads of the hub.
"""

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from threading import Barrier
from typing import Any, Protocol, TypeVar
from uuid import UUID

from channels.layers import get_channel_layer
from django.conf import settings
from django.db import connections
from django.utils.module_loading import import_string

from tokdesk.common.db import drop_broken_connection
from tokdesk.common.live import hints

logger = logging.getLogger(__name__)
T = TypeVar("T")

# For frames, and apart from them for what rooms read, so that neither waits for the other.
# Few, since what they do is Python for the most part, and more of them only take turns at it.
FRAME_THREADS, READ_THREADS = 3, 2
# One more each for who may still be here, which must never wait, and for what needs Redis, which
# may be away and then takes as long as its timeouts.
CHECK_THREADS, TELL_THREADS = 1, 1
LOOK_SECONDS = 1.0
# Each room has one of these turns for its tick, so that not all companies are read at once.
TICK_TURNS = 10
RETRY_SECONDS = 1.0


class Room(Protocol):
    """The sockets of one company here; settings name the class (`LIVE_ROOM`)."""

    company_id: UUID

    @staticmethod
    def states(company_ids: Collection[UUID]) -> Mapping[UUID, Any]:
        """What tells whether rights or the lineage of the logs moved; runs in a thread."""

    def check(self, state: Any) -> None:
        """The state as it is now."""

    def hear(self, message: Mapping[str, Any]) -> None:
        """A hint, or a passing sign."""

    def tick(self) -> None:
        """Look for what was hinted at by nobody."""

    def look(self, now: float) -> None:
        """What time alone brings about; every second."""

    async def wind_up(self) -> None:
        """Store what is still held, since the process ends."""


class Hub:
    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.sockets: set[Any] = set()
        self.rooms: dict[UUID, Any] = {}
        self.is_closing = False
        self._frames = ThreadPoolExecutor(FRAME_THREADS, "live-frame")
        self._reads = ThreadPoolExecutor(READ_THREADS, "live-read")
        self._checks = ThreadPoolExecutor(CHECK_THREADS, "live-check")
        self._tells = ThreadPoolExecutor(TELL_THREADS, "live-tell")
        self._tasks: set[asyncio.Task[Any]] = set()
        self._rooms_changed = asyncio.Event()
        self._channel = ""
        self._room_class = import_string(settings.LIVE_ROOM)

    # Sockets

    def add(self, socket: Any) -> None:
        if not self._tasks:
            hints.listen(self._hear_here)
            for work in (self._keep_time, self._keep_rights, self._receive, self._subscribe):
                self.spawn(work())
        self.sockets.add(socket)

    def forget(self, socket: Any) -> None:
        self.sockets.discard(socket)

    def enter(self, socket: Any, company_id: UUID) -> Any:
        """The room of the company, with this socket in it."""
        if company_id not in self.rooms:
            self.rooms[company_id] = self._room_class(self, company_id)
            self._rooms_changed.set()
        room = self.rooms[company_id]
        room.sockets.add(socket)
        socket.room = room
        return room

    def leave(self, socket: Any) -> None:
        room = socket.room
        if room is None:
            return
        room.sockets.discard(socket)
        company_id: UUID = room.company_id
        if not room.sockets and self.rooms.get(company_id) is room:
            del self.rooms[company_id]
            self._rooms_changed.set()

    # Work

    async def run(self, work: Callable[..., T], *arguments: Any) -> T:
        """Do what a frame asks for, in a thread."""
        return await self._in(self._frames, work, arguments)

    async def read(self, work: Callable[..., T], *arguments: Any) -> T:
        """Read for a room, in a thread."""
        return await self._in(self._reads, work, arguments)

    async def check(self, work: Callable[..., T], *arguments: Any) -> T:
        """Read who may still be here, in a thread."""
        return await self._in(self._checks, work, arguments)

    async def tell(self, work: Callable[..., T], *arguments: Any) -> T:
        """Do what needs Redis, in a thread: presence and passing signs."""
        return await self._in(self._tells, work, arguments)

    async def _in(
        self, pool: ThreadPoolExecutor, work: Callable[..., T], arguments: tuple[Any, ...]
    ) -> T:
        # With the context of the frame, so that what is logged there names its request.
        context = copy_context()
        return await self.loop.run_in_executor(pool, context.run, _in_thread, work, arguments)

    def spawn(self, work: Any) -> "asyncio.Task[Any]":
        """A task that nobody waits for; a failure is logged."""
        task = self.loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._spawned)
        return task

    def _spawned(self, task: "asyncio.Task[Any]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception():
            logger.error("live work failed", exc_info=task.exception())

    # Time

    async def _keep_time(self) -> None:
        turn = 0
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            now = time.monotonic()
            turn = (turn + 1) % TICK_TURNS
            for socket in tuple(self.sockets):
                self._do(socket.look, now)
            for room in tuple(self.rooms.values()):
                self._do(room.look, now)
                if room.company_id.int % TICK_TURNS == turn:
                    self._do(room.tick)

    def _do(self, work: Callable[..., Any], *arguments: Any) -> None:
        """One that fails does not keep the others from their turn."""
        try:
            work(*arguments)
        except Exception:
            logger.exception("live work failed")

    async def _keep_rights(self) -> None:
        """One query a second for all companies with sockets here."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if not self.rooms:
                continue
            try:
                states = await self.check(self._room_class.states, list(self.rooms))
            except Exception as error:
                # The database is away: nothing new can be read either.
                logger.warning("rights could not be checked: %s", type(error).__name__)
                continue
            for company_id, state in states.items():
                if room := self.rooms.get(company_id):
                    self._do(room.check, state)

    # Hints

    def _hear_here(self, company_id: UUID, message: Mapping[str, Any]) -> None:
        """From any thread of this process."""
        with contextlib.suppress(RuntimeError):  # the loop has been closed
            self.loop.call_soon_threadsafe(self._hear, company_id, message)

    def _hear(self, company_id: UUID, message: Mapping[str, Any]) -> None:
        room = self.rooms.get(company_id)
        if room is None:
            return
        if settings.LIVE_HINT_LOSS and random.random() < settings.LIVE_HINT_LOSS:  # noqa: S311
            return
        self._do(room.hear, message)

    async def _receive(self) -> None:
        layer = get_channel_layer()
        while True:
            try:
                if not self._channel:
                    self._channel = await layer.new_channel("live")
                    self._rooms_changed.set()
                while True:
                    self._do(self._hear_other, await layer.receive(self._channel))
            except asyncio.CancelledError:
                raise
            except Exception as error:
                logger.warning("the channel layer is away: %s", type(error).__name__)
                await asyncio.sleep(RETRY_SECONDS)

    def _hear_other(self, message: Mapping[str, Any]) -> None:
        if message["origin"] != hints.origin():
            self._hear(UUID(message["company"]), message)

    async def _subscribe(self) -> None:
        """Keep the groups of the layer those of the rooms here; one change after the other."""
        layer = get_channel_layer()
        channel, groups = "", set[str]()
        while True:
            await self._rooms_changed.wait()
            self._rooms_changed.clear()
            if not self._channel:
                continue
            if channel != self._channel:
                channel, groups = self._channel, set()
            wanted = {hints.group_of(company_id) for company_id in self.rooms}
            try:
                for group in wanted - groups:
                    await layer.group_add(group, channel)
                    groups.add(group)
                for group in groups - wanted:
                    await layer.group_discard(group, channel)
                    groups.discard(group)
            except Exception as error:
                logger.warning("a group could not be joined: %s", type(error).__name__)
                self.loop.call_later(RETRY_SECONDS, self._rooms_changed.set)

    # End

    async def say_goodbye(self, seconds: float, code: int) -> None:
        """Close every socket with this code, and let what rooms still hold be stored."""
        self.is_closing = True
        sockets, rooms = tuple(self.sockets), tuple(self.rooms.values())
        for socket in sockets:
            # Not all of them come back in one moment.
            socket.close(code, retry_after=round(random.uniform(0.1, 3), 1))  # noqa: S311
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await asyncio.gather(*(socket.written() for socket in sockets))
                await asyncio.gather(*(room.wind_up() for room in rooms))

    async def shut_down(self) -> None:
        """For tests, which have many loops in one process: leave no task, thread or connection."""
        hints.unlisten(self._hear_here)
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        pools = {
            self._frames: FRAME_THREADS,
            self._reads: READ_THREADS,
            self._checks: CHECK_THREADS,
            self._tells: TELL_THREADS,
        }
        for pool, size in pools.items():
            # Each of its threads takes one, since none goes on before all have.
            gate = Barrier(size)
            done = [self.loop.run_in_executor(pool, _close, gate) for _ in range(size)]
            await asyncio.gather(*done)
            await self.loop.run_in_executor(None, pool.shutdown)
        hubs.pop(self.loop, None)


hubs: dict[asyncio.AbstractEventLoop, Hub] = {}


def hub_of_loop() -> Hub:
    """The hub of the running event loop; a server has one loop."""
    loop = asyncio.get_running_loop()
    if loop not in hubs:
        hubs[loop] = Hub(loop)
    return hubs[loop]


def _close(gate: Barrier) -> None:
    connections.close_all()
    gate.wait()


def _in_thread(work: Callable[..., T], arguments: tuple[Any, ...]) -> T:
    drop_broken_connection()
    try:
        return work(*arguments)
    finally:
        drop_broken_connection()
