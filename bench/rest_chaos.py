"""Kill web processes and the database under senders, then look for every acknowledged message.

`python -m bench.rest_chaos [--short] [--seed N]` prints what was found, and fails if a message is
missing, there twice, or if a log has a hole.
"""

import argparse
import contextlib
import json
import os
import random
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psycopg

from bench.cluster import Cluster, cluster
from bench.desk import KEPT, machine
from bench.mongoset import MongoSet
from bench.processes import ROOT, Process
from bench.rest_senders import Ack, Sender
from tokdesk import programs
from tokdesk.tests.servers import free_port
from tokdesk.tests.waiting import wait_until

PASSWORD = "tokdesk-demo"  # noqa: S105  # that of the factories
PREPARE = """
import django, json
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from companies.models import Company
from conftest import make_world
from accounts.tests.factories import make_member
from conversations.tests.factories import make_conversation
from departments.models import DepartmentMember
from tokdesk.common.tenancy import company_scope
acme = make_world("acme")
for number in range({senders}):
    member = make_member(acme.company, "agent", f"sender{{number}}@acme.example")
    with company_scope(acme.company.id):
        DepartmentMember.objects.create(
            company=acme.company, department=acme.support, member=member
        )
made = [make_conversation(acme.customer, "Begin") for _ in range({conversations})]
print(json.dumps([str(each.pk) for each in made]))
"""


@dataclass(frozen=True)
class Size:
    sends: int
    senders: int
    conversations: int
    web_kills: int
    database_kills: int
    # The blows are spread over so many seconds.
    seconds: float


FULL = Size(10_000, 8, 10, web_kills=8, database_kills=4, seconds=90)
SHORT = Size(400, 4, 3, web_kills=2, database_kills=1, seconds=6)


@dataclass(frozen=True)
class Outcome:
    acknowledged: int
    tries: int
    lost: int
    doubled: int
    moved: int
    refusals: list[str]
    log_faults: int
    logs: int
    seconds: float

    def faults(self) -> list[str]:
        found = {"lost": self.lost, "doubled": self.doubled, "moved": self.moved}
        found |= {"refused": len(self.refusals), "log faults": self.log_faults}
        return [f"{count} {name}" for name, count in found.items() if count]


