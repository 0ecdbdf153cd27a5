"""What a live client has seen of a conversation, by the rule that leaves no hole and no repeat."""

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

RESYNC = "resync"
CREATED = "message.created"


@dataclass(frozen=True)
class Applied:
    """An entry of the log that was shown, or a mark where the log was read anew."""

    seq: int
    type: str
    message: str | None = None
    client_id: str | None = None
    # Of a monotonic clock.
    at: float = field(default=0.0, compare=False)


@dataclass
class Counters:
    """What became of one client."""

    gaps: int = 0  # events that came before one that is missing
    asked: int = 0  # times that what is missing was asked for
    dropped: int = 0  # events that were known already
    pages: int = 0  # of the log, by REST
    short_answers: int = 0  # answers that did not reach to the head that they named
    resyncs: int = 0
    resent: int = 0
    refused: int = 0


@dataclass
class Log:
    """`seq` is the last entry that was applied; None until the first answer says where it stands.

    `conflicts` are proofs that the server told two things of one place.
    """

    conv: str
    seq: int | None = None
    epoch: str | None = None
    applied: list[Applied] = field(default_factory=list)
    # By id: what was read anew after a resync.
    reread: dict[str, dict[str, Any]] = field(default_factory=dict)
    conflicts: list[str] = field(default_factory=list)
    # The code with which the server ended or refused it; "" while it may be followed.
    gone: str = ""
    # Resumed on the connection of now.
    is_live: bool = False
    # When the answer that is waited for was asked for; None where none is.
    asked_at: float | None = None
    aside: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    _by_seq: dict[int, Applied] = field(default_factory=dict)

    def take(self, event: Mapping[str, Any], counters: Counters) -> None:
        """Apply it when it is the next one; keep it aside when it is a later one."""
        seq = int(event["seq"])
        if self.seq is None or seq > self.seq + 1:
            counters.gaps += self.seq is not None and seq not in self.aside
            self.aside[seq] = event
        elif seq == self.seq + 1:
            self._apply(event)
        else:
            counters.dropped += 1
            self._compare(event)

    def drain(self, counters: Counters) -> None:
        """Apply what was kept aside as far as it fits now."""
        for seq in sorted(self.aside):
            if self.seq is not None and seq <= self.seq + 1:
                self.take(self.aside.pop(seq), counters)

    def restart(self, reason: str, head: int, epoch: str | None) -> None:
        """Go on from this head; what is before it was read anew."""
        self.seq, self.epoch = head, epoch
        self._by_seq.clear()
        self.aside = {seq: event for seq, event in self.aside.items() if seq > head}
        self.applied.append(Applied(head, RESYNC, reason, at=time.monotonic()))

    def messages(self) -> list[str]:
        """Ids of all that was ever shown as said, in the order in which it was."""
        return [each.message for each in self.applied if each.type == CREATED and each.message]

    def order(self) -> list[tuple[int, str, str | None]]:
        """To compare with what others saw."""
        return [(each.seq, each.type, each.message) for each in self.applied]

    def faults(self) -> list[str]:
        """Holes and repeats; there are none of the first by the rule, which this watches over."""
        found = list(self.conflicts)
        for before, after in pairwise(self.applied):
            if after.type != RESYNC and after.seq != before.seq + 1:
                found.append(f"{self.conv}: {after.seq} after {before.seq}")
        times = Counter(self.messages())
        found += [f"{self.conv}: {each} shown {n} times" for each, n in times.items() if n > 1]
        return found

    def _apply(self, event: Mapping[str, Any]) -> None:
        made = applied(event)
        self.seq = made.seq
        self.applied.append(made)
        self._by_seq[made.seq] = made

    def _compare(self, event: Mapping[str, Any]) -> None:
        known, told = self._by_seq.get(int(event["seq"])), applied(event)
        if known is not None and (known.type, known.message) != (told.type, told.message):
            self.conflicts.append(f"{self.conv}: {known} and then {told}")


def applied(event: Mapping[str, Any]) -> Applied:
    """An event of the wire, as it is kept."""
    data = event.get("data") or {}
    is_message = str(event["type"]).startswith("message.")
    return Applied(
        int(event["seq"]),
        str(event["type"]),
        data.get("id") if is_message else None,
        data.get("client_id") if is_message else None,
        time.monotonic(),
    )


@dataclass
class Inbox:
    """The list beside the conversations: once read by REST, and from then on as it is told."""

    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    counts: dict[str, Any] = field(default_factory=dict)
    as_of: str | None = None
    epoch: str | None = None
    resyncs: list[str] = field(default_factory=list)
    gone_before: int = 0
    is_wanted: bool = False
    is_read: bool = False
    is_live: bool = False
    asked_at: float | None = None

    def answered(self, frame: Mapping[str, Any]) -> None:
        self.counts, self.as_of, self.epoch = frame["counts"], frame["as_of"], frame["epoch"]
        for row in frame["changed"]:
            self.show(row)
        self.is_live, self.asked_at = self.is_read, None

    def read(self, rows: Mapping[str, dict[str, Any]]) -> None:
        """The whole list; what was told while it was read may be newer."""
        told, self.rows = self.rows, dict(rows)
        for row in told.values():
            self.show(row)
        for conv in self.gone[self.gone_before :]:
            self.rows.pop(conv, None)
        self.is_read = self.is_live = True

    def forget(self) -> None:
        """Nothing of it may be true any more."""
        self.rows.clear()
        self.gone_before = len(self.gone)
        self.as_of, self.is_read = None, False

    def show(self, row: dict[str, Any]) -> None:
        known = self.rows.get(row["id"])
        if known is None or known["last_seq"] <= row["last_seq"]:
            self.rows[row["id"]] = row

    def lose(self, conv: str) -> None:
        self.rows.pop(conv, None)
        self.gone.append(conv)
