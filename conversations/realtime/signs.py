"""Passing signs: who types, who looks at what. In no table; they travel whole, and run out."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from conversations.choices import Visibility
from tokdesk.common.live import hints
from tokdesk.common.live.frames import Frame, encode

if TYPE_CHECKING:
    from conversations.realtime.rooms import Room

VIEWING_SECONDS = 45.0
TYPING_PAUSE_SECONDS = 3.0
AWAY = "away"
MOST_REMEMBERED = 200


@dataclass
class View:
    """Somebody has a conversation before their eyes."""

    state: str
    person: Mapping[str, Any]
    until: float


class Signs:
    def __init__(self, room: "Room") -> None:
        self.room = room
        # conversation -> member -> view
        self._views: dict[UUID, dict[UUID, View]] = {}

    # From our own sockets

    def typing(self, socket: Any, conversation_id: UUID, visibility: str) -> None:
        """At most one each three seconds; a note's only reaches staff."""
        now = time.monotonic()
        if now - socket.typed_at.get(conversation_id, 0) < TYPING_PAUSE_SECONDS:
            return
        if len(socket.typed_at) > MOST_REMEMBERED:
            socket.typed_at.clear()
        socket.typed_at[conversation_id] = now
        self._announce(socket, "typing", conversation_id, visibility=visibility)

    def viewing(self, socket: Any, conversation_id: UUID, state: str) -> None:
        if state == AWAY or len(socket.views) >= MOST_REMEMBERED:
            socket.views.pop(conversation_id, None)
        else:
            socket.views[conversation_id] = state
        self._announce(socket, "viewing", conversation_id, state=state)

    def left(self, conversation_id: UUID, socket: Any) -> None:
        """Who does not follow it any more does not look at it either."""
        socket.typed_at.pop(conversation_id, None)
        if socket.views.pop(conversation_id, AWAY) != AWAY:
            self._announce(socket, "viewing", conversation_id, state=AWAY)

    def _announce(self, socket: Any, kind: str, conversation_id: UUID, **facts: str) -> None:
        """A hidden person leaves no sign."""
        if self.room.presence.is_hidden(socket):
            return
        message = {
            "k": kind,
            "conv": conversation_id.hex,
            "member": socket.person,
            "staff": socket.sight.sees_notes,
            **facts,
        }
        self.room.hub.spawn(self.room.hub.read(hints.announce, self.room.company_id, message))

    # From any process

    def heard(self, message: Mapping[str, Any]) -> None:
        conversation_id = UUID(message["conv"])
        if message["k"] == "viewing":
            self._remember(conversation_id, message)
        topic = self.room.topics.get(conversation_id)
        if topic is None:
            return
        named = {"conv": str(conversation_id), "member": message["member"]}
        member_id = UUID(message["member"]["id"])
        if message["k"] == "viewing":
            topic.send(encode("viewing", **named, state=message["state"]), None, member_id)
        else:
            frame = encode("typing", **named, visibility=message["visibility"])
            is_public = message["visibility"] == Visibility.PUBLIC
            topic.send(frame, frame if is_public else None, member_id)

    def views(self, conversation_id: UUID, but: UUID) -> list[Frame]:
        """Who looks at it now, for somebody of the staff who begins to."""
        now = time.monotonic()
        return [
            encode("viewing", conv=str(conversation_id), member=view.person, state=view.state)
            for member_id, view in self._views.get(conversation_id, {}).items()
            if view.until > now and member_id != but
        ]

    def look(self, now: float) -> None:
        for conversation_id in tuple(self._views):
            views = self._views[conversation_id]
            for member_id in [key for key, view in views.items() if view.until <= now]:
                del views[member_id]
            if not views:
                del self._views[conversation_id]

    def _remember(self, conversation_id: UUID, message: Mapping[str, Any]) -> None:
        views = self._views.setdefault(conversation_id, {})
        member_id = UUID(message["member"]["id"])
        if message["state"] == AWAY:
            views.pop(member_id, None)
        else:
            until = time.monotonic() + VIEWING_SECONDS
            views[member_id] = View(message["state"], message["member"], until)
