"""Thousands of sockets that are open and silent, held by one server process.

`python -m bench.sockets [--short]` prints how fast they come in, what each costs in memory, what
they cost in CPU while nothing happens, and how many are lost in ten minutes; beside Socket.IO and
bare sockets, held at the same time. Ours have entered with a ticket, follow a room, and have the
list open; the others are in two rooms or one. Each of ours must take at most 45 KB, and none may
be lost.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench import bullmq
from bench.cluster import SAFE
from bench.desk import Desk, desk, machine
from bench.processes import ROOT
from bench.sockets_servers import SETTINGS, Server, bare, people, socketio, tell, tokdesk

MOST_KB = 45.0
# Of one holder; a process may have 20,000 files open here.
MOST_HELD = 5000
# They come first and go again: what a server takes for its first sockets it takes once.
WARMING = 20
SETTLE_SECONDS = 2.0


@dataclass(frozen=True)
class Size:
    companies: int
    people: int
    each: int
    seconds: float

    @property
    def sockets(self) -> int:
        return self.companies * self.people * self.each


FULL = Size(companies=50, people=100, each=2, seconds=600)
SHORT = Size(companies=5, people=50, each=2, seconds=25)


@dataclass
class Held:
    """A server with its sockets, and what it had before them."""

    server: Server
    seats: list[list[Any]]
    warming: list[list[Any]]
    holders: list["subprocess.Popen[str]"] = field(default_factory=list)
    rate: float = 0.0
    entry_ms: float = 0.0
    before_kib: float = 0.0
    after_kib: float = 0.0
    idle: float = 0.0
    lost: dict[str, int] = field(default_factory=dict)

    @property
    def kb(self) -> float:
        return (self.after_kib - self.before_kib) / len(self.seats)

    def fill(self) -> None:
        self.server.start()
        first = holder(self.server, self.warming)
        answer(first)
        end(first)
        time.sleep(SETTLE_SECONDS)
        self.before_kib, cpu = self.server.resident_kib(), self.server.cpu_seconds()
        began = time.monotonic()
        for start in range(0, len(self.seats), MOST_HELD):
            self.holders.append(holder(self.server, self.seats[start : start + MOST_HELD]))
        for each in self.holders:
            answer(each)
        self.rate = len(self.seats) / (time.monotonic() - began)
        self.entry_ms = 1000 * (self.server.cpu_seconds() - cpu) / len(self.seats)

    def finish(self) -> None:
        for each in self.holders:
            told = end(each)
            for why, count in told["lost"].items():
                self.lost[why] = self.lost.get(why, 0) + count
        self.holders.clear()


def holder(server: Server, seats: list[list[Any]]) -> "subprocess.Popen[str]":
    pipe = subprocess.PIPE
    command = [sys.executable, "-m", "bench.sockets_holder"]
    process = subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True)
    plan = {"dialect": server.dialect, "port": server.port, "seats": seats}
    say(process, json.dumps(plan))
    return process


def say(process: "subprocess.Popen[str]", line: str) -> None:
    if process.stdin:
        process.stdin.write(f"{line}\n")
        process.stdin.flush()


def answer(process: "subprocess.Popen[str]") -> dict[str, Any]:
    """Raises RuntimeError: it has failed, and said on its standard error why."""
    line = process.stdout.readline() if process.stdout else ""
    if not line:
        raise RuntimeError("the sockets were not let in")
    told: dict[str, Any] = json.loads(line)
    return told


def end(process: "subprocess.Popen[str]") -> dict[str, Any]:
    say(process, "end")
    told = answer(process)
    process.wait(30)
    return told


def servers(made: Desk) -> list[Server]:
    found = [tokdesk(made), bare(made)]
    try:
        found.append(socketio(made, stores=False))
    except bullmq.NotRun as problem:
        tell(f"  Socket.IO NOT run: {problem}")
    return found


def seats_of(companies: Sequence[dict[str, Any]]) -> list[list[Any]]:
    return [
        [each["room"], ticket, True]
        for each in companies
        for own in each["tickets"]
        for ticket in own
    ]


def hold(made: Desk, size: Size) -> list[Held]:
    """All of them at once: that they sleep side by side changes none of the figures."""
    common = {"tickets": size.each, "availability": "online"}
    crowd = people(made, name="hold", companies=size.companies, people=size.people, **common)
    first = people(made, name="warm", companies=1, people=WARMING // size.each, **common)
    held = [Held(each, seats_of(crowd), seats_of(first)) for each in servers(made)]
    try:
        for each in held:
            each.fill()
        time.sleep(SETTLE_SECONDS)
        cpu = [each.server.cpu_seconds() for each in held]
        time.sleep(size.seconds)
        for each, before in zip(held, cpu, strict=True):
            each.idle = (each.server.cpu_seconds() - before) / size.seconds
            each.after_kib = each.server.resident_kib()
            each.finish()
    finally:
        for process in (process for each in held for process in each.holders):
            process.kill()
    return held


def judge(held: list[Held]) -> Iterator[str]:
    for each in held:
        tell(
            f"  {each.server.name:<24}{each.rate:7,.0f} come in a second,"
            f" CPU {each.entry_ms:5.2f} ms each; {each.kb:5.1f} KB each;"
            f" {100 * each.idle:5.1f} % of a core idle; lost: {each.lost or 'none'}"
        )
    ours = held[0]
    if ours.kb > MOST_KB:
        yield f"a socket takes {ours.kb:.1f} KB, not {MOST_KB:.0f}"
    if ours.lost:
        yield f"{sum(ours.lost.values())} sockets were lost"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--short", action="store_true", help="500 for 25 seconds")
    options = parser.parse_args()
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    size = SHORT if options.short else FULL
    tell(f"{machine()}, {size.sockets:,} sockets for {size.seconds:.0f} s")
    with desk(SETTINGS, SAFE) as made:
        made.start_redis(made.redis())
        faults = list(judge(hold(made, size)))
    tell("\n".join(faults) or "every target is met")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
