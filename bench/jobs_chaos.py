"""Kill everything that runs jobs, again and again, and count what came of each event.

`python -m bench.jobs_chaos [--short] [--seed N]` prints a table, and fails if an effect is missing
or there twice.
"""

import argparse
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import redis as redis_client

from bench import jobs_mails
from bench.desk import Desk, desk, machine
from bench.jobs_counts import LISTENERS, Counts, count
from bench.processes import Process, is_alive
from tokdesk.tests.waiting import wait_until

# Eight tries in seconds instead of hours.
QUICK_RETRIES = {"TOKDESK_JOB_RETRY_MS": "2"}
OLDEST_SECONDS = 60.0
CALM_SECONDS = 150.0


@dataclass(frozen=True)
class Size:
    events: int
    streams: int
    poisoned: int
    # Published in so many seconds if nobody were killed.
    seconds: float
    blows: dict[str, int]
    # Else that of production.
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def length(self) -> int:
        return self.events // self.streams


FULL = Size(
    events=1000,
    streams=20,
    poisoned=6,
    seconds=60,
    blows={
        "worker killed": 4,
        "worker's parent killed": 3,
        "worker's child killed": 3,
        "worker stopped": 2,
        "web killed": 5,
        "Redis killed": 5,
        "Redis emptied": 1,
        "connections to PostgreSQL cut": 2,
    },
)
SHORT = Size(
    events=160,
    streams=8,
    poisoned=2,
    seconds=12,
    blows={
        "worker killed": 1,
        "worker's parent killed": 1,
        "worker's child killed": 1,
        "web killed": 2,
        "Redis killed": 2,
        "Redis emptied": 1,
        "connections to PostgreSQL cut": 1,
    },
    settings={"TOKDESK_JOB_LEASE_SECONDS": "5"},
)


@dataclass
class Storm:
    """The processes of one run and the ways to hurt them."""

    desk: Desk
    random: random.Random
    size: Size
    orphans: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        words = ["--streams", str(self.size.streams), "--length", str(self.size.length)]
        words += ["--poisoned", str(self.size.poisoned), "--threads", "4"]
        words += ["--rate", str(self.size.events / self.size.seconds)]
        command = [sys.executable, "-m", "bench.jobs_publisher", *words]
        self.redis = self.desk.redis()
        self.workers = [self.desk.worker("worker-1"), self.desk.worker("worker-2")]
        self.beat = self.desk.beat()
        self.web = self.desk.process("web", command)

    def begin(self) -> None:
        for number in range(self.size.streams):
            self.desk.query("INSERT INTO bench_streams (name) VALUES (%s)", f"bench:{number}")
        self.desk.start_redis(self.redis)
        for each in (*self.workers, self.beat):
            each.start()
        self.desk.wait_for_workers(*self.workers)
        self.web.start()
        wait_until(lambda: self.published() > 0, seconds=30, on_timeout=self.web.tail)

    def published(self) -> int:
        return self.desk.number("SELECT sum(last) FROM bench_streams")

    def rage(self) -> None:
        """Every blow once, in an order and at moments that the seed decides."""
        blows = [name for name, times in self.size.blows.items() for _ in range(times)]
        self.random.shuffle(blows)
        pause = self.size.seconds / len(blows)
        for blow in blows:
            time.sleep(pause * self.random.uniform(0.4, 1.6))
            self.ways()[blow]()

    def ways(self) -> dict[str, Callable[[], None]]:
        worker = self.random.choice(self.workers)
        return {
            "worker killed": lambda: self.again(worker, Process.kill),
            "worker's parent killed": lambda: self.again(worker, Process.kill_parent),
            "worker's child killed": lambda: self.kill_child(worker),
            "worker stopped": lambda: self.again(worker, Process.stop),
            "web killed": lambda: self.again(self.web, Process.kill),
            "Redis killed": lambda: self.again(self.redis, Process.kill),
            "Redis emptied": self.empty_redis,
            "connections to PostgreSQL cut": self.cut_connections,
        }

    def again(self, process: Process, hurt: Callable[[Process], object]) -> None:
        hurt(process)
        self.orphans |= process.forked
        time.sleep(self.random.uniform(0, 1))
        process.start()

    def kill_child(self, worker: Process) -> None:
        if children := worker.children():
            os.kill(self.random.choice(children), signal.SIGKILL)

    def empty_redis(self) -> None:
        with redis_client.Redis.from_url(self.desk.redis_url) as client:
            client.flushall()

    def cut_connections(self) -> None:
        self.desk.query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )

    def calm_down(self) -> float:
        """Wait until nothing waits any more.

        Returns how long the oldest of what was waiting when this began had to wait from then on.
        """
        began, moment = self.desk.query("SELECT clock_timestamp()")[0][0], time.monotonic()
        oldest = 0.0

        def is_over() -> bool:
            nonlocal oldest
            self.revive()
            if self.desk.number(WAITING_SINCE, began):
                oldest = time.monotonic() - moment
            return not self.desk.number(WAITING) and not self.web.is_running()

        wait_until(is_over, seconds=CALM_SECONDS, on_timeout=self.desk.tails)
        return oldest

    def revive(self) -> None:
        """What has given up by itself is started again, as by every supervisor.

        A Celery worker may: kombu fails with an AttributeError where Redis dies while it restores
        what was not acknowledged.
        """
        for each in (*self.workers, self.beat):
            if not each.is_running():
                self.orphans |= each.forked
                each.start()

    def replay(self) -> None:
        (self.desk.folder / "mended").touch()
        self.desk.run("manage.py", "replay_jobs", "--listener", "bench.poison")
        self.calm_down()

    def left_behind(self) -> list[int]:
        """What was forked by those that are gone, and is still there."""
        current = {pid for each in self.workers for pid in each.children()}
        return sorted(pid for pid in self.orphans - current if is_alive(pid))


