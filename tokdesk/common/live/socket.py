"""One socket: frames in, read strictly and in turn; frames out, never more than is read."""

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from channels.consumer import AsyncConsumer, get_handler_name
from channels.exceptions import StopConsumer
from django.conf import settings
from django.utils import translation

from tokdesk.common.actor import Actor
from tokdesk.common.errors import RateLimited, TokDeskError, Unavailable
from tokdesk.common.http import accepted_request_id, client_address, request_id_set
from tokdesk.common.ids import new_id
from tokdesk.common.live.codes import BAD_FRAMES, SLOW, TOO_BIG, TOO_MANY, UNAUTHENTICATED
from tokdesk.common.live.flow import SILENT_SECONDS, SLOW_SECONDS, Bucket, Window
from tokdesk.common.live.frames import (
    LARGEST_FRAME,
    BadFrame,
    Frame,
    Shape,
    decode,
    encode,
    ref_of,
    seq,
)
from tokdesk.common.live.hub import Hub, hub_of_loop
from tokdesk.common.live.origins import header_of, is_allowed
from tokdesk.common.live.tasks import at_once

logger = logging.getLogger(__name__)

HELLO_SECONDS = 5.0
WRITE_SECONDS = 10.0
MOST_WAITING = 32
MOST_BAD = 3
HEARTBEAT = Shape(optional={"n": seq})

# The values of a frame, and what its answer repeats.
Question = tuple[dict[str, Any], dict[str, Any]]


@dataclass(frozen=True)
class Op:
    """One kind of frame that clients send: its fields, and what answers it.

    `is_grouped`: frames of this kind that wait one behind the other are answered together, by a
    method that takes a list of questions.
    """

    shape: Shape
    name: str
    is_grouped: bool = False


