"""Many sockets at once: let in so many at a time, counted while they last."""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace

from bench.sockets_wire import DIALECTS, Ears, Seat, Wire

AT_ONCE = 25
PATIENCE_SECONDS = 60.0


@dataclass
class Crowd:
    """The sockets of one server, in the order of their seats; `lost` counts why some are gone."""

    wires: list[Wire]
    seconds: float
    lost: Counter[str] = field(default_factory=Counter)


@contextlib.asynccontextmanager
async def crowd(
    dialect: str, port: int, seats: Sequence[Seat], ears: Ears, at_once: int = AT_ONCE
) -> AsyncIterator[Crowd]:
    """Raises NotLetIn, or TimeoutError where one was not answered."""
    made = Crowd([], 0.0)

    def lost(wire: Wire, why: str) -> None:
        made.lost[why] += 1
        ears.lost(wire, why)

    gate = asyncio.Semaphore(at_once)
    heard = replace(ears, lost=lost)
    started = time.monotonic()
    entering = (enter(dialect, port, seat, heard, gate) for seat in seats)
    try:
        made.wires += await asyncio.gather(*entering)
        made.seconds = time.monotonic() - started
        yield made
    finally:
        for wire in made.wires:
            wire.is_lost = True
            wire.transport.abort()


async def enter(dialect: str, port: int, seat: Seat, ears: Ears, gate: asyncio.Semaphore) -> Wire:
    async with gate, asyncio.timeout(PATIENCE_SECONDS):
        loop = asyncio.get_running_loop()
        _, wire = await loop.create_connection(
            lambda: DIALECTS[dialect](seat, ears), "127.0.0.1", port
        )
        await wire.entered
        return wire
