"""Kill workers that send mails, often right behind the server's 250, and count what arrived."""

import email
import logging
import random
import signal
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from aiosmtpd.controller import Controller

from bench.desk import Desk, desk, machine
from bench.processes import Process
from tokdesk.supervisor import signal_group
from tokdesk.tests.servers import free_port
from tokdesk.tests.waiting import wait_until

# It would tell each word that a client says.
logging.getLogger("mail.log").setLevel(logging.WARNING)

IN_FLIGHT = 2
CALM_SECONDS = 240.0


@dataclass(frozen=True)
class Size:
    mails: int
    # Kills at the very moment a mail was accepted, and kills at any moment.
    aimed: int
    blind: int
    lease: int


FULL = Size(mails=1000, aimed=6, blind=4, lease=10)
SHORT = Size(mails=60, aimed=1, blind=1, lease=4)


@dataclass
class PostOffice:
    """What all workers sent, and at which mails whoever sent it dies."""

    aims: list[int]
    received: list[tuple[str, str]] = field(default_factory=list)
    kills: int = 0
    lock: Lock = field(default_factory=Lock)

    def take(self, recipient: str, message_id: str) -> bool:
        """Whether the sender of this mail is to die of it."""
        with self.lock:
            self.received.append((recipient, message_id))
            if len(self.received) not in self.aims:
                return False
            self.kills += 1
            return True


@dataclass
class Mailbox:
    """The mail server of one worker: its port tells whose mail it is."""

    worker: Process
    office: PostOffice

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        message = email.message_from_bytes(envelope.content)
        if self.office.take(envelope.rcpt_tos[0], message["Message-ID"]):
            # Comes next in this loop: the 250 is written, and the client's QUIT waits for us.
            server.loop.call_soon(signal_group, self.worker.pid, signal.SIGKILL)
        return "250 taken"


@dataclass(frozen=True)
class Post:
    kills: int
    mails: int
    missing: int
    repeats: int
    renamed: int
    waiting: int
    dead: int

    def table(self) -> str:
        rows = {
            "mails sent (all events)": self.mails,
            "recipients without their mail": self.missing,
            "repeats": f"{self.repeats} (at most {self.kills * IN_FLIGHT})",
            "repeats under another Message-ID": self.renamed,
            "jobs left waiting": self.waiting,
            "jobs given up": self.dead,
        }
        return "\n".join(f"  {name:<46}{value}" for name, value in rows.items())


def shake(size: Size, seed: int, say: Callable[[str], None]) -> Post:
    dice = random.Random(seed)  # noqa: S311
    with desk({"TOKDESK_JOB_LEASE_SECONDS": str(size.lease), "TOKDESK_JOB_RETRY_MS": "50"}) as own:
        own.start_redis(own.redis())
        office = PostOffice(dice.sample(range(1, size.mails), size.aimed))
        workers = [with_mailbox(own, number, office) for number in (1, 2)]
        started = time.monotonic()
        storm(own, workers, office, sorted(dice.sample(range(1, size.mails), size.blind)), size)
        post = count(own, office, size)
        say(
            f"mails, seed {seed}, {machine()}: {post.kills} kills of a worker of {IN_FLIGHT},"
            f" {time.monotonic() - started:.0f} s\n{post.table()}"
        )
        return post


def with_mailbox(own: Desk, number: int, office: PostOffice) -> Process:
    worker = own.worker(f"worker-{number}")
    server = Controller(Mailbox(worker, office), hostname="127.0.0.1", port=free_port())
    server.start()
    own.at_end.append(server.stop)
    worker.environment = {
        **worker.environment,
        "EMAIL_URL": f"smtp://127.0.0.1:{server.port}",
    }
    return worker


def storm(
    own: Desk, workers: list[Process], office: PostOffice, blind: list[int], size: Size
) -> None:
    """Send all mails, killing on the way; whoever dies is started again."""
    for each in (*workers, own.beat()):
        each.start()
    own.wait_for_workers(*workers)
    words = ["-m", "bench.jobs_feed", "mail", "--count", str(size.mails)]
    feed = own.process("feed", [sys.executable, *words])
    feed.start()

    def is_over() -> bool:
        for each in workers:
            if not each.is_running():
                each.start()
        if blind and len(office.received) >= blind[0]:
            workers[blind.pop(0) % len(workers)].kill()
            office.kills += 1
        return not feed.is_running() and not waiting(own) and not blind

    wait_until(is_over, seconds=CALM_SECONDS, on_timeout=own.tails)


def waiting(own: Desk) -> int:
    return own.number("SELECT count(*) FROM common_job WHERE NOT is_dead")


def count(own: Desk, office: PostOffice, size: Size) -> Post:
    ids: dict[str, set[str]] = defaultdict(set)
    for recipient, message_id in office.received:
        ids[recipient].add(message_id)
    times = Counter(recipient for recipient, _ in office.received)
    return Post(
        kills=office.kills,
        mails=len(office.received),
        missing=size.mails - len(times),
        repeats=sum(times.values()) - len(times),
        renamed=sum(len(found) - 1 for found in ids.values()),
        waiting=waiting(own),
        dead=own.number("SELECT count(*) FROM common_job WHERE is_dead"),
    )


def faults(post: Post, size: Size) -> list[str]:
    wrong = []
    if post.missing or post.waiting or post.dead:
        wrong.append(f"mails: {post.missing} missing, {post.waiting} waiting, {post.dead} dead")
    if post.renamed:
        wrong.append(f"mails: {post.renamed} repeats under another Message-ID")
    if post.kills != size.aimed + size.blind:
        wrong.append(f"mails: {post.kills} kills instead of {size.aimed + size.blind}")
    if not size.aimed <= post.repeats <= post.kills * IN_FLIGHT:
        wrong.append(f"mails: {post.repeats} repeats")
    return wrong
