"""How far people have read and received: stored now and then, told when it is stored."""

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from conversations.realtime import answers, people, reading

if TYPE_CHECKING:
    from conversations.realtime.rooms import Room

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 2.0
# Two minutes; by then the people have come back, or the process has ended.
MOST_TRIES = 60


@dataclass
class Pending:
    """Of one person in one conversation, in the numbering of this reader; None: nothing new."""

    who: people.Who
    read: int | None = None
    received: int | None = None
    stored_at: float = 0.0

    @property
    def is_due(self) -> bool:
        return self.read is not None or self.received is not None


class Pointers:
    def __init__(self, room: "Room") -> None:
        self.room = room
        self._progress: dict[tuple[UUID, UUID], Pending] = {}
        # From where to where, in the numbering of the log.
        self._heard: dict[tuple[UUID, UUID], tuple[int, int]] = {}
        self._telling: asyncio.Task[Any] | None = None
        self._storing: set[asyncio.Task[Any]] = set()

    def moved(
        self, socket: Any, conversation_id: UUID, *, read: int | None, received: int | None
    ) -> None:
        """Stored at most once in two seconds, and then the furthest."""
        key = (conversation_id, socket.sight.member_id)
        known = self._progress.setdefault(key, Pending(socket.who))
        known.who = socket.who
        known.read = _further(known.read, read)
        known.received = _further(known.received, received)
        # Of a room that nobody is in any more nobody stores it later.
        is_last = socket not in self.room.sockets
        if is_last or time.monotonic() - known.stored_at >= PAUSE_SECONDS:
            self._store([key])

    def start_over(self) -> None:
        """The logs are other ones now, and these places none of them."""
        self._progress.clear()

    def left(self, socket: Any) -> None:
        """Its last words."""
        member_id = socket.sight.member_id
        self._store([key for key, each in self._progress.items() if key[1] == member_id])

    def look(self, now: float) -> None:
        self._tell_heard()
        due = [key for key, each in self._progress.items() if now - each.stored_at >= PAUSE_SECONDS]
        self._store(due)
        for key in due:
            # Nothing new since it was stored: forgotten until there is.
            if (known := self._progress.get(key)) and not known.is_due:
                del self._progress[key]

    def _store(self, keys: list[tuple[UUID, UUID]]) -> None:
        now = time.monotonic()
        work: list[answers.Progress] = []
        for key in keys:
            known = self._progress.get(key)
            if known is None or not known.is_due:
                continue
            work.append(answers.Progress(known.who, key[0], known.read, known.received))
            known.read = known.received = None
            known.stored_at = now
        if work:
            storing = self.room.hub.spawn(self._keep(work))
            self._storing.add(storing)
            storing.add_done_callback(self._storing.discard)

    async def _keep(self, work: list[answers.Progress]) -> None:
        hub, tries = self.room.hub, 1
        work = await hub.run(answers.store_pointers, work)
        while work and not self.room.sockets and tries < MOST_TRIES:
            # Nobody looks after an empty room any more.
            await asyncio.sleep(PAUSE_SECONDS)
            work = await hub.run(answers.store_pointers, work)
            tries += 1
        for each in work:
            self._put_back(each)

    def _put_back(self, failed: answers.Progress) -> None:
        """`look` tries again."""
        key = (failed.conversation_id, failed.who.sight.member_id)
        known = self._progress.setdefault(key, Pending(failed.who, stored_at=time.monotonic()))
        known.read = _further(known.read, failed.read)
        known.received = _further(known.received, failed.received)

    async def wind_up(self) -> None:
        """Whatever was being stored is."""
        if self._storing:
            await asyncio.wait(self._storing)

    # What was stored, here or elsewhere

    def heard(self, message: Mapping[str, Any]) -> None:
        key = (UUID(message["conv"]), UUID(message["member"]))
        if key[0] in self.room.topics:
            self._note_heard(key, message["before"], message["seq"])
            self._tell_heard()

    def _note_heard(self, key: tuple[UUID, UUID], before: int, seq: int) -> None:
        """Processes and the layer keep no order, and nobody reads backwards."""
        known = self._heard.get(key, (before, seq))
        self._heard[key] = (min(known[0], before), max(known[1], seq))

    def _tell_heard(self) -> None:
        if self._heard and self._telling is None:
            self._telling = self.room.hub.spawn(self._tell())

    async def _tell(self) -> None:
        heard: dict[tuple[UUID, UUID], tuple[int, int]] = {}
        try:
            while self._heard:
                heard, self._heard = self._heard, {}
                told = await self.room.hub.read(reading.read_frames, self.room.company_id, heard)
                for conversation_id, member_id, staff, public in told:
                    if topic := self.room.topics.get(conversation_id):
                        topic.send(staff, public, member_id)
        except Exception as error:
            logger.warning("pointers could not be told: %s", type(error).__name__)
            for key, (before, seq) in heard.items():
                self._note_heard(key, before, seq)
        finally:
            self._telling = None


def _further(known: int | None, seq: int | None) -> int | None:
    return max(known or 0, seq) if seq is not None else known
