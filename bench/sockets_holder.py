"""A process that holds sockets for `bench.sockets`: the plan on standard input, counts on output.

One line of JSON {dialect, port, seats: [[room, ticket, inbox]]} opens them; it prints {held,
seconds, lost} when all are in, and again, then ending, for a second line of any kind.
"""

import asyncio
import json
import sys
from typing import Any

import uvloop

from bench.sockets_crowd import Crowd, crowd
from bench.sockets_wire import Ears, Seat


async def hold(plan: dict[str, Any]) -> None:
    seats = [Seat(*each) for each in plan["seats"]]
    async with crowd(plan["dialect"], plan["port"], seats, Ears()) as made:
        say(made)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
        say(made)


def say(made: Crowd) -> None:
    held = sum(wire.is_open and not wire.is_lost for wire in made.wires)
    told = {"held": held, "seconds": made.seconds, "lost": dict(made.lost)}
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    uvloop.run(hold(json.loads(sys.stdin.readline())))
