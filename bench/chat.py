"""Four hundred sockets in two hundred rooms of two; a hundred people talk without a pause.

`python -m bench.chat [--short] [--inbox]` prints messages a second, milliseconds until the sender's
is acknowledged and until the other one has it, and the server's CPU a message, on one server
process and a PostgreSQL that syncs each commit. Beside it, in the same run, the chat of Channels'
tutorials and Socket.IO with one INSERT. Ours checks rights, gives each message its place in the
log, and writes its event and jobs; it must still do twice the tutorial's.
"""

import argparse
import asyncio
import contextlib
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import uvloop

from bench import bullmq
from bench.cluster import SAFE
from bench.desk import Desk, desk, machine
from bench.sockets_crowd import crowd
from bench.sockets_servers import (
    LINES,
    SETTINGS,
    Server,
    people,
    share,
    socketio,
    tell,
    textbook,
    tokdesk,
)
from bench.sockets_wire import Ears, Seat, Wire

ROOMS, SPEAKERS = 200, 100
LEAST_RATIO = 2.0
SECONDS, SHORT_SECONDS, WARM_SECONDS = 20.0, 5.0, 2.0
PATIENCE_SECONDS = 30.0


@dataclass(frozen=True)
class Figures:
    rate: float
    acks: list[float]
    arrivals: list[float]
    cpu_ms: float
    missing: int
    entry: float


@dataclass
class Talk:
    """Each speaker says the next thing when the last one is acknowledged."""

    wires: list[Wire] = field(default_factory=list)
    begun: dict[int, tuple[Wire, float]] = field(default_factory=dict)
    acks: list[float] = field(default_factory=list)
    arrivals: list[float] = field(default_factory=list)
    unacked: set[int] = field(default_factory=set)
    unheard: set[int] = field(default_factory=set)
    is_over: bool = False
    count: int = 0

    def say(self, wire: Wire) -> None:
        self.count += 1
        self.unacked.add(self.count)
        self.unheard.add(self.count)
        self.begun[self.count] = wire, time.monotonic()
        wire.say(self.count)

    def ack(self, wire: Wire, number: int) -> None:
        self.unacked.discard(number)
        self.acks.append(1000 * (time.monotonic() - self.begun[number][1]))
        if not self.is_over:
            self.say(wire)

    def hear(self, wire: Wire, number: int) -> None:
        speaker, begun = self.begun[number]
        if wire is not speaker:
            self.unheard.discard(number)
            self.arrivals.append(1000 * (time.monotonic() - begun))

    def forget(self) -> None:
        """Count from here."""
        self.acks.clear()
        self.arrivals.clear()

    async def end(self) -> int:
        """How many never came, to the speaker or to the other one."""
        self.is_over = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_SECONDS):
                while self.unacked or self.unheard:
                    await asyncio.sleep(0.05)
        return len(self.unacked) + len(self.unheard)


async def measure(server: Server, seats: list[Seat], seconds: float) -> Figures:
    talk = Talk()
    async with crowd(server.dialect, server.port, seats, Ears(talk.hear, talk.ack)) as made:
        for wire in made.wires[: 2 * SPEAKERS : 2]:
            talk.say(wire)
        await asyncio.sleep(WARM_SECONDS)
        talk.forget()
        cpu, began = server.cpu_seconds(), time.monotonic()
        await asyncio.sleep(seconds)
        acks, arrivals = sorted(talk.acks), sorted(talk.arrivals)
        spent, lasted = server.cpu_seconds() - cpu, time.monotonic() - began
        missing = await talk.end() + made.lost.total()
    each = 1000 * spent / max(1, len(acks))
    return Figures(len(acks) / lasted, acks, arrivals, each, missing, len(seats) / made.seconds)


def run(server: Server, seats: list[Seat], seconds: float) -> Figures:
    server.start()
    try:
        figures = uvloop.run(measure(server, seats, seconds))
    finally:
        server.process.end()
    acks, arrivals = figures.acks, figures.arrivals
    tell(
        f"  {server.name:<24}{figures.rate:8,.0f}/s, acknowledged p50 {share(acks, 0.5):6.1f} ms,"
        f" p99 {share(acks, 0.99):6.1f} ms, there p50 {share(arrivals, 0.5):6.1f} ms,"
        f" p99 {share(arrivals, 0.99):6.1f} ms, CPU {figures.cpu_ms:5.2f} ms,"
        f" {figures.missing} missing, {figures.entry:,.0f}/s came in"
    )
    return figures


def compare(made: Desk, seconds: float, inbox: bool) -> Iterator[str]:
    made.query(LINES)
    company = people(made, name="chat", companies=1, people=2 * ROOMS, tickets=1, pairs=True)[0]
    rooms = [room for room in company["pairs"] for _ in range(2)]
    seats = [Seat(room, own[0], inbox) for room, own in zip(rooms, company["tickets"], strict=True)]
    ours = run(tokdesk(made), seats, seconds)
    if ours.missing:
        yield f"{ours.missing} messages are missing"
    beside = run(textbook(made), seats, seconds)
    ratio = ours.rate / max(beside.rate, 1e-9)
    tell(f"  {'ours to the textbook':<24}{ratio:8.2f} times")
    if ratio < LEAST_RATIO:
        yield f"{ratio:.2f} times the textbook, not {LEAST_RATIO:.0f}"
    try:
        run(socketio(made, stores=True), seats, seconds)
    except bullmq.NotRun as problem:
        tell(f"  Socket.IO NOT run: {problem}")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--short", action="store_true", help="for five seconds each")
    parser.add_argument("--inbox", action="store_true", help="everybody has the list open as well")
    options = parser.parse_args()
    tell(f"{machine()}, {2 * ROOMS} sockets, {ROOMS} rooms of two, {SPEAKERS} speakers")
    with desk(SETTINGS, SAFE) as made:
        made.start_redis(made.redis())
        seconds = SHORT_SECONDS if options.short else SECONDS
        faults = list(compare(made, seconds, options.inbox))
    tell("\n".join(faults) or "every target is met")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