class LiveSocket(AsyncConsumer):  # type: ignore[misc]  # Channels has no types
    """What every socket of the protocol does, whatever its frames mean.

    Subclasses name their frames in `ops`; each is answered by a coroutine method of that name,
    which gets the values and the reference of the frame. Frames of one socket are worked off one
    after the other; a heartbeat is heard at once, unless so many wait that nothing is read.
    """

    # Nothing is received through the layer here: the hub does that for all sockets of the process.
    channel_layer_alias = None
    ops: ClassVar[Mapping[str, Op]] = {}

    def __init__(self) -> None:
        now = time.monotonic()
        self.id = new_id().hex
        self.hub: Hub = hub_of_loop()
        self.room: Any = None
        self.actor: Actor | None = None
        self.bucket, self.window = Bucket(now), Window(now)
        self.opened_at = self.heard_at = now
        self.is_open = self.has_said_hello = False
        self.close_at: float | None = None
        self.write_at: float | None = None
        self._task: asyncio.Task[Any] | None = None
        self._bad = 0
        self._waiting: deque[dict[str, Any]] = deque()
        self._has_room = asyncio.Event()
        self._has_room.set()
        self._work: asyncio.Task[None] | None = None
        self._out: deque[Frame | int] = deque()
        self._writer: asyncio.Task[None] | None = None

    # What subclasses add.

    async def hello(self, values: dict[str, Any], ref: dict[str, Any]) -> None:
        raise NotImplementedError

    def left(self) -> None:
        """The socket is gone; called once, also when it never said hello."""

    def last_words(self, frames: Sequence[Mapping[str, Any]]) -> None:
        """Frames that had come and were not looked at when the socket ended."""

    def has_caught_up(self) -> None:
        """A client that was too slow to be told everything has read what it was told."""

    def heads(self) -> dict[str, int]:
        """Where the logs stand that this socket follows."""
        return {}

    # ASGI

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Without the thread hop for database connections that Channels makes for every message.

        Nothing here touches the database on the event loop; the hub's threads look after theirs.
        """
        await getattr(self, get_handler_name(message))(message)

    async def websocket_connect(self, message: dict[str, Any]) -> None:
        if not is_allowed(self.scope, settings.ALLOWED_ORIGINS):
            await self.base_send({"type": "websocket.close"})
            raise StopConsumer
        self._task = asyncio.current_task()
        await self.base_send({"type": "websocket.accept"})
        self.is_open = True
        self.hub.add(self)

    async def websocket_receive(self, message: dict[str, Any]) -> None:
        if not self.is_open:
            return
        self.heard_at = time.monotonic()
        text = message.get("text")
        if text is None:
            size = len(message.get("bytes") or b"")
            self.close(TOO_BIG) if size > LARGEST_FRAME else self.note_bad(BadFrame())
        elif len(text) > LARGEST_FRAME or len(text.encode("utf-8", "replace")) > LARGEST_FRAME:
            self.close(TOO_BIG)
        else:
            await self._take(text)

    async def websocket_disconnect(self, message: dict[str, Any]) -> None:
        self.end()
        raise StopConsumer

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Channels' own loop with neither a channel nor a task for every message."""
        self.scope, self.base_send = scope, send
        try:
            # How Channels says that a connection is over.
            with contextlib.suppress(StopConsumer):
                while True:
                    await self.dispatch(await receive())
        finally:
            self.end()

    # In

    async def _take(self, text: str) -> None:
        try:
            frame = decode(text)
        except BadFrame as error:
            if self._may_pass():
                self.note_bad(error)
            return
        if frame["op"] == "hb" and self._confirmed(frame):
            return
        if not self._may_pass():
            return
        while len(self._waiting) >= MOST_WAITING:
            # The server stops reading from the network meanwhile.
            self._has_room.clear()
            await self._has_room.wait()
        self.has_said_hello |= frame["op"] == "hello"
        self._waiting.append(frame)
        if self._work is None:
            self._work = asyncio.create_task(self._work_off())

    def _may_pass(self) -> bool:
        now = time.monotonic()
        if not settings.RATE_LIMITS_ENABLED or self.bucket.take(now):
            return True
        self.push_error(RateLimited(1), {}, code="rate")
        if not self.bucket.refuse(now):
            self.close(TOO_MANY)
        return False

    def _confirmed(self, frame: Mapping[str, Any]) -> bool:
        """Whether it repeats the number of a heartbeat; such a frame is free of charge."""
        number = frame.get("n")
        if type(number) is not int or frame.keys() - {"op", "n", "ref"}:
            return False
        opened = self.window.confirm(number)
        if opened:
            self.push_heartbeat()
            self.has_caught_up()
        return opened is not None

    async def _work_off(self) -> None:
        while self._waiting and self.is_open:
            frames = self._next()
            self._has_room.set()
            await self._answer(frames)
        self._work = None

    def _next(self) -> list[dict[str, Any]]:
        frames = [self._waiting.popleft()]
        op = frames[0]["op"]
        if (known := self.ops.get(op)) is not None and known.is_grouped:
            while self._waiting and self._waiting[0]["op"] == op:
                frames.append(self._waiting.popleft())
        return frames

    async def _answer(self, frames: list[dict[str, Any]]) -> None:
        refs = [ref_of(frame) for frame in frames]
        try:
            await self._run(frames)
        except BadFrame as error:
            for ref in refs:
                self.note_bad(error, ref)
        except Exception as error:
            self.refuse(error, refs)

    def refuse(self, error: Exception, refs: Sequence[Mapping[str, Any]]) -> None:
        """Answer these frames with it; no input ends the process, nor the socket."""
        if not isinstance(error, TokDeskError):
            logger.error("a frame failed", exc_info=error)
            error = Unavailable()
        for ref in refs:
            self.push_error(error, ref)

    async def _run(self, frames: list[dict[str, Any]]) -> None:
        frame = frames[0]
        op = frame["op"]
        if op == "hello":
            try:
                await self.hello(frame, ref_of(frame))
            finally:
                self.has_said_hello = False
            return
        if self.actor is None:
            raise BadFrame("not_authenticated")
        if op == "hb":
            HEARTBEAT.read(frame)
            return
        known = self.ops.get(op)
        if known is None:
            raise BadFrame("unknown_op")
        with request_id_set(accepted_request_id(None)):
            if not known.is_grouped:
                await getattr(self, known.name)(known.shape.read(frame), ref_of(frame))
            elif questions := self._read_all(known.shape, frames):
                await getattr(self, known.name)(questions)

    def _read_all(self, shape: Shape, frames: list[dict[str, Any]]) -> list[Question]:
        """Those that are right; the others are told that they are not."""
        questions = []
        for frame in frames:
            try:
                questions.append((shape.read(frame), ref_of(frame)))
            except BadFrame as error:
                self.note_bad(error, ref_of(frame))
        return questions if self.is_open else []

    def note_bad(self, error: BadFrame, ref: Mapping[str, Any] | None = None) -> None:
        self._bad += 1
        self.push_error(error, ref or {})
        if self._bad >= MOST_BAD:
            self.close(BAD_FRAMES)

    # Out

    def push(self, frame: Frame) -> None:
        """Send it as soon as the client takes it; never waits."""
        if not self.is_open:
            return
        self._out.append(frame)
        if self.window.sent(frame.size, time.monotonic()):
            self._beat()
        self._write_on()

    def feed(self, frame: Frame) -> None:
        """The same for what the client can ask for later, which a slow one has to."""
        if not self.window.is_full:
            self.push(frame)

    def push_error(
        self, error: TokDeskError, ref: Mapping[str, Any], *, code: str | None = None, **more: Any
    ) -> None:
        self.push(encode("err", code=code or error.code, **self.detail(error), **more, **ref))

    def detail(self, error: TokDeskError) -> dict[str, Any]:
        """What a refusal says, in the language of whoever reads it."""
        with translation.override(self.actor.language if self.actor else None):
            told: dict[str, Any] = {"detail": str(error.detail)}
        if isinstance(error, RateLimited | Unavailable):
            told["retry_after"] = error.retry_after
        return told

    def push_heartbeat(self) -> None:
        if self.is_open:
            self._beat()
            self._write_on()

    def close(self, code: int, retry_after: float = 0) -> None:
        """Say why where the client knows us already, and close behind what was said before."""
        if not self.is_open:
            return
        if self.window.is_full or code == UNAUTHENTICATED:
            self._out.clear()
        if self.actor is not None and code != BAD_FRAMES:
            self._out.append(encode("bye", code=code, retry_after=retry_after))
        self._out.append(code)
        self._write_on()
        self.is_open = False
        self.close_at = time.monotonic()
        self._leave()

    def end(self) -> None:
        """The connection is no more."""
        was_open, self.is_open = self.is_open, False
        self._out.clear()
        if self._writer is not None:
            # One that has not begun yet would never say that it is done.
            self._writer.cancel()
            self._writer = None
        if was_open:
            self._leave()
        self.hub.forget(self)

    def _leave(self) -> None:
        waiting = tuple(self._waiting)
        self._waiting.clear()
        self._has_room.set()
        if self.actor is not None:
            self.last_words(waiting)
        self.hub.leave(self)
        self.left()

    def _beat(self) -> None:
        frame = encode("hb", n=self.window.beat(time.monotonic()), heads=self.heads())
        self._out.append(frame)
        self.window.sent(frame.size, time.monotonic())

    def _write_on(self) -> None:
        if self._writer is None:
            self._writer = at_once(self._write())

    async def _write(self) -> None:
        try:
            while self._out:
                frame = self._out.popleft()
                self.write_at = time.monotonic()
                if isinstance(frame, int):
                    await self.base_send({"type": "websocket.close", "code": frame})
                    break
                await self.base_send({"type": "websocket.send", "text": frame.text})
        except Exception as error:
            # The peer is gone, which each server says in its own words; the disconnect follows.
            logger.debug("a socket could not be written to: %s", type(error).__name__)
            self._out.clear()
        finally:
            self.write_at = None
            self._writer = None

    async def written(self) -> None:
        """Until all that was pushed is with the server."""
        while (writer := self._writer) is not None and not writer.done():
            await asyncio.wait([writer])

    # Time

    def look(self, now: float) -> None:
        """What time alone brings about; the hub calls it every second."""
        if self.close_at is not None or self.write_at is not None:
            if now - max(self.close_at or 0, self.write_at or 0) > WRITE_SECONDS and self._task:
                # Nothing can be written any more, so nothing can be said either.
                self._task.cancel()
            if self.close_at is not None:
                return
        if self._is_overdue(now):
            self.close(SLOW)
        elif self.actor is not None and now >= self.window.beat_at:
            self.push_heartbeat()

    def _is_overdue(self, now: float) -> bool:
        if self.actor is None:
            # Who has said hello waits for us, however many come at once.
            return not self.has_said_hello and now - self.opened_at > HELLO_SECONDS
        slow_at = self.window.slow_at
        is_slow = slow_at is not None and now - slow_at > SLOW_SECONDS
        return is_slow or now - self.heard_at > SILENT_SECONDS

    # Who

    def address(self) -> str | None:
        peer = self.scope.get("client") or ("", 0)
        return client_address(str(peer[0] or ""), header_of(self.scope, b"x-forwarded-for"))

    def user_agent(self) -> str:
        return header_of(self.scope, b"user-agent")[:300]
