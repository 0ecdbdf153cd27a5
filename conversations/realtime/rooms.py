"""The sockets of one company in this process: who follows what, and what each of them is told.

All of it runs on the event loop; `reading` reads for it in threads, one reading of a kind at a
time, so what comes meanwhile is read with the next one.
"""

import asyncio
import logging
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from companies.services import Rights, rights_of
from conversations.realtime import reading, seeing
from conversations.realtime.inbox import Inbox
from conversations.realtime.pointers import Pointers
from conversations.realtime.presence import Presence
from conversations.realtime.signs import Signs
from conversations.realtime.topics import Follower, Topic
from conversations.sight import Sight
from tokdesk.common.errors import Unavailable
from tokdesk.common.live.codes import UNAUTHENTICATED
from tokdesk.common.live.hub import Hub

logger = logging.getLogger(__name__)

RETRY_SECONDS = 1.0


class Room:
    def __init__(self, hub: Hub, company_id: UUID) -> None:
        self.hub = hub
        self.company_id = company_id
        self.sockets: set[Any] = set()
        self.topics: dict[UUID, Topic] = {}
        # As of the last time when everybody here was looked at.
        self.rights: Rights | None = None
        self.inbox = Inbox(self)
        self.pointers = Pointers(self)
        self.presence = Presence(self)
        self.signs = Signs(self)
        self._behind: set[UUID] = set()
        self._catching_up: asyncio.Task[Any] | None = None
        self._checking: asyncio.Task[bool] | None = None
        self._is_unsure = False
        self._ticking: asyncio.Task[Any] | None = None
        self._ticked_at = timezone.now()

    @staticmethod
    def states(company_ids: Collection[UUID]) -> Mapping[UUID, Rights]:
        return rights_of(company_ids)

    # Following

    def follow(self, conversation_id: UUID, socket: Any) -> Follower:
        """From now on nothing of it is missed, though told only once the socket's answer is."""
        topic = self.topics.setdefault(conversation_id, Topic(conversation_id))
        follower = topic.followers[socket.id] = Follower(socket)
        return follower

    def unfollow(self, conversation_id: UUID, socket: Any) -> None:
        topic = self.topics.get(conversation_id)
        if topic is None or topic.followers.pop(socket.id, None) is None:
            return
        if not topic.followers:
            del self.topics[conversation_id]
        self.signs.left(conversation_id, socket)

    def stands_at(self, conversation_id: UUID, head: int, public_head: int) -> None:
        topic = self.topics.get(conversation_id)
        if topic is not None:
            topic.stands_at(head, public_head)
            self._note_behind(topic)

    # What the hub calls

    def hear(self, message: Mapping[str, Any]) -> None:
        match message["k"]:
            case "head":
                self._hear_head(UUID(message["conv"]), message["seq"], message["public"])
            case "own":
                self.inbox.changed_for(UUID(message["conv"]), UUID(message["member"]))
            case "read":
                self.pointers.heard(message)
            case "presence":
                self.presence.heard(message)
            case "typing" | "viewing":
                self.signs.heard(message)

    def check(self, state: Rights) -> None:
        if state != self.rights:
            self.check_soon()

    def check_soon(self) -> None:
        """Look at everybody's rights, once more where that is being done already."""
        self._is_unsure = True
        if self._checking is None:
            self._checking = self.hub.spawn(self._renew_rights())

    def look(self, now: float) -> None:
        self.pointers.look(now)
        self.signs.look(now)
        self.inbox.look()
        clock = timezone.now()
        if self._is_unsure or any(each.expires_at <= clock for each in self.sockets):
            self.check_soon()
        for topic in self.topics.values():
            self._note_behind(topic)

    async def wind_up(self) -> None:
        await self.pointers.wind_up()
        await self.signs.wind_up()
        await self.presence.wind_up()

    def tick(self) -> None:
        if self._ticking is None:
            self._ticking = self.hub.spawn(self._tick())

    # Entries

    def _hear_head(
        self, conversation_id: UUID, seq: int, is_public: bool, since: datetime | None = None
    ) -> None:
        """`since` is from when on nobody here has looked; now where somebody has just told."""
        topic = self.topics.get(conversation_id)
        if topic is not None:
            topic.hinted = max(topic.hinted, seq)
            self._note_behind(topic)
        self.inbox.moved(conversation_id, seq, is_public=is_public, since=since)

    def _note_behind(self, topic: Topic) -> None:
        if topic.is_behind:
            self._behind.add(topic.conversation_id)
            self._catch_up()

    def _catch_up(self) -> None:
        if self._catching_up is None:
            self._catching_up = self.hub.spawn(self._tell_new())

    async def _tell_new(self) -> None:
        try:
            while behind := self._lagging():
                self._behind.clear()
                heads = {topic.conversation_id: topic.head or 0 for topic in behind}
                with_public = self._has_customers(behind)
                told = await self.hub.read(reading.new_entries, self.company_id, heads, with_public)
                if self._has_customers(behind) and not with_public:
                    # A customer came while it was read for staff alone.
                    self._behind |= heads.keys()
                    continue
                await self.require_rights(told.rights)
                if told.moved:
                    await self._end_blind(told.moved)
                self._tell(told, behind, heads)
        except Exception as error:
            # What is behind is still known to be; `look` begins anew.
            logger.warning("new entries could not be read: %s", type(error).__name__)
            await asyncio.sleep(RETRY_SECONDS)
        finally:
            self._catching_up = None

    def _lagging(self) -> list[Topic]:
        known = (self.topics.get(each) for each in self._behind)
        return [topic for topic in known if topic is not None and topic.is_behind]

    def _has_customers(self, topics: Iterable[Topic]) -> bool:
        return any(
            not follower.socket.sight.sees_notes
            for topic in topics
            for follower in topic.followers.values()
        )

    def _tell(self, told: reading.Told, topics: Iterable[Topic], heads: Mapping[UUID, int]) -> None:
        for topic in topics:
            if topic.head is not None and topic.head < heads[topic.conversation_id]:
                # Somebody came meanwhile who stands further back: it is read again from there.
                self._note_behind(topic)
                continue
            entries = told.entries.get(topic.conversation_id)
            if entries:
                topic.tell(entries)
            elif told.is_whole:
                # What was hinted at is not there: it was never committed, or is pruned.
                topic.hinted = topic.head or 0
            self._note_behind(topic)

    # Rights

    async def require_rights(self, rights: Rights) -> bool:
        """Everybody here is as they were when these rights were read, or as they are now.

        Whoever lost their right is gone before a byte leaves. True where somebody was looked at.

        Raises:
            Unavailable: nobody could be looked at.
        """
        if rights != self.rights:
            self.check_soon()
        if self._checking is None:
            return False
        if not await asyncio.shield(self._checking):
            raise Unavailable
        return True

    async def _renew_rights(self) -> bool:
        """One look after the other, until nobody has come or asked meanwhile."""
        try:
            while self._is_unsure:
                self._is_unsure = False
                await self._look_at_everybody()
        except Exception as error:
            # `look` begins anew.
            self._is_unsure = True
            logger.warning("rights could not be renewed: %s", type(error).__name__)
            return False
        finally:
            self._checking = None
        return True

    async def _look_at_everybody(self) -> None:
        sockets = {socket: socket.session_id for socket in self.sockets}
        now = await self.hub.check(seeing.standings, self.company_id, frozenset(sockets.values()))
        for socket, session_id in sockets.items():
            sight, until = now.sights.get(session_id, (None, None))
            if sight is None or not sight.is_of_same_reader(socket.sight):
                socket.close(UNAUTHENTICATED)
            else:
                self._renew(socket, sight, until)
        await self._end_blind(self.topics.keys())
        before, self.rights = self.rights, now.rights
        if before is not None and before.epoch != now.rights.epoch:
            self._start_over(now.rights.epoch)
        if any(each.sight.version != now.rights.version for each in self.sockets):
            self._is_unsure = True

    def _renew(self, socket: Any, sight: Sight, until: Any) -> None:
        is_same = sight.is_as(socket.sight)
        socket.renew(sight, until)
        if not is_same and self.inbox.is_heard_by(socket):
            self.inbox.tell_to_ask([socket], "pruned")

    async def _end_blind(self, ids: Iterable[UUID]) -> None:
        """End what is followed by somebody who does not see it any more."""
        followed: dict[UUID, list[Sight]] = {}
        for conversation_id in tuple(ids):
            if topic := self.topics.get(conversation_id):
                sights = {
                    each.socket.sight.member_id: each.socket.sight
                    for each in topic.followers.values()
                }
                followed[conversation_id] = list(sights.values())
        if not followed:
            return
        lost = await self.hub.check(seeing.blind, self.company_id, followed)
        for conversation_id, member_id in lost:
            topic = self.topics.get(conversation_id)
            for follower in tuple(topic.followers.values()) if topic else ():
                if follower.socket.sight.member_id == member_id:
                    follower.socket.lose(conversation_id)

    def _start_over(self, epoch: str) -> None:
        """The database was restored: no position of before is one of these logs."""
        self.pointers.start_over()
        self.inbox.start_over()
        for topic in tuple(self.topics.values()):
            for follower in tuple(topic.followers.values()):
                follower.socket.start_over(topic.conversation_id, epoch)
        self.inbox.tell_to_ask(self.inbox.sockets(), "epoch")

    # Every ten seconds

    async def _tick(self) -> None:
        try:
            since, self._ticked_at = self._ticked_at, timezone.now()
            try:
                changed = await self.hub.read(reading.changed_since, self.company_id, since)
            except Exception as error:
                self._ticked_at = since
                logger.warning("a tick failed: %s", type(error).__name__)
                return
            for conversation_id, seq, is_public in changed:
                self._hear_head(conversation_id, seq, is_public, since)
            await self.presence.refresh()
        finally:
            self._ticking = None
