"""How much may flow: frames in by a bucket, bytes out by what the client says it has read."""

import secrets
from collections import deque

FRAMES_PER_SECOND = 10
BURST = 20
# Three frames too many within so long are no accident.
FORGIVEN, FORGIVEN_SECONDS = 2, 10.0
BEAT_SECONDS = 20.0
BEAT_BYTES = 256 * 1024
MOST_UNREAD_BYTES = 1024 * 1024
SLOW_SECONDS = 30.0
SILENT_SECONDS = 60.0
# Between the numbers of two heartbeats, so that nobody confirms what they have not received.
LARGEST_STEP = 2**24


class Bucket:
    """So many frames a second, a few more at once; times are of a monotonic clock."""

    __slots__ = ("_filled_at", "_left", "_refused")

    def __init__(self, now: float) -> None:
        self._left = float(BURST)
        self._filled_at = now
        self._refused: tuple[float, ...] = ()

    def take(self, now: float) -> bool:
        """Whether one more frame may pass now."""
        refill = (now - self._filled_at) * FRAMES_PER_SECOND
        self._left = min(float(BURST), self._left + refill)
        self._filled_at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True

    def refuse(self, now: float) -> bool:
        """Note a frame that did not pass; False when it was one too many."""
        recent = tuple(each for each in self._refused if now - each < FORGIVEN_SECONDS)
        self._refused = (*recent, now)
        return len(self._refused) <= FORGIVEN


class Window:
    """What was sent and not yet confirmed: the client repeats the number of each heartbeat.

    Behind a window that is full nothing but heartbeats goes out, so that a slow reader costs no
    memory; it learns from their heads what it has missed, and asks for it.
    """

    __slots__ = ("_at_last_beat", "_confirmed", "_marks", "_number", "_sent", "beat_at", "slow_at")

    def __init__(self, now: float) -> None:
        self._sent = self._confirmed = self._at_last_beat = self._number = 0
        # (number of a heartbeat, bytes sent up to it)
        self._marks: deque[tuple[int, int]] = deque()
        self.beat_at = now + BEAT_SECONDS
        self.slow_at: float | None = None

    @property
    def is_full(self) -> bool:
        return self.slow_at is not None

    def sent(self, size: int, now: float) -> bool:
        """Count a frame that goes out; True when a heartbeat should follow it."""
        self._sent += size
        if self._sent - self._confirmed > MOST_UNREAD_BYTES and self.slow_at is None:
            self.slow_at = now
        return self._sent - self._at_last_beat >= BEAT_BYTES

    def beat(self, now: float) -> int:
        """The number of the heartbeat that goes out now."""
        self._number += 1 + secrets.randbelow(LARGEST_STEP)
        self._marks.append((self._number, self._sent))
        self._at_last_beat = self._sent
        self.beat_at = now + BEAT_SECONDS
        return self._number

    def confirm(self, number: int) -> bool | None:
        """The client has read up to this heartbeat.

        None: there is no such one outstanding. True: the window was full and is open again.
        """
        if all(known != number for known, _ in self._marks):
            return None
        while self._marks and self._marks[0][0] <= number:
            self._confirmed = self._marks.popleft()[1]
        was_full = self.slow_at is not None
        if was_full and self._sent - self._confirmed <= MOST_UNREAD_BYTES:
            self.slow_at = None
            return True
        return False
