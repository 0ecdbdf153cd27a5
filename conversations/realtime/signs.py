"""Passing signs: who types, who looks at what. In no table; they travel whole, and run out."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any
from uuid import UUID

from conversations.realtime import people
from tokdesk.common.live.frames import Frame, encode

if TYPE_CHECKING:
    from conversations.realtime.rooms import Room

logger = logging.getLogger(__name__)

VIEWING_SECONDS = 45.0
# The same is not said again within this time.
REPEAT_SECONDS = 3.0
# What comes meanwhile is announced together, and of one socket in one conversation the last alone.
PAUSE_SECONDS, MOST_AT_ONCE = 0.1, 100
AWAY = "away"
# What says most stands first.
STATES = ("writing", "viewing")
MOST_REMEMBERED = 200


@dataclass
class View:
    """Somebody has a conversation before their eyes, at one of their sockets."""

    state: str
    person: Mapping[str, Any]
    until: float


class Signs:
    def __init__(self, room: "Room") -> None:
        self.room = room
        # conversation -> member -> socket -> view
        self._views: dict[UUID, dict[UUID, dict[str, View]]] = {}
        # kind, socket, conversation -> what is yet to be announced
        self._due: dict[tuple[str, str, UUID], people.Sign] = {}
        self._announcing: asyncio.Task[Any] | None = None

    # From our own sockets

    def typing(self, socket: Any, conversation_id: UUID, visibility: str) -> None:
        """At most one each three seconds; a note's only reaches staff."""
        now = time.monotonic()
        if now - socket.typed_at.get(conversation_id, 0) < REPEAT_SECONDS:
            return
        if len(socket.typed_at) > MOST_REMEMBERED:
            socket.typed_at.clear()
        socket.typed_at[conversation_id] = now
        self._announce(socket, "typing", conversation_id, visibility=visibility)

    def viewing(self, socket: Any, conversation_id: UUID, state: str) -> None:
        now = time.monotonic()
        known, said_at = socket.views.get(conversation_id, (AWAY, 0.0))
        if state == known and (state == AWAY or now - said_at < REPEAT_SECONDS):
            return
        if state == AWAY:
            del socket.views[conversation_id]
        else:
            socket.views[conversation_id] = (state, now)
            if len(socket.views) > MOST_REMEMBERED:
                # Nobody has so many before their eyes.
                self.left(next(iter(socket.views)), socket)
        self._announce(socket, "viewing", conversation_id, state=state)

    def left(self, conversation_id: UUID, socket: Any) -> None:
        """Who does not follow it any more does not look at it either."""
        socket.typed_at.pop(conversation_id, None)
        if socket.views.pop(conversation_id, None) is not None:
            self._announce(socket, "viewing", conversation_id, state=AWAY)

    def _announce(self, socket: Any, kind: str, conversation_id: UUID, **facts: str) -> None:
        message = {"k": kind, "conv": conversation_id.hex, "socket": socket.id, **facts}
        self._due[kind, socket.id, conversation_id] = (socket.who, message)
        if self._announcing is None:
            self._announcing = self.room.hub.spawn(self._announce_due())

    async def _announce_due(self) -> None:
        try:
            while self._due:
                keys = list(islice(self._due, MOST_AT_ONCE))
                signs = [self._due.pop(key) for key in keys]
                await self.room.hub.tell(people.announce_signs, self.room.company_id, signs)
                await asyncio.sleep(PAUSE_SECONDS)
        except Exception as error:
            # Whoever goes on says it again.
            logger.warning("signs could not be announced: %s", type(error).__name__)
        finally:
            self._announcing = None

    async def wind_up(self) -> None:
        """Whoever has left is said to look at nothing."""
        if self._announcing is not None:
            await asyncio.wait([self._announcing])

    # From any process

    def heard(self, message: Mapping[str, Any]) -> None:
        conversation_id, member_id = UUID(message["conv"]), UUID(message["member"]["id"])
        if message["k"] == "viewing":
            self._remember(conversation_id, member_id, message)
            if self.room.presence.is_seen(member_id):
                self._tell_view(conversation_id, message["member"])
        elif topic := self.room.topics.get(conversation_id):
            named = {"conv": str(conversation_id), "member": message["member"]}
            frame = encode("typing", **named, visibility=message["visibility"])
            topic.send(frame, frame if message["public"] else None, member_id)

    def seen_anew(self, was: Callable[[UUID], bool], now: Callable[[UUID], bool]) -> None:
        """Others may see other people than before: what somebody hides is forgotten."""
        for conversation_id, members in self._views.items():
            for member_id in tuple(members):
                if was(member_id) and now(member_id):
                    continue
                person = next(iter(members[member_id].values())).person
                if not now(member_id):
                    del members[member_id]
                if was(member_id) or now(member_id):
                    self._tell_view(conversation_id, person)

    def views(self, conversation_id: UUID, but: UUID) -> list[Frame]:
        """Who looks at it now, for somebody of the staff who begins to."""
        return [
            self._frame(conversation_id, next(iter(views.values())).person)
            for member_id, views in self._views.get(conversation_id, {}).items()
            if member_id != but and self.room.presence.is_seen(member_id)
        ]

    def look(self, now: float) -> None:
        for conversation_id in tuple(self._views):
            members = self._views[conversation_id]
            for member_id in tuple(members):
                living = {key: view for key, view in members[member_id].items() if view.until > now}
                if living:
                    members[member_id] = living
                else:
                    del members[member_id]
            if not members:
                del self._views[conversation_id]

    def _remember(self, conversation_id: UUID, member_id: UUID, message: Mapping[str, Any]) -> None:
        members = self._views.setdefault(conversation_id, {})
        views = members.setdefault(member_id, {})
        views.pop(message["socket"], None)
        if message["state"] != AWAY:
            until = time.monotonic() + VIEWING_SECONDS
            views[message["socket"]] = View(message["state"], message["member"], until)
        if not views:
            del members[member_id]

    def _tell_view(self, conversation_id: UUID, person: Mapping[str, Any]) -> None:
        if topic := self.room.topics.get(conversation_id):
            topic.send(self._frame(conversation_id, person), None, UUID(person["id"]))

    def _frame(self, conversation_id: UUID, person: Mapping[str, Any]) -> Frame:
        """What this person does there, in all their tabs together."""
        views = self._views.get(conversation_id, {}).get(UUID(person["id"]), {})
        states = {view.state for view in views.values()}
        state = next((each for each in STATES if each in states), AWAY)
        return encode("viewing", conv=str(conversation_id), member=person, state=state)
