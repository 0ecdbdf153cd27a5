"""One connection after the other: tickets, hello, heartbeats, the rate, and coming back."""

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from bench.client_rest import Rest

PATH = "/ws/v1/"
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 30.0
BROKEN = (OSError, EOFError, TimeoutError, WebSocketException)
UNAUTHENTICATED, RESTARTING = 4401, 4503
LOOK_SECONDS = 0.1
LONGEST_ERROR = 100
# `hello` is one frame of the rate; another one is left for clocks that differ.
RESERVE = 2


class Link:
    """What every client of the protocol does, whatever its frames mean; subclasses give them one.

    `cap` is the longest pause before it comes back. `patience` is how long it waits for an answer,
    `silence` how long for any frame before it gives the connection up. `paced` keeps to the rate
    that the server allows. `hook` is shown every frame.
    """

    def __init__(
        self,
        rest: Rest,
        ports: Sequence[int],
        *,
        cap: float = LONGEST_PAUSE_SECONDS,
        patience: float = 10.0,
        silence: float = 45.0,
        paced: bool = True,
        chance: random.Random | None = None,
        hook: Callable[[dict[str, Any]], None] | None = None,
    ) -> None:
        self.rest, self.ports = rest, ports
        self.cap, self.patience, self.silence, self.paced = cap, patience, silence, paced
        self.chance = chance or rest.chance
        self.hook = hook
        # The frame that let it in; None until then.
        self.ready: dict[str, Any] | None = None
        self.ready_at = 0.0
        self.connections = self.lost = 0
        self.closes: Counter[int] = Counter()
        self.errors: Counter[str] = Counter()
        # What this client did not understand.
        self.bugs: list[str] = []
        self._failures = 0
        self._retry_after: float | None = None
        self._heard_at = 0.0
        self._socket: ClientConnection | None = None
        self._out: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._life: asyncio.Task[None] | None = None
        self._work: set[asyncio.Task[None]] = set()

    # What subclasses add

    def _joined(self) -> None:
        """The server has let us in."""

    def _hear(self, frame: dict[str, Any]) -> None:
        """A frame that is not the link's own."""

    def _look(self, now: float) -> None:
        """What time alone brings about, while there is a connection."""

    def _dropped(self) -> None:
        """Nothing that waits for an answer gets one now."""

    # Life

    def start(self) -> None:
        if self._life is None:
            self._life = asyncio.get_running_loop().create_task(self._live())

    async def close(self) -> None:
        """Leave politely and for good."""
        life, self._life = self._life, None
        if life is not None:
            life.cancel()
            await asyncio.gather(life, return_exceptions=True)

    def cut(self) -> None:
        """Lose the connection without a word, as when the network does."""
        if self._socket is not None:
            self._socket.transport.abort()

    def tell(self, op: str, **fields: Any) -> bool:
        """Any frame, now or never; whether there is a connection to send it on."""
        if self.is_ready:
            self._push({"op": op, **fields})
        return self.is_ready

    async def until(self, condition: Callable[[], object], seconds: float = 30.0) -> bool:
        """Whether it came to be within that time."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(0.01)
        return True

    @property
    def is_ready(self) -> bool:
        return self._socket is not None and self.ready is not None

    async def _live(self) -> None:
        while True:
            try:
                await self._connect()
            except BROKEN as error:
                self.errors[f"{type(error).__name__}: {error}"[:LONGEST_ERROR]] += 1
            except Exception as error:
                # A frame that this client cannot read is for whoever runs it to see.
                self.bugs.append(f"{type(error).__name__}: {error}")
            finally:
                self._end()
            await asyncio.sleep(self._pause())

    def _pause(self) -> float:
        """Full jitter, but where the server said when to come back."""
        told, self._retry_after = self._retry_after, None
        if told is not None:
            return told
        longest = min(self.cap, FIRST_PAUSE_SECONDS * 2 ** min(self._failures, 10))
        self._failures += 1
        return self.chance.uniform(0, longest)

    async def _connect(self) -> None:
        ticket = await self.rest.ticket()
        if not ticket:
            raise ConnectionError("no ticket")
        uri = f"ws://{self.rest.host}:{self.chance.choice(self.ports)}{PATH}"
        plain: dict[str, Any] = {"compression": None, "ping_interval": None, "proxy": None}
        limits: dict[str, Any] = {"max_size": None, "open_timeout": 10, "close_timeout": 1}
        # The library writes a Host of its own.
        headers = {key: value for key, value in self.rest.headers.items() if key != "Host"}
        async with connect(uri, additional_headers=headers, **plain, **limits) as socket:
            self._socket, self._heard_at = socket, time.monotonic()
            try:
                await socket.send(json.dumps({"op": "hello", "ticket": ticket, "v": 1}))
                self._spawn(self._keep_looking())
                async for text in socket:
                    await self._receive(socket, json.loads(text))
            finally:
                self._note_close(socket.close_code)

    def _note_close(self, code: int | None) -> None:
        if code is not None:
            self.closes[int(code)] += 1
        if code == UNAUTHENTICATED:
            self.rest.access = ""

    def _end(self) -> None:
        self.lost += self.ready is not None
        self._socket, self.ready = None, None
        self._out = asyncio.Queue()
        for task in self._work:
            task.cancel()
        self._work.clear()
        self._dropped()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Work that ends with the connection, and the connection with it when it fails."""
        task = asyncio.get_running_loop().create_task(work)
        self._work.add(task)
        task.add_done_callback(self._spawned)

    def _spawned(self, task: "asyncio.Task[None]") -> None:
        self._work.discard(task)
        if not task.cancelled() and (error := task.exception()):
            if not isinstance(error, BROKEN):
                self.bugs.append(f"{type(error).__name__}: {error}")
            self.cut()

    # Frames

    async def _receive(self, socket: ClientConnection, frame: dict[str, Any]) -> None:
        self._heard_at = time.monotonic()
        if self.hook is not None:
            self.hook(frame)
        if frame["op"] == "ready":
            self.ready, self.ready_at, self._failures = frame, self._heard_at, 0
            self.connections += 1
            self._spawn(self._write(socket, frame["limits"]))
            self._joined()
            return
        if frame["op"] == "hb":
            await socket.send(json.dumps({"op": "hb", "n": frame["n"]}))
        elif frame["op"] == "bye" and frame["code"] == RESTARTING:
            self._retry_after = float(frame.get("retry_after") or 0)
        self._hear(frame)

    def _push(self, frame: dict[str, Any]) -> None:
        self._out.put_nowait(frame)

    async def _write(self, socket: ClientConnection, limits: dict[str, Any]) -> None:
        out = self._out
        rate, most = float(limits["frames_per_second"]), float(limits["burst"]) - RESERVE
        left, filled_at = most, time.monotonic()
        while True:
            frame = await out.get()
            now = time.monotonic()
            left, filled_at = min(most, left + (now - filled_at) * rate), now
            if self.paced and left < 1:
                await asyncio.sleep((1 - left) / rate)
            left -= 1
            await socket.send(json.dumps(frame))

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            now = time.monotonic()
            if now - self._heard_at > (self.silence if self.is_ready else self.patience):
                self.cut()
                return
            if self.is_ready:
                self._look(now)
