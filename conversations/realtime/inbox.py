"""Rows of the inbox, and the numbers beside it, for those who asked to be told."""

import asyncio
import logging
import time
from typing import TYPE_CHECKING, Any
from uuid import UUID

from conversations.realtime import listing, reading
from conversations.sight import Sight
from tokdesk.common.live.frames import Frame, encode

if TYPE_CHECKING:
    from conversations.realtime.rooms import Room

logger = logging.getLogger(__name__)

# What changes meanwhile is told together; the first change at once.
PAUSE_SECONDS = 0.2
# Counting costs more than a row does: so many people at a time, and at most this part of the time.
MOST_COUNTED, COUNT_SHARE, COUNT_PAUSE_SECONDS = 20, 0.2, 0.5
RETRY_SECONDS = 1.0
MOST_REMEMBERED = 10_000


class Inbox:
    def __init__(self, room: "Room") -> None:
        self.room = room
        self.listeners: dict[str, Any] = {}
        # Who needs the row; None is everybody.
        self._due: dict[UUID, frozenset[UUID] | None] = {}
        # The log as it was when its row was told last, so that a tick repeats nothing.
        self._told: dict[UUID, int] = {}
        self._to_count: set[UUID] = set()
        self._counts: dict[str, Frame] = {}
        self._telling: asyncio.Task[Any] | None = None
        self._counting: asyncio.Task[Any] | None = None

    def sockets(self) -> list[Any]:
        return list(self.listeners.values())

    def listen(self, socket: Any) -> None:
        self.listeners[socket.id] = socket

    def left(self, socket: Any) -> None:
        self.listeners.pop(socket.id, None)
        self._counts.pop(socket.id, None)

    def note(self, conversation_id: UUID, member_id: UUID | None = None, seq: int = 0) -> None:
        """The row of a conversation changed; for one person alone where one is named."""
        if not self.listeners:
            self._told.clear()
            return
        if member_id is None:
            if seq and seq <= self._told.get(conversation_id, 0):
                return
            self._due[conversation_id] = None
        elif conversation_id not in self._due:
            self._due[conversation_id] = frozenset({member_id})
        elif (known := self._due[conversation_id]) is not None:
            self._due[conversation_id] = known | {member_id}
        if self._telling is None:
            self._telling = self.room.hub.spawn(self._tell())

    async def _tell(self) -> None:
        due: dict[UUID, frozenset[UUID] | None] = {}
        try:
            while self._due:
                due, self._due = self._due, {}
                sights = self._sights()
                before = {each: self._told[each] for each in due if each in self._told}
                told = await self.room.hub.read(
                    listing.inbox_rows, self.room.company_id, due, before, list(sights.values())
                )
                if told.rights != self.room.rights:
                    # Somebody may see less now: their row is made anew, from their new sight.
                    await self.room.renew_rights()
                    self._due = {**due, **self._due}
                    continue
                self._send(told)
                await asyncio.sleep(PAUSE_SECONDS)
        except Exception as error:
            logger.warning("rows of an inbox could not be read: %s", type(error).__name__)
            self._due = {**due, **self._due}
            await asyncio.sleep(RETRY_SECONDS)
        finally:
            self._telling = None

    def look(self) -> None:
        """Begin again what failed."""
        if self._due and self._telling is None:
            self._telling = self.room.hub.spawn(self._tell())

    def _sights(self) -> dict[UUID, Sight]:
        return {each.sight.member_id: each.sight for each in self.listeners.values()}

    def _send(self, told: listing.Rows) -> None:
        sockets: dict[UUID, list[Any]] = {}
        for socket in self.listeners.values():
            sockets.setdefault(socket.sight.member_id, []).append(socket)
        for frame, members in told.shown:
            for member_id in members:
                for socket in sockets.get(member_id, ()):
                    socket.feed(frame)
        for conversation_id, members in told.gone:
            frame = encode("inbox_gone", conv=str(conversation_id))
            for member_id in members:
                for socket in sockets.get(member_id, ()):
                    socket.feed(frame)
        if len(self._told) > MOST_REMEMBERED:
            self._told.clear()
        self._told.update(told.heads)
        self.count_again(told.touched)

    def count_again(self, members: frozenset[UUID] | set[UUID]) -> None:
        self._to_count |= members
        if self._to_count and self._counting is None:
            self._counting = self.room.hub.spawn(self._count())

    async def _count(self) -> None:
        try:
            while self._to_count:
                here = self._sights()
                chosen = [here[each] for each in self._to_count if each in here][:MOST_COUNTED]
                self._to_count = {each for each in self._to_count if each in here} - {
                    sight.member_id for sight in chosen
                }
                if not chosen:
                    break
                began = time.monotonic()
                frames = await self.room.hub.read(
                    reading.counts, self.room.company_id, [sight.actor for sight in chosen]
                )
                for sight, frame in zip(chosen, frames, strict=True):
                    self._send_counts(sight.member_id, frame)
                spent = time.monotonic() - began
                await asyncio.sleep(max(COUNT_PAUSE_SECONDS, spent / COUNT_SHARE - spent))
        except Exception as error:
            logger.warning("counts could not be read: %s", type(error).__name__)
            await asyncio.sleep(RETRY_SECONDS)
        finally:
            self._counting = None

    def _send_counts(self, member_id: UUID, frame: Frame) -> None:
        for socket in self.listeners.values():
            if socket.sight.member_id == member_id and self._counts.get(socket.id) != frame:
                self._counts[socket.id] = frame
                socket.feed(frame)
