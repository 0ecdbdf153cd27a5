"""Sockets read by hand, so that thousands of them cost the reader less than the server measured.

A wire speaks WebSocket; a dialect says what is sent and heard on it: TokDesk's, Socket.IO's, the
textbook's, or bare text. A message carries its number between two tildes.
"""

import asyncio
import json
import os
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast
from uuid import uuid4

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
FINAL, MASKED = 0x80, 0x80
# A mask of zeros leaves the bytes as they are, and is one.
MASK = b"\0\0\0\0"


class NotLetIn(Exception):
    """A socket was refused, or closed before it had joined its room."""


@dataclass(frozen=True)
class Seat:
    """Who sits at a socket, and in which room."""

    room: str
    ticket: str = ""
    inbox: bool = False
    listens: bool = True


def nothing(*arguments: Any) -> None:
    """Where nobody listens."""


@dataclass(frozen=True)
class Ears:
    """Who is told of messages of the room, of one's own that arrived, and of a socket's end."""

    heard: Callable[["Wire", int], None] = nothing
    acked: Callable[["Wire", int], None] = nothing
    lost: Callable[["Wire", str], None] = nothing


class Wire(asyncio.Protocol):
    """One socket; subclasses are dialects. `entered` is done when it has joined its room."""

    path = "/"
    transport: asyncio.Transport

    def __init__(self, seat: Seat, ears: Ears) -> None:
        self.seat, self.ears = seat, ears
        self.entered: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.is_open = self.is_lost = False
        self._rest = b""

    # Dialects

    def opened(self) -> None:
        """The handshake is done: say who one is."""

    def text(self, payload: bytes) -> None:
        """A frame came."""

    def say(self, number: int) -> None:
        """Send the message of this number to the seat's room."""

    # WebSocket

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        key = b64encode(os.urandom(16)).decode()
        lines = [
            f"GET {self.path} HTTP/1.1",
            "Host: desk.example",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
            "X-Forwarded-For: 192.0.2.1",
            "X-Forwarded-Proto: https",
        ]
        self.transport.write(("\r\n".join(lines) + "\r\n\r\n").encode())

    def data_received(self, data: bytes) -> None:
        if self._rest:
            data = self._rest + data
        self._rest = b""
        if not self.is_open:
            head, separator, data = data.partition(b"\r\n\r\n")
            if not separator:
                self._rest = head
                return
            if b" 101 " not in head[:16]:
                self.lose(head[:80].decode())
                return
            self.is_open = True
            self.opened()
        position = 0
        while (end := self._frame(data, position)) is not None:
            position = end
        self._rest = data[position:]

    def _frame(self, data: bytes, start: int) -> int | None:
        """Work off the frame that begins there; where it ends, or None while it is not whole."""
        if len(data) < start + 2:
            return None
        size, begin = data[start + 1], start + 2
        if size >= 126:
            begin += 2 if size == 126 else 8
            size = int.from_bytes(data[start + 2 : begin], "big")
        end = begin + size
        if len(data) < end or len(data) < begin:
            return None
        kind = data[start] & 15
        if kind == TEXT:
            self.text(data[begin:end])
        elif kind == PING:
            self._write(PONG, data[begin:end])
        elif kind == CLOSE:
            self.lose(f"closed with {int.from_bytes(data[begin : begin + 2], 'big')}")
        return end

    def connection_lost(self, exc: Exception | None) -> None:
        self.lose("connection lost")

    def lose(self, why: str) -> None:
        """It cannot be counted on any more."""
        if self.is_lost:
            return
        self.is_lost = True
        self.transport.abort()
        if self.entered.done():
            self.ears.lost(self, why)
        else:
            self.entered.set_exception(NotLetIn(why))

    def send(self, text: str) -> None:
        self._write(TEXT, text.encode())

    def _write(self, kind: int, payload: bytes) -> None:
        size = len(payload)
        if size < 126:
            head = bytes((FINAL | kind, MASKED | size))
        else:
            head = bytes((FINAL | kind, MASKED | 126)) + size.to_bytes(2, "big")
        self.transport.write(head + MASK + payload)

    def _join(self) -> None:
        if not self.entered.done():
            self.entered.set_result(None)


