"""Sockets that never read, and one that never stops: what they cost the others.

`python -m bench.hostile [--short] [--daphne]`: 20 sockets follow a busy room and read nothing while
100 MB are due to them, one sends as fast as the network takes it, and then two ask for the whole
room again and again without reading. A web process may grow by 64 MiB, and of what is said
meanwhile 95 of 100 must be with a healthy reader within 500 ms.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field

import uvloop

from bench.cluster import SAFE
from bench.desk import Desk, desk, machine
from bench.sockets_crowd import crowd
from bench.sockets_servers import Server, people, share, tell, tokdesk
from bench.sockets_wire import Ears, NotLetIn, Seat, TokDesk, Wire
from tokdesk import programs
from tokdesk.tests.servers import free_port

MOST_MIB, MOST_P95_MS = 64.0, 500.0
DEAF, SPEAKERS, GREEDY = 20, 3, 2
PATIENCE_SECONDS = 60.0
BODY = "x" * 9_000
# Production's own limits: they are what is looked at.
SETTINGS = {"DJANGO_SETTINGS_MODULE": "tokdesk.settings.prod"}


@dataclass(frozen=True)
class Size:
    # To each of the deaf ones, and by the flooding one.
    due_mib: int
    flood_mib: int
    # Of each of the greedy ones.
    asks: int


# A message is some 18 KB with its HTML: 300 of them are 5 MB to each of twenty.
FULL, SHORT = Size(5, 375, 150), Size(2, 60, 40)


@dataclass
class Talk:
    begun: dict[int, float] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)
    number: int = 0

    def hear(self, wire: Wire, number: int) -> None:
        self.waits.append(1000 * (time.monotonic() - self.begun[number]))


class Speaker(TokDesk):
    """Says long things, and no faster than a person's limit allows."""

    def say(self, number: int) -> None:
        self.tell(
            "send",
            conv=self.seat.room,
            client_id=f"00000000-0000-4000-8000-{number:012d}",
            body=f"~{number}~ {BODY}",
        )

    def text(self, payload: bytes) -> None:
        if not payload.startswith(b'{"op":"ack"'):
            super().text(payload)


async def measure(server: Server, company: dict[str, list[list[str]]], size: Size) -> list[float]:
    """Growth in MiB at its worst, and the p95 of a healthy reader in ms."""
    room = str(company["room"])
    tickets = [own[0] for own in company["tickets"]]
    deaf, healthy = tickets[:DEAF], tickets[DEAF]
    talk = Talk()
    seats = [Seat(room, ticket) for ticket in deaf]
    async with (
        crowd("tokdesk", server.port, seats, Ears()) as quiet,
        crowd("tokdesk", server.port, [Seat(room, healthy)], Ears(talk.hear)),
    ):
        talking = tickets[DEAF + 1 : -GREEDY]
        speakers = [await enter(server, room, ticket) for ticket in talking]
        await asyncio.sleep(2)
        before, worst = server.resident_kib(), 0.0
        for wire in quiet.wires:
            wire.transport.pause_reading()
        flood = asyncio.create_task(flood_with(server, size))
        messages = size.due_mib * 2**20 // (2 * len(BODY))
        for sent in range(messages):
            talk.begun[sent + 1] = time.monotonic()
            speakers[sent % len(speakers)].say(sent + 1)
            await asyncio.sleep(0.15 / len(speakers))
            worst = max(worst, server.resident_kib() - before)
        await flood
        deadline = time.monotonic() + PATIENCE_SECONDS
        while len(talk.waits) < messages and time.monotonic() < deadline:
            await asyncio.sleep(0.1)
            worst = max(worst, server.resident_kib() - before)
        greedy = [await enter(server, room, ticket) for ticket in tickets[-GREEDY:]]
        async for _ in asking_in_vain(greedy, size.asks):
            worst = max(worst, server.resident_kib() - before)
    if len(talk.waits) < messages:
        raise NotLetIn(f"{len(talk.waits)} of {messages} were heard")
    return [worst / 1024, share(talk.waits, 0.95)]


async def enter(server: Server, room: str, ticket: str) -> Speaker:
    loop = asyncio.get_running_loop()
    seat = Seat(room, ticket, listens=False)
    _, wire = await loop.create_connection(lambda: Speaker(seat, Ears()), "127.0.0.1", server.port)
    await wire.entered
    return wire


async def asking_in_vain(wires: list[Speaker], asks: int) -> AsyncIterator[None]:
    """The whole log for those who read none of it, as often as a socket may ask."""
    for wire in wires:
        wire.transport.pause_reading()
    for _ in range(asks):
        for wire in wires:
            wire.tell("sub", conv=wire.seat.room, seq=0)
        await asyncio.sleep(0.15)
        yield


async def flood_with(server: Server, size: Size) -> None:
    """Whatever the server says to it, and again when it is shown out."""
    left = size.flood_mib * 2**20
    payload = '{"op":"fly","x":"' + "x" * 60_000 + '"}'
    loop = asyncio.get_running_loop()
    while left > 0:
        _, wire = await loop.create_connection(
            lambda: Wild(Seat(""), Ears()), "127.0.0.1", server.port
        )
        wire.entered.add_done_callback(asyncio.Future.exception)
        while not wire.is_lost and left > 0:
            if wire.is_open and wire.transport.get_write_buffer_size() < 2**20:
                wire.send(payload)
                left -= len(payload)
            await asyncio.sleep(0.001)


class Wild(Wire):
    path = "/ws/v1/"


def daphne(made: Desk) -> Server:
    port = free_port()
    return Server("Daphne", "tokdesk", port, made.process("daphne", programs.daphne(port)))


def judge(made: Desk, size: Size, *, by_daphne: bool) -> Iterator[str]:
    company = people(
        made, name="hostile", companies=1, people=DEAF + 1 + SPEAKERS + GREEDY, tickets=1
    )[0]
    server = (daphne(made) if by_daphne else tokdesk(made)).start()
    try:
        grown, p95 = uvloop.run(measure(server, company, size))
    finally:
        server.process.end()
    tell(f"  {server.name}: grew by {grown:.1f} MiB, a healthy reader's p95 {p95:.0f} ms")
    if grown > MOST_MIB:
        yield f"grew by {grown:.0f} MiB, not {MOST_MIB:.0f}"
    if p95 > MOST_P95_MS:
        yield f"p95 is {p95:.0f} ms, not {MOST_P95_MS:.0f}"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--daphne", action="store_true", help="instead of gunicorn with uvicorn")
    options = parser.parse_args()
    tell(machine())
    with desk(SETTINGS, SAFE) as made:
        made.start_redis(made.redis())
        size = SHORT if options.short else FULL
        faults = list(judge(made, size, by_daphne=options.daphne))
    tell("\n".join(faults) or "every target is met")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
