"""One message to everybody of a room, each with a socket on one server process.

`python -m bench.fanout [--short] [--full] [--inbox]` prints milliseconds from the send to each
arrival and the server's CPU a delivery, beside Socket.IO with its Redis adapter and bare sockets.
Ours stores each message with its rights, place and event first; the others store nothing. From the
net figure the idle server and sends that nobody hears are taken off: what remains is delivering,
as the others do it (`bench.chat` measures what a message costs until it is stored). With 1,000
members that must cost at most 30 microseconds each, and 99 of 100 must be there within 80 ms.
"""

import argparse
import asyncio
import contextlib
import sys
import time
from collections.abc import Awaitable, Iterator
from dataclasses import dataclass, field
from typing import Any

import uvloop

from bench import bullmq
from bench.cluster import SAFE
from bench.desk import Desk, desk, machine
from bench.sockets_crowd import crowd
from bench.sockets_servers import SETTINGS, Server, bare, people, share, socketio, tell, tokdesk
from bench.sockets_wire import Ears, Seat, Wire

MOST_CPU_US, MOST_P99_MS, JUDGED_AT = 30.0, 80.0, 1000
PATIENCE_SECONDS = 30.0
SETTLE_SECONDS, IDLE_SECONDS, PAUSE_SECONDS = 1.0, 2.0, 0.03


@dataclass(frozen=True)
class Size:
    members: int
    rounds: int
    # Sends that nobody hears, and messages back to back.
    quiet: int
    burst: int


SIZES = (Size(100, 300, 200, 20), Size(1000, 100, 200, 20))
SHORT_SIZES = (Size(1000, 20, 30, 10),)
HUGE = Size(5000, 30, 100, 5)


@dataclass(frozen=True)
class Figures:
    """Milliseconds, `full` the median of when the last member has it; microseconds of CPU."""

    p50: float
    p99: float
    full: float
    raw: float
    net: float
    rate: float
    missing: int
    entry: float