def number_of(payload: bytes) -> int:
    """What stands between the first two tildes."""
    return int(payload.split(b"~", 2)[1])


class TokDesk(Wire):
    """The live protocol; `op` is the first field of each frame."""

    path = "/ws/v1/"

    def __init__(self, seat: Seat, ears: Ears) -> None:
        super().__init__(seat, ears)
        self._sent: dict[str, int] = {}

    def opened(self) -> None:
        self.tell("hello", ticket=self.seat.ticket, v=1)

    def tell(self, op: str, **fields: Any) -> None:
        self.send(json.dumps({"op": op, **fields}))

    def say(self, number: int) -> None:
        client_id = str(uuid4())
        self._sent[client_id] = number
        body = f"~{number}~ is said to all who are here."
        self.tell("send", conv=self.seat.room, client_id=client_id, body=body)

    def text(self, payload: bytes) -> None:
        # {"op":"event",...
        op = payload[7:12]
        if op == b"event":
            if b'"message.created"' in payload:
                self.ears.heard(self, number_of(payload))
        elif op == b'ack",':
            self.ears.acked(self, self._sent.pop(json.loads(payload)["client_id"]))
        elif op == b'hb","':
            self.tell("hb", n=json.loads(payload)["n"])
        elif op == b"ready":
            self._ready()
        elif op == (b"inbox" if self.seat.inbox else b"sub_o"):
            self._join()
        elif op[:3] in (b"err", b"nac", b"bye"):
            self.lose(payload[:300].decode())

    def _ready(self) -> None:
        if not self.seat.listens:
            self._join()
            return
        self.tell("sub", conv=self.seat.room)
        if self.seat.inbox:
            self.tell("sub_inbox")


class SocketIO(Wire):
    """Engine.IO 4 without long polling, Socket.IO 5 on it."""

    path = "/socket.io/?EIO=4&transport=websocket"

    def text(self, payload: bytes) -> None:
        if payload[:2] == b"42":
            self.ears.heard(self, number_of(payload))
        elif payload == b"2":
            self.send("3")
        elif payload[:1] == b"0":
            self.send("40")
        elif payload[:2] == b"40":
            rooms = [self.seat.room, "inbox"] if self.seat.inbox else [self.seat.room]
            told = rooms if self.seat.listens else []
            self.send("420" + json.dumps(["join", told]))
        elif payload[:3] == b"430":
            self._join()
        elif payload[:2] == b"43":
            self.ears.acked(self, number_of(payload))

    def say(self, number: int) -> None:
        body = f"~{number}~ is said to all who are here."
        self.send("421" + json.dumps(["say", self.seat.room, body]))


class Textbook(Wire):
    """The chat of the tutorials: the room is in the path, and one's own message comes back."""

    def __init__(self, seat: Seat, ears: Ears) -> None:
        super().__init__(seat, ears)
        self.path = f"/ws/chat/{seat.room}/"
        self._mine: set[int] = set()

    def opened(self) -> None:
        self._join()

    def say(self, number: int) -> None:
        self._mine.add(number)
        self.send(json.dumps({"message": f"~{number}~ is said to all who are here."}))

    def text(self, payload: bytes) -> None:
        number = number_of(payload)
        if number in self._mine:
            self._mine.discard(number)
            self.ears.acked(self, number)
        else:
            self.ears.heard(self, number)


class Bare(Wire):
    """The first text names the room, `ok` lets one in; `ack` and the number acknowledge."""

    def opened(self) -> None:
        self.send(self.seat.room if self.seat.listens else "")

    def say(self, number: int) -> None:
        self.send(f"{self.seat.room} ~{number}~ is said to all who are here.")

    def text(self, payload: bytes) -> None:
        if payload == b"ok":
            self._join()
        elif payload[:3] == b"ack":
            self.ears.acked(self, number_of(payload))
        else:
            self.ears.heard(self, number_of(payload))


DIALECTS: dict[str, type[Wire]] = {
    "tokdesk": TokDesk,
    "socketio": SocketIO,
    "textbook": Textbook,
    "bare": Bare,
}
