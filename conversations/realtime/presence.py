"""Who of the staff is there: looked up when somebody hints at it, and each ten seconds."""

import asyncio
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from accounts import presence
from accounts.choices import Availability
from conversations.realtime import people
from tokdesk.common.live.frames import encode

if TYPE_CHECKING:
    from conversations.realtime.rooms import Room

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 0.5
# Who leaves with many is taken off with them.
LEAVE_SECONDS = 0.05
ABSENT = str(Availability.OFFLINE)


class Presence:
    def __init__(self, room: "Room") -> None:
        self.room = room
        self._known: dict[UUID, str] = {}
        # None while nobody has looked for anybody here.
        self._hidden: frozenset[UUID] | None = None
        self._gone: set[UUID] = set()
        self._is_due = False
        self._looking: asyncio.Task[Any] | None = None
        self._leaving: list[tuple[UUID, str]] = []

    def came(self, socket: Any) -> None:
        """For the first of the staff here somebody looks at once: nobody has done it before."""
        if (
            socket.sight.sees_notes
            and sum(each.sight.sees_notes for each in self.room.sockets) == 1
        ):
            self._known, self._hidden = {}, None
            self.look_again()

    def heard(self, message: Mapping[str, Any]) -> None:
        self._gone |= {UUID(each) for each in message.get("gone", ())}
        self.look_again()

    def is_seen(self, member_id: UUID) -> bool:
        """Whether others may see what this person does; nobody is, before somebody has looked."""
        return self._hidden is not None and member_id not in self._hidden

    def look_again(self) -> None:
        self._is_due = True
        if self._looking is None:
            self._looking = self.room.hub.spawn(self._look())

    def left(self, socket: Any) -> None:
        self._leaving.append((socket.sight.member_id, socket.id))
        if len(self._leaving) == 1:
            self.room.hub.spawn(self._take_leave())

    async def refresh(self) -> None:
        """Say that our sockets live, and look who else does."""
        sockets: dict[UUID, list[str]] = {}
        for socket in self.room.sockets:
            sockets.setdefault(socket.sight.member_id, []).append(socket.id)
        await self.room.hub.tell(presence.refresh, self.room.company_id, sockets)
        self.look_again()

    async def wind_up(self) -> None:
        """Whoever has left is off the list at once."""
        leaving, self._leaving = self._leaving, []
        if not leaving:
            return
        try:
            await self.room.hub.tell(people.take_leave, self.room.company_id, leaving)
        except Exception as error:
            # They are off the list; whoever looks next sees it.
            logger.warning("nobody was told who left: %s", type(error).__name__)

    async def _take_leave(self) -> None:
        await asyncio.sleep(LEAVE_SECONDS)
        await self.wind_up()

    async def _look(self) -> None:
        gone: set[UUID] = set()
        try:
            while self._is_due:
                self._is_due = False
                gone, self._gone = self._gone, set()
                if any(each.sight.sees_notes for each in self.room.sockets):
                    now = await self.room.hub.tell(
                        people.who_is_there, self.room.company_id, self._known.keys() | gone
                    )
                    self._see(now.hidden)
                    self._tell(now, gone)
                await asyncio.sleep(PAUSE_SECONDS)
        except Exception as error:
            # Each ten seconds somebody looks again.
            self._gone |= gone
            logger.warning("presence could not be read: %s", type(error).__name__)
        finally:
            self._looking = None

    def _see(self, hidden: frozenset[UUID]) -> None:
        before, self._hidden = self._hidden, hidden
        self.room.signs.seen_anew(
            lambda member_id: before is not None and member_id not in before, self.is_seen
        )

    def _tell(self, now: "people.Present", gone: set[UUID]) -> None:
        before, self._known = self._known, now.shown
        staff = [each for each in self.room.sockets if each.sight.sees_notes]
        for member_id in before.keys() | now.shown.keys() | gone:
            state = now.shown.get(member_id, ABSENT)
            is_news = state != before.get(member_id, ABSENT)
            has_left = member_id in gone and state == ABSENT
            if (is_news or has_left) and member_id in now.people:
                frame = encode("presence", member=now.people[member_id], availability=state)
                for socket in staff:
                    # Few and small: also a slow reader is told, who could not ask for them later.
                    socket.push(frame)