@dataclass
class House:
    """A database that may die, and two web servers that may too."""

    cluster: Cluster | MongoSet
    webs: list[Process]
    ports: list[int]
    environment: dict[str, str]

    def begin(self) -> None:
        for web in self.webs:
            web.start()
        for port in self.ports:
            wait_until(
                partial(programs.answers_ok, port, "/readyz"),
                seconds=60,
                on_timeout=self.tails,
            )

    def run(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{words[0]} failed:\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def tails(self) -> str:
        return "\n".join(f"--- {each.name}\n{each.tail()}" for each in self.webs)


@contextlib.contextmanager
def house(prefix: tuple[str, ...] = ()) -> Iterator[House]:
    """`prefix` is put before the database's command."""
    with contextlib.ExitStack() as stack:
        database = stack.enter_context(cluster(prefix=prefix))
        folder = Path(tempfile.mkdtemp(prefix="tokdesk-bench-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        environment = variables(folder, database.url)
        ports = [free_port(), free_port()]
        webs = [
            Process(f"web-{port}", gunicorn(port), environment, folder / f"web-{port}.log")
            for port in ports
        ]
        for web in webs:
            stack.callback(web.end)
        yield House(database, webs, ports, environment)


def gunicorn(port: int) -> list[str]:
    server = [sys.executable, "-m", "gunicorn", "-k", "gthread", "--threads", "4"]
    return [*server, "-b", f"127.0.0.1:{port}", "tokdesk.wsgi:application"]


def variables(folder: Path, database_url: str) -> dict[str, str]:
    """Almost development's settings, since production keeps its limits of requests."""
    kept = {name: value for name, value in os.environ.items() if name in KEPT}
    return {
        **kept,
        "DJANGO_SETTINGS_MODULE": "bench.chaos_settings",
        "PYTHONPATH": str(ROOT),
        "TOKDESK_DATA": str(folder),
        "TOKDESK_SECRET_KEY": secrets.token_urlsafe(64),
        "TOKDESK_RATE_LIMITS": "off",
        "DATABASE_URL": database_url,
    }


def shake(size: Size, seed: int, tell: Callable[[str], None]) -> Outcome:
    """One run: send, kill, and count what is there in the end."""
    started = time.monotonic()
    with house() as made:
        words = PREPARE.format(senders=size.senders, conversations=size.conversations)
        conversations = json.loads(made.run("-c", words).splitlines()[-1])
        made.begin()
        senders = [
            Sender(f"sender{number}@acme.example", PASSWORD, made.ports, seed * 100 + number)
            for number in range(size.senders)
        ]
        send_under_blows(made, size, seed, senders, conversations, tell)
        acks = [ack for sender in senders for ack in sender.acks]
        return count(made, acks, senders, time.monotonic() - started)


def send_under_blows(
    made: House,
    size: Size,
    seed: int,
    senders: list[Sender],
    conversations: list[str],
    tell: Callable[[str], None],
) -> None:
    done = threading.Event()
    each = size.sends // size.senders
    threads = [
        threading.Thread(target=sender.run, args=(conversations, each, done)) for sender in senders
    ]
    for thread in threads:
        thread.start()
    try:
        rage(made, size, random.Random(seed), tell)  # noqa: S311
        for thread in threads:
            thread.join()
    finally:
        done.set()


def rage(made: House, size: Size, chance: random.Random, tell: Callable[[str], None]) -> None:
    blows = ["web"] * size.web_kills + ["database"] * size.database_kills
    chance.shuffle(blows)
    for blow in blows:
        time.sleep(size.seconds / len(blows) * chance.uniform(0.4, 1.6))
        tell(f"{blow} killed")
        if blow == "database":
            made.cluster.strike()
        else:
            web = chance.choice(made.webs)
            web.kill()
            web.start()


def count(made: House, acks: list[Ack], senders: list[Sender], seconds: float) -> Outcome:
    with psycopg.connect(made.cluster.url) as connection:
        rows = connection.execute(
            "SELECT id::text, client_id::text, conversation_id::text, seq, body"
            " FROM conversations_message WHERE client_id IS NOT NULL"
        ).fetchall()
    stored = {row[0]: row[1:] for row in rows}
    times = Counter(row[1] for row in rows)
    report = json.loads(made.run("manage.py", "check_log", "--json"))
    return Outcome(
        acknowledged=len(acks),
        tries=sum(sender.tries for sender in senders),
        lost=sum(ack.message_id not in stored for ack in acks),
        doubled=sum(times[ack.client_id] > 1 for ack in acks),
        moved=sum(stored.get(ack.message_id) != ack.stored() for ack in acks),
        refusals=[refusal for sender in senders for refusal in sender.refusals],
        log_faults=len(report["faults"]),
        logs=report["logs"],
        seconds=seconds,
    )


def fsyncs(sends: int = 50) -> tuple[int, int] | None:
    """How often the database made sure of the disk for so many acknowledged sends, one by one.

    None without strace.
    """
    strace = shutil.which("strace")
    if strace is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        trace = Path(folder) / "trace"
        prefix = (strace, "-f", "-qq", "-e", "trace=fsync,fdatasync", "-o", str(trace))
        with house(prefix) as made:
            words = PREPARE.format(senders=1, conversations=1)
            conversations = json.loads(made.run("-c", words).splitlines()[-1])
            made.begin()
            sender = Sender("sender0@acme.example", PASSWORD, made.ports, seed=1)
            sender.run(conversations, 1, threading.Event())
            before = lines_in(trace)
            sender.run(conversations, sends, threading.Event())
            return len(sender.acks) - 1, lines_in(trace) - before


def lines_in(path: Path) -> int:
    return path.read_text().count("sync(") if path.exists() else 0


def tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options = parser.parse_args()
    size = SHORT if options.short else FULL
    tell(f"{machine()}, seed {options.seed}, {size}")
    outcome = shake(size, options.seed, tell)
    tell(str(outcome))
    synced = fsyncs()
    tell("strace is missing: fsync not counted" if synced is None else f"fsyncs: {synced}")
    faults = outcome.faults()
    if synced is not None and synced[1] < synced[0]:
        faults.append(f"{synced[1]} syncs for {synced[0]} sends")
    tell("\n".join(faults) or "nothing lost, nothing doubled, no hole")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