@dataclass
class Talk:
    """What was said to the room, and what of it arrived where and when."""

    members: int
    begun: dict[int, float] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)
    lasts: list[float] = field(default_factory=list)
    missing: dict[int, int] = field(default_factory=dict)
    whole: asyncio.Event = field(default_factory=asyncio.Event)
    acked: asyncio.Event = field(default_factory=asyncio.Event)

    def say(self, wire: Wire) -> None:
        number = len(self.begun) + 1
        self.missing[number] = self.members
        self.whole.clear()
        self.begun[number] = time.monotonic()
        wire.say(number)

    def hear(self, wire: Wire, number: int) -> None:
        waited = 1000 * (time.monotonic() - self.begun[number])
        self.waits.append(waited)
        self.missing[number] -= 1
        if not self.missing[number]:
            del self.missing[number]
            self.lasts.append(waited)
            if not self.missing:
                self.whole.set()

    def ack(self, wire: Wire, number: int) -> None:
        self.acked.set()

    async def rounds(self, wire: Wire, count: int) -> None:
        """One message after the other, each when the last one is everywhere."""
        for _ in range(count):
            self.say(wire)
            await self._arrived()
            await asyncio.sleep(PAUSE_SECONDS)

    async def together(self, wire: Wire, count: int) -> None:
        for _ in range(count):
            self.say(wire)
        await self._arrived()

    async def alone(self, wire: Wire, count: int) -> None:
        """Where nobody listens, each when the last one is acknowledged."""
        for _ in range(count):
            self.acked.clear()
            wire.say(0)
            await self.acked.wait()
            await asyncio.sleep(PAUSE_SECONDS)

    async def _arrived(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self.whole.wait()


async def measure(server: Server, size: Size, seats: list[Seat]) -> Figures:
    """The last two seats speak and do not listen: one in the room, one where nobody is."""
    talk = Talk(size.members)
    async with crowd(server.dialect, server.port, seats, Ears(talk.hear, talk.ack)) as made:
        speaker, lonely = made.wires[-2:]
        await asyncio.sleep(SETTLE_SECONDS)
        idle, _ = await cost(server, asyncio.sleep(IDLE_SECONDS))
        alone, lasted = await cost(server, talk.alone(lonely, size.quiet))
        send = (alone - idle / IDLE_SECONDS * lasted) / size.quiet
        spent, lasted = await cost(server, talk.rounds(speaker, size.rounds))
        waits, lasts = list(talk.waits), list(talk.lasts)
        _, seconds = await cost(server, talk.together(speaker, size.burst))
    deliveries = size.rounds * size.members
    return Figures(
        share(waits, 0.5),
        share(waits, 0.99),
        share(lasts, 0.5),
        1e6 * spent / deliveries,
        1e6 * (spent - idle / IDLE_SECONDS * lasted - send * size.rounds) / deliveries,
        size.burst * size.members / seconds,
        sum(talk.missing.values()) + made.lost.total(),
        len(seats) / made.seconds,
    )


async def cost(server: Server, work: Awaitable[None]) -> tuple[float, float]:
    """The server's CPU while the work lasts, and how long that was, in seconds."""
    cpu, began = server.cpu_seconds(), time.monotonic()
    await work
    return server.cpu_seconds() - cpu, time.monotonic() - began


def seats_of(company: dict[str, Any], members: int, inbox: bool) -> list[Seat]:
    tickets = [own[0] for own in company["tickets"]]
    seats = [Seat(company["room"], ticket, inbox) for ticket in tickets[:members]]
    speaker, lonely = (
        Seat(company[room], ticket, listens=False)
        for room, ticket in zip(("room", "quiet"), tickets[members:], strict=True)
    )
    return [*seats, speaker, lonely]


def compare(made: Desk, size: Size, inbox: bool) -> Iterator[str]:
    name = f"room{size.members}"
    company = people(made, name=name, companies=1, people=size.members + 2, tickets=1)[0]
    seats = seats_of(company, size.members, inbox)
    tell(f"{size.members:,} members, {size.rounds} messages")
    ours = run(tokdesk(made), size, seats)
    yield from judge(ours, size)
    run(bare(made), size, seats)
    try:
        run(socketio(made, stores=False), size, seats)
    except bullmq.NotRun as problem:
        tell(f"  Socket.IO NOT run: {problem}")


def run(server: Server, size: Size, seats: list[Seat]) -> Figures:
    server.start()
    try:
        figures = uvloop.run(measure(server, size, seats))
    finally:
        server.process.end()
    tell(
        f"  {server.name:<24}p50 {figures.p50:6.1f} ms, p99 {figures.p99:6.1f} ms,"
        f" full {figures.full:6.1f} ms, CPU {figures.raw:5.1f} us raw, {figures.net:5.1f} us net,"
        f" {figures.rate:9,.0f}/s together, {figures.missing} missing,"
        f" {figures.entry:,.0f}/s came in"
    )
    return figures


def judge(ours: Figures, size: Size) -> Iterator[str]:
    if ours.missing:
        yield f"{ours.missing} deliveries are missing"
    if size.members == JUDGED_AT and ours.net > MOST_CPU_US:
        yield f"a delivery costs {ours.net:.1f} us, not {MOST_CPU_US:.0f}"
    if size.members == JUDGED_AT and ours.p99 > MOST_P99_MS:
        yield f"p99 is {ours.p99:.0f} ms, not {MOST_P99_MS:.0f}"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--short", action="store_true", help="one room of 1,000")
    parser.add_argument("--full", action="store_true", help="a room of 5,000 too")
    parser.add_argument("--inbox", action="store_true", help="everybody has the list open as well")
    options = parser.parse_args()
    sizes = SHORT_SIZES if options.short else SIZES + (HUGE,) * options.full
    tell(machine())
    with desk(SETTINGS, SAFE) as made:
        made.start_redis(made.redis())
        faults = [fault for size in sizes for fault in compare(made, size, options.inbox)]
    tell("\n".join(faults) or "every target is met")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