WAITING = "SELECT count(*) FROM common_job WHERE NOT is_dead"
# The poison waits longer and longer between its tries, and is meant to.
WAITING_SINCE = f"{WAITING} AND subscriber <> 'bench.poison' AND created_at < %s"  # noqa: S608


def shake(size: Size, seed: int, say: Callable[[str], None]) -> Counts:
    """One whole run; what it counted is for the caller to judge."""
    with desk({**QUICK_RETRIES, **size.settings}) as own:
        storm = Storm(own, random.Random(seed), size)  # noqa: S311
        storm.begin()
        started = time.monotonic()
        storm.rage()
        raged = time.monotonic()
        oldest = storm.calm_down()
        calmed = time.monotonic()
        dead = own.query("SELECT subscriber, attempts FROM common_job WHERE is_dead")
        storm.replay()
        counts = count(own, dead=dead, oldest=oldest, left_behind=storm.left_behind())
        say(f"seed {seed}, {machine()}: {raged - started:.0f} s of blows ({described(size)}), ")
        say(f"  then {calmed - raged:.0f} s until nothing waited\n{counts.table()}")
        return counts


def described(size: Size) -> str:
    return ", ".join(f"{times} x {name}" for name, times in size.blows.items())


def faults(counts: Counts, size: Size) -> list[str]:
    """What was promised and does not hold; empty when all is well."""
    expected = {
        "events": (counts.committed, size.events),
        "effects": (counts.effects, {name: size.events for name in LISTENERS}),
        "missing": (counts.missing, 0),
        "doubled": (counts.doubled, 0),
        "effects of what never committed": (counts.of_uncommitted, 0),
        "left waiting": (counts.waiting, 0),
        "dead": (counts.dead, [("bench.poison", 8)] * size.poisoned),
        "dead after the replay": (counts.still_dead, 0),
        "out of order": (counts.out_of_order, 0),
        "processes left behind": (counts.left_behind, []),
    }
    wrong = [
        f"{name}: {got} instead of {want}" for name, (got, want) in expected.items() if got != want
    ]
    if counts.oldest > OLDEST_SECONDS:
        wrong.append(f"a job waited {counts.oldest:.0f} s after the last blow")
    return wrong


def tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--only", choices=("events", "mails"))
    options = parser.parse_args()
    wrong: list[str] = []
    if options.only != "mails":
        size = SHORT if options.short else FULL
        wrong += faults(shake(size, options.seed, tell), size)
    if options.only != "events":
        mails = jobs_mails.SHORT if options.short else jobs_mails.FULL
        wrong += jobs_mails.faults(jobs_mails.shake(mails, options.seed, tell), mails)
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
