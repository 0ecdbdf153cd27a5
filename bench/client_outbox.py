"""What a live client wants to say: kept from before the first try until it is acknowledged."""

import asyncio
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4


@dataclass(eq=False)
class Outgoing:
    """One message; `ack` is the frame that promised it, `refusal` the one that will not have it."""

    conv: str
    body: str
    fields: dict[str, Any] = field(default_factory=dict)
    client_id: str = field(default_factory=lambda: str(uuid4()))
    made_at: float = field(default_factory=time.monotonic)
    # Of the connection of now; None where it is not on its way.
    sent_at: float | None = None
    acked_at: float | None = None
    not_before: float = 0.0
    tries: int = 0
    ack: dict[str, Any] | None = None
    refusal: dict[str, Any] | None = None
    done: asyncio.Event = field(default_factory=asyncio.Event)

    def frame(self) -> dict[str, Any]:
        told = {"conv": self.conv, "client_id": self.client_id, "body": self.body, **self.fields}
        return {"op": "send", **told}


@dataclass
class Outbox:
    """Per conversation in order, one on its way at a time; `acks` are promises by client_id."""

    waiting: dict[str, deque[Outgoing]] = field(default_factory=dict)
    acks: dict[str, Outgoing] = field(default_factory=dict)
    refused: list[Outgoing] = field(default_factory=list)
    # Proofs that one message was promised twice, at two places.
    conflicts: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return sum(map(len, self.waiting.values()))

    def put(self, message: Outgoing) -> None:
        self.waiting.setdefault(message.conv, deque()).append(message)

    def due(self, conv: str, now: float) -> Outgoing | None:
        """The next of the conversation, unless it is on its way or has to wait."""
        queue = self.waiting.get(conv)
        if not queue or queue[0].sent_at is not None or now < queue[0].not_before:
            return None
        return queue[0]

    def acknowledged(self, frame: dict[str, Any]) -> Outgoing | None:
        """The message that this frame is about, unless it was acknowledged before."""
        client_id = frame["client_id"]
        known = self.acks.get(client_id)
        if known is not None and known.ack is not None:
            places = [(each.get("id"), each.get("seq")) for each in (known.ack, frame)]
            if places[0] != places[1]:
                self.conflicts.append(f"{client_id}: {places[0]} and then {places[1]}")
            return None
        message = self._remove(client_id)
        if message is not None:
            message.ack, message.acked_at = frame, time.monotonic()
            self.acks[client_id] = message
            message.done.set()
        return message

    def not_acknowledged(self, frame: dict[str, Any]) -> Outgoing | None:
        """The same for a frame that refuses: for good, or until later where it says when."""
        client_id, later = frame["client_id"], frame.get("retry_after")
        if later is not None:
            message = self._head(client_id)
            if message is not None:
                message.sent_at, message.not_before = None, time.monotonic() + float(later)
            return message
        message = self._remove(client_id)
        if message is not None:
            message.refusal = frame
            self.refused.append(message)
            message.done.set()
        return message

    def sent(self, at: float) -> None:
        """Count what is on its way as sent at that time."""
        for queue in self.waiting.values():
            if queue[0].sent_at is not None:
                queue[0].sent_at = at

    def stranded(self, before: float = float("inf")) -> None:
        """What was sent before that time, on a connection that is gone or deaf, goes out again."""
        for queue in self.waiting.values():
            for message in queue:
                if message.sent_at is not None and message.sent_at < before:
                    message.sent_at = None

    def _head(self, client_id: str) -> Outgoing | None:
        heads = (queue[0] for queue in self.waiting.values() if queue)
        return next((each for each in heads if each.client_id == client_id), None)

    def _remove(self, client_id: str) -> Outgoing | None:
        message = self._head(client_id)
        if message is not None:
            queue = self.waiting[message.conv]
            queue.popleft()
            if not queue:
                del self.waiting[message.conv]
        return message
