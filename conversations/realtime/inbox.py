"""Rows of the inbox, and the numbers beside it, for those who asked to be told."""

import asyncio
import logging
import time
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils import timezone

from conversations.realtime import listing, reading
from conversations.realtime.listing import Due, Place
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
# Of so many rows at a time; where more wait than anybody could look at, all are told to ask anew.
MOST_ROWS, MOST_DUE = 200, 2000
# A tick looks back for less, but after an outage.
LEFT_SECONDS = 2 * reading.SLACK.total_seconds()


class Inbox:
    def __init__(self, room: "Room") -> None:
        self.room = room
        self.listeners: dict[str, Any] = {}
        self._due: dict[UUID, Due] = {}
        # The log as it was when its row was told everybody last, so that a tick repeats nothing.
        self._told: dict[UUID, Place] = {}
        # Up to where it is asked for anew, since there was too much to tell.
        self._left: dict[UUID, int] = {}
        self._left_at = 0.0
        self._to_count: set[UUID] = set()
        self._counts: dict[str, Frame] = {}
        self._telling: asyncio.Task[Any] | None = None
        self._counting: asyncio.Task[Any] | None = None

    def sockets(self) -> list[Any]:
        return list(self.listeners.values())

    def is_heard_by(self, socket: Any) -> bool:
        return socket.id in self.listeners

    def listen(self, socket: Any) -> None:
        self.listeners[socket.id] = socket

    def left(self, socket: Any) -> None:
        self.listeners.pop(socket.id, None)
        self._counts.pop(socket.id, None)

    def start_over(self) -> None:
        """The database was restored: nothing that was told is so any more."""
        self._due.clear()
        self._told.clear()
        self._left.clear()
        self._counts.clear()

    def tell_to_ask(self, sockets: Iterable[Any], reason: str) -> None:
        """What they know may not be so any more."""
        epoch = self.room.rights.epoch if self.room.rights else ""
        frame = encode("resync", conv=None, reason=reason, head=0, epoch=epoch)
        members = set()
        for socket in sockets:
            self._counts.pop(socket.id, None)
            socket.push(frame)
            members.add(socket.sight.member_id)
        self.count_again(members)

    def answered(self, socket: Any) -> None:
        """Counts that overtook this answer were newer; whoever reads both goes by the last."""
        if self._counts.pop(socket.id, None) is not None:
            self.count_again({socket.sight.member_id})

    def customer_knows(self, places: Mapping[UUID, int]) -> None:
        """Customers know these rows up to here: nobody tells them again, were it by the tick."""
        for conversation_id, public_seq in places.items():
            known = self._told.get(conversation_id)
            if known is None or known.public_seq is None:
                self._told[conversation_id] = Place(known.seq if known else 0, public_seq)

    def moved(
        self, conversation_id: UUID, seq: int, *, is_public: bool, since: datetime | None = None
    ) -> None:
        """Its log reaches to `seq`; `is_public` where customers may see something new in it."""
        known = self._told.get(conversation_id)
        is_told = known is not None and seq <= known.seq
        if not self.listeners:
            self._told.clear()
            self._left.clear()
        elif seq <= self._left.get(conversation_id, -1):
            return
        elif not is_told or (is_public and known is not None and known.public_seq is None):
            at = since or timezone.now()
            self._note(conversation_id, Due(at, seq, is_for_all=True, is_public=is_public))

    def changed_for(self, conversation_id: UUID, member_id: UUID) -> None:
        """The row changed for one person alone."""
        if any(each.sight.member_id == member_id for each in self.listeners.values()):
            self._note(conversation_id, Due(timezone.now(), named=frozenset({member_id})))

    def _note(self, conversation_id: UUID, due: Due) -> None:
        known = self._due.get(conversation_id)
        self._due[conversation_id] = known.and_also(due) if known else due
        self._begin()

    def _leave_what_is_too_much(self) -> None:
        """Say once that all of it is to be asked for; a tick that finds it again adds nothing."""
        if len(self._due) > MOST_DUE:
            self._left.update((key, each.seq) for key, each in self._due.items())
            self._left_at = time.monotonic()
            self._due.clear()
            self.tell_to_ask(self.sockets(), "pruned")

    def _take(self) -> dict[UUID, Due]:
        self._leave_what_is_too_much()
        taken = dict(islice(self._due.items(), MOST_ROWS))
        for conversation_id in taken:
            del self._due[conversation_id]
        return taken

    def _put_back(self, due: Mapping[UUID, Due]) -> None:
        for conversation_id, each in due.items():
            known = self._due.get(conversation_id)
            self._due[conversation_id] = each.and_also(known) if known else each

    async def _tell(self) -> None:
        due: dict[UUID, Due] = {}
        try:
            while due := self._take():
                sights, here = self._sights(), set(self.listeners)
                before = {each: self._told[each] for each in due if each in self._told}
                told = await self.room.hub.read(
                    listing.inbox_rows, self.room.company_id, due, before, list(sights.values())
                )
                if await self.room.require_rights(told.rights):
                    # Somebody may see less now: their row is made anew, from their new sight.
                    self._put_back(due)
                    continue
                self._send(told, is_for_all=self.listeners.keys() <= here)
                await asyncio.sleep(PAUSE_SECONDS)
        except Exception as error:
            logger.warning("rows of an inbox could not be read: %s", type(error).__name__)
            self._put_back(due)
            await asyncio.sleep(RETRY_SECONDS)
        finally:
            self._telling = None

    def look(self) -> None:
        """Each second."""
        if self._left and time.monotonic() - self._left_at > LEFT_SECONDS:
            self._left.clear()
        self._leave_what_is_too_much()
        self._begin()

    def _begin(self) -> None:
        """Begin, or begin again what failed."""
        if self._due and self._telling is None:
            self._telling = self.room.hub.spawn(self._tell())
        if self._to_count and self._counting is None:
            self._counting = self.room.hub.spawn(self._count())

    def _sights(self) -> dict[UUID, Sight]:
        return {each.sight.member_id: each.sight for each in self.listeners.values()}

    def _send(self, told: listing.Rows, *, is_for_all: bool) -> None:
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
        if is_for_all:
            # Who came while it was read was told nothing of it: their hint or tick must count.
            self._told.update(told.places)
        self.count_again(told.touched)

    def count_again(self, members: frozenset[UUID] | set[UUID]) -> None:
        self._to_count |= members
        self._begin()

    async def _count(self) -> None:
        chosen: list[Sight] = []
        try:
            while True:
                here = self._sights()
                self._to_count &= here.keys()
                chosen = [here[each] for each in islice(self._to_count, MOST_COUNTED)]
                if not chosen:
                    break
                self._to_count -= {sight.member_id for sight in chosen}
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
            self._to_count |= {sight.member_id for sight in chosen}
            await asyncio.sleep(RETRY_SECONDS)
        finally:
            self._counting = None

    def _send_counts(self, member_id: UUID, frame: Frame) -> None:
        for socket in self.listeners.values():
            if socket.sight.member_id == member_id and self._counts.get(socket.id) != frame:
                self._counts[socket.id] = frame
                socket.feed(frame)
