"""Passing signs: who types, who looks at what. In no table; they travel whole, and run out."""

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from conversations.realtime import people
from tokdesk.common.live.frames import Frame, encode

if TYPE_CHECKING:
    from conversations.realtime.rooms import Room

VIEWING_SECONDS = 45.0
TYPING_PAUSE_SECONDS = 3.0
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
        message = {"k": kind, "conv": conversation_id.hex, "socket": socket.id, **facts}
        self.room.hub.spawn(self.room.hub.tell(people.announce_sign, socket.who, message))

    # From any process

    def heard(self, message: Mapping[str, Any]) -> None:
        conversation_id, member_id = UUID(message["conv"]), UUID(message["member"]["id"])
        if message["k"] == "viewing":
            self._remember(conversation_id, member_id, message)
            self._tell_view(conversation_id, message["member"])
        elif topic := self.room.topics.get(conversation_id):
            named = {"conv": str(conversation_id), "member": message["member"]}
            frame = encode("typing", **named, visibility=message["visibility"])
            topic.send(frame, frame if message["public"] else None, member_id)

    def hide(self, members: Collection[UUID]) -> None:
        """They want to be seen by nobody from now on."""
        for conversation_id, views in self._views.items():
            for member_id in members & views.keys():
                view = next(iter(views.pop(member_id).values()))
                self._tell_view(conversation_id, view.person)

    def views(self, conversation_id: UUID, but: UUID) -> list[Frame]:
        """Who looks at it now, for somebody of the staff who begins to."""
        return [
            self._frame(conversation_id, next(iter(views.values())).person)
            for member_id, views in self._views.get(conversation_id, {}).items()
            if member_id != but
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
