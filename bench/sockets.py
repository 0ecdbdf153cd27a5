"""Ten thousand sockets in one server process: how fast they come, what they cost, who is lost.

`python -m bench.sockets [--short]` prints sockets a second, KiB of memory each, and CPU while
nothing happens, beside Socket.IO and bare `websockets`. Each of ours is a person with a session and
follows a room. A socket may cost 45 KiB, and none may be lost in ten minutes (a minute in the short
form, with 2,000).
"""

import argparse
import asyncio
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import uvloop

from bench import bullmq
from bench.cluster import SAFE
from bench.desk import Desk, desk, machine
from bench.sockets_crowd import crowd
from bench.sockets_servers import SETTINGS, Server, bare, people, socketio, tell, tokdesk
from bench.sockets_wire import Ears, Seat

MOST_KIB = 45.0
# A company has 500 people here, each with up to four sockets.
PEOPLE, EACH = 500, 4
SETTLE_SECONDS = 3.0


@dataclass(frozen=True)
class Size:
    sockets: int
    seconds: float


FULL, SHORT = Size(10_000, 600), Size(2_000, 60)


@dataclass(frozen=True)
class Figures:
    rate: float
    kib: float
    cpu: float
    lost: int


async def measure(server: Server, seats: list[Seat], seconds: float) -> Figures:
    """Memory is of what the server holds beyond what it held with a hundred sockets."""
    few, most = seats[:100], seats[100:]
    async with crowd(server.dialect, server.port, few, Ears()) as warm:
        await asyncio.sleep(SETTLE_SECONDS)
        before = server.resident_kib()
        async with crowd(server.dialect, server.port, most, Ears()) as made:
            await asyncio.sleep(SETTLE_SECONDS)
            kib = (server.resident_kib() - before) / len(most)
            cpu = server.cpu_seconds()
            await asyncio.sleep(seconds)
            spent = server.cpu_seconds() - cpu
            lost = made.lost.total() + warm.lost.total()
            rate = len(most) / made.seconds
    return Figures(rate, kib, 100 * spent / seconds, lost)


def run(server: Server, seats: list[Seat], seconds: float) -> Figures:
    server.start()
    try:
        figures = uvloop.run(measure(server, seats, seconds))
    finally:
        server.process.end()
    tell(
        f"  {server.name:<24}{len(seats):7,} held, {figures.rate:6,.0f}/s, {figures.kib:5.1f} KiB"
        f" each, idle CPU {figures.cpu:4.1f} % of a core, {figures.lost} lost"
    )
    return figures


def compare(made: Desk, size: Size) -> Iterator[str]:
    companies = -(-size.sockets // (PEOPLE * EACH))
    told = people(made, name="crowd", companies=companies, people=PEOPLE, tickets=EACH)
    seats = [
        Seat(company["room"], ticket)
        for company in told
        for own in company["tickets"]
        for ticket in own
    ][: size.sockets]
    ours = run(tokdesk(made), seats, size.seconds)
    if ours.lost:
        yield f"{ours.lost} sockets were lost"
    if ours.kib > MOST_KIB:
        yield f"a socket costs {ours.kib:.1f} KiB, not {MOST_KIB:.0f}"
    # The others are there for what they cost; so long as ours they need not stay.
    run(bare(made), seats, min(size.seconds, 30))
    try:
        run(socketio(made, stores=False), seats, min(size.seconds, 30))
    except bullmq.NotRun as problem:
        tell(f"  Socket.IO NOT run: {problem}")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--short", action="store_true", help="2,000 sockets for a minute")
    options = parser.parse_args()
    tell(machine())
    with desk(SETTINGS, SAFE) as made:
        made.start_redis(made.redis())
        faults = list(compare(made, SHORT if options.short else FULL))
    tell("\n".join(faults) or "every target is met")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
