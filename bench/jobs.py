"""How soon a job's effect is committed, and how many jobs a second: ours, and BullMQ beside it.

`python -m bench.jobs [--short]` prints a table of medians.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from bench import bullmq
from bench.desk import Desk, desk, machine
from bench.processes import Process, resident_mib
from tokdesk.tests.servers import FAST
from tokdesk.tests.waiting import wait_until

# As production keeps them: the commits that are waited for are real ones.
SAFE = {**FAST, "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
PACES = (20, 50)
ROUNDS = 3
SECONDS = 10
BACKLOG = 10_000
TARGET_P99_MS = 100


def milliseconds(own: Desk, rate: int, seconds: int) -> tuple[float, float]:
    """p50 and p99 from the publisher's commit to the listener's."""
    for name in ("commits", "effects"):
        (own.folder / name).unlink(missing_ok=True)
    own.run("-m", "bench.jobs_feed", "tick", "--rate", str(rate), "--count", str(rate * seconds))
    wait_until(lambda: waiting(own) == 0, seconds=30, on_timeout=own.tails)
    commits, effects = stamps(own, "commits"), stamps(own, "effects")
    waits = sorted(1000 * (effects[number] - at) for number, at in commits.items())
    return waits[len(waits) // 2], waits[min(len(waits) - 1, int(len(waits) * 0.99))]


def stamps(own: Desk, name: str) -> dict[str, float]:
    pairs = (line.split() for line in (own.folder / name).read_text().splitlines())
    return {number: float(at) for number, at in pairs}


def waiting(own: Desk) -> int:
    return own.number("SELECT count(*) FROM common_job")


@dataclass(frozen=True)
class Drained:
    """Jobs a second from the first that was seen done to the last, and MiB at either moment."""

    rate: float
    memory_before: float
    memory_after: float


def drained(own: Desk, worker: Process, count: int) -> Drained:
    worker.stop()
    own.run("-m", "bench.jobs_feed", "idle", "--count", str(count))
    worker.start()
    moments: list[tuple[float, int, float]] = []

    def is_empty() -> bool:
        left = waiting(own)
        if left < count:
            moments.append((time.monotonic(), left, memory(worker)))
        return left == 0

    wait_until(is_empty, seconds=300, on_timeout=own.tails)
    (began, left, before), (ended, _, after) = moments[0], moments[-1]
    return Drained(left / (ended - began), before, after)


def memory(worker: Process) -> float:
    """Of the parent and of those it forked, in MiB."""
    return sum(resident_mib(pid) for pid in [worker.pid, *worker.children()])


def median_of(rounds: int, work: Callable[[], tuple[float, ...]]) -> tuple[float, ...]:
    return tuple(
        statistics.median(each) for each in zip(*[work() for _ in range(rounds)], strict=True)
    )


def measure_ours(own: Desk, rounds: int, seconds: int, backlog: int) -> dict[int, float]:
    worker, beat = own.worker("worker"), own.beat()
    worker.start()
    beat.start()
    own.wait_for_workers(worker)
    own.run("-m", "bench.jobs_feed", "tick", "--rate", "20", "--count", "40")
    wait_until(lambda: waiting(own) == 0, seconds=30, on_timeout=own.tails)
    found = {}
    for rate in PACES:
        p50, p99 = median_of(rounds, lambda rate=rate: milliseconds(own, rate, seconds))
        found[rate] = p99
        row(f"TokDesk, commit to effect at {rate}/s", f"p50 {p50:5.1f} ms, p99 {p99:5.1f} ms")
    drains = [drained(own, worker, backlog) for _ in range(rounds)]
    rate, before, after = (
        statistics.median(getattr(each, name) for each in drains)
        for name in ("rate", "memory_before", "memory_after")
    )
    row(f"TokDesk, {backlog:,} no-op jobs", f"{rate:,.0f} jobs/s")
    row("  memory of the worker before and after", f"{before:.0f} MiB, {after:.0f} MiB")
    return found


def row(name: str, value: str) -> None:
    sys.stdout.write(f"  {name:<44}{value}\n")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--short", action="store_true")
    options = parser.parse_args()
    sizes = (1, 3, 1000) if options.short else (ROUNDS, SECONDS, BACKLOG)
    with desk(postgres=SAFE) as own:
        own.start_redis(own.redis())
        sys.stdout.write(f"jobs: {machine()}; medians of {sizes[0]}\n")
        found = measure_ours(own, *sizes)
        bullmq.measure(own, *sizes)
        sys.stdout.write(f"  (afterwards: {machine()})\n")
        is_met = found[PACES[0]] < TARGET_P99_MS
        row(f"p99 below {TARGET_P99_MS} ms at {PACES[0]}/s", "yes" if is_met else "NO")


if __name__ == "__main__":
    main()
