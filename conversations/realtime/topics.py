"""What sockets follow, and where each of them stands in it."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from conversations.realtime.reading import Entry
from tokdesk.common.live.frames import Frame


class Follower:
    """One socket in one conversation; until its question is answered what comes is kept."""

    __slots__ = ("_kept", "epoch", "place", "socket")

    def __init__(self, socket: Any) -> None:
        self.socket = socket
        # In the numbering of this reader.
        self.place = 0
        # The lineage that the log has got while its answer was on the way.
        self.epoch: str | None = None
        self._kept: list[tuple[int, Frame]] | None = []

    @property
    def has_begun(self) -> bool:
        """Whether it is known that this person may follow."""
        return self._kept is None

    def tell(self, seq: int, frame: Frame) -> None:
        if self._kept is not None:
            self._kept.append((seq, frame))
        elif seq > self.place and not self.socket.window.is_full:
            self.place = seq
            self.socket.push(frame)

    def begin(self, place: int) -> None:
        """Everything up to `place` is told by the answer."""
        self.place = place
        kept, self._kept = self._kept or [], None
        for seq, frame in kept:
            self.tell(seq, frame)


@dataclass
class Topic:
    """One conversation that sockets of this process follow.

    `head` is the last entry that its followers were told, `hinted` the last one heard of.
    """

    conversation_id: UUID
    head: int | None = None
    public_head: int = 0
    hinted: int = 0
    followers: dict[str, Follower] = field(default_factory=dict)

    @property
    def is_behind(self) -> bool:
        return self.head is not None and self.hinted > self.head

    def stands_at(self, head: int, public_head: int) -> None:
        """Somebody has read it up to here, and is told by their answer alone what is before.

        Of two who read at once the earlier may get their answer later: what lies between is read
        once more, and whoever knows it drops it.
        """
        self.hinted = max(self.hinted, head, self.head or 0)
        if self.head is None or head < self.head:
            self.head, self.public_head = head, public_head

    def tell(self, entries: list[Entry]) -> None:
        for entry in entries:
            if self.head is not None and entry.seq <= self.head:
                continue
            for follower in tuple(self.followers.values()):
                if follower.socket.sight.sees_notes:
                    follower.tell(entry.seq, entry.staff)
                elif entry.public is not None and entry.public_seq is not None:
                    follower.tell(entry.public_seq, entry.public)
            self.head = entry.seq
            self.public_head = entry.public_seq or self.public_head

    def send(self, staff: Frame | None, public: Frame | None, but: UUID | None = None) -> None:
        """A sign that is in no log, to everybody but one person."""
        for follower in tuple(self.followers.values()):
            sight = follower.socket.sight
            frame = staff if sight.sees_notes else public
            if frame is not None and sight.member_id != but and follower.has_begun:
                follower.socket.feed(frame)
