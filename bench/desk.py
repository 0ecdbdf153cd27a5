"""A desk of a bench's own: PostgreSQL, a Redis that may die, and the processes of production."""

import contextlib
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import psycopg

from bench.processes import ROOT, Process
from tokdesk import embedded, programs
from tokdesk.common.queues import Queue
from tokdesk.tests import servers
from tokdesk.tests.waiting import wait_until

KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE")
LISTENERS = "bench.jobs_listeners"
PREPARE = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from companies.tests.factories import make_company
print(make_company("acme").id)
"""
TABLES = """
CREATE TABLE bench_streams (name text PRIMARY KEY, last integer NOT NULL DEFAULT 0);
CREATE TABLE bench_effects (
    id bigserial PRIMARY KEY, event uuid NOT NULL, nonce uuid NOT NULL, listener text NOT NULL,
    stream text NOT NULL, number integer NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp()
);
"""


@dataclass
class Desk:
    folder: Path
    database_url: str
    redis_port: int
    environment: dict[str, str]
    processes: list[Process] = field(default_factory=list)
    at_end: list[Callable[[], object]] = field(default_factory=list)

    @property
    def redis_url(self) -> str:
        return f"redis://127.0.0.1:{self.redis_port}/0"

    def process(self, name: str, command: list[str], **environment: str) -> Process:
        made = Process(
            name, command, {**self.environment, **environment}, self.folder / f"{name}.log"
        )
        self.processes.append(made)
        return made

    def worker(self, name: str, *words: str, size: int = 2) -> Process:
        pool = ("--pool", "prefork", "--concurrency", str(size), "--queues", ",".join(Queue))
        quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat")
        mine = ("--include", LISTENERS, "--hostname", f"{name}@bench", "--loglevel", "INFO")
        return self.process(name, programs.celery("worker", *pool, *quiet, *mine, *words))

    def beat(self) -> Process:
        return self.process("beat", programs.beat().command)

    def redis(self) -> Process:
        """Nothing of it survives a kill: the worst a broker may do."""
        options = {
            "port": str(self.redis_port),
            "bind": "127.0.0.1",
            "dir": str(self.folder),
            "appendonly": "no",
            "save": "",
            "maxmemory-policy": "noeviction",
        }
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        return self.process("redis", [embedded.find_server(), *words])

    def start_redis(self, redis: Process) -> None:
        redis.start()
        wait_until(lambda: embedded.answers(self.redis_url), seconds=20, on_timeout=redis.tail)

    def run(self, *words: str) -> str:
        """A Python program to its end; returns what it printed."""
        result = subprocess.run(
            [sys.executable, *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode != 0:
            raise RuntimeError(f"{words[0]} failed:\n{result.stdout}\n{result.stderr}")
        return result.stdout

    def query(self, statement: str, *values: object) -> list[tuple]:
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            found = connection.execute(statement, values)
            return found.fetchall() if found.description else []

    def number(self, statement: str, *values: object) -> int:
        return int(self.query(statement, *values)[0][0] or 0)

    def end(self) -> None:
        for process in reversed(self.processes):
            process.end()
        for each in self.at_end:
            each()

    def tails(self) -> str:
        return "\n".join(f"--- {each.name}\n{each.tail()}" for each in self.processes)

    def wait_for_workers(self, *workers: Process) -> None:
        for each in workers:
            wait_until(partial(is_ready, each), seconds=60, on_timeout=each.tail)


def is_ready(worker: Process) -> bool:
    return " ready." in worker.tail(200)


@contextlib.contextmanager
def desk(
    environment: Mapping[str, str] | None = None, postgres: Mapping[str, str] = servers.FAST
) -> Iterator[Desk]:
    """Servers, tables and one company; every process of the desk ends with the block.

    Raises:
        servers.Missing: PostgreSQL or Redis cannot be had on this machine.
    """
    try:
        embedded.find_server()
    except embedded.NoServer as problem:
        raise servers.Missing(str(problem)) from problem
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(servers.temporary_postgres(postgres))
        folder = Path(tempfile.mkdtemp(prefix="tokdesk-bench-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        made = Desk(folder, url, servers.free_port(), {})
        made.environment = {**variables(made), **(environment or {})}
        stack.callback(made.end)
        made.environment["BENCH_COMPANY"] = made.run("-c", PREPARE).split()[-1]
        made.query(TABLES)
        yield made


def variables(made: Desk) -> dict[str, str]:
    """Production's settings, and nothing of the caller's environment that could change them."""
    return {
        **{name: os.environ[name] for name in KEPT if name in os.environ},
        "DJANGO_SETTINGS_MODULE": "tokdesk.settings.prod",
        "PYTHONPATH": str(ROOT),
        "TOKDESK_DATA": str(made.folder),
        "TOKDESK_SECRET_KEY": secrets.token_urlsafe(64),
        "TOKDESK_ALLOWED_HOSTS": "desk.example",
        "TOKDESK_BASE_URL": "https://desk.example",
        "TOKDESK_TRUSTED_PROXIES": "1",
        "EMAIL_URL": "consolemail://",
        "DATABASE_URL": made.database_url,
        "REDIS_URL": made.redis_url,
        "BENCH_FOLDER": str(made.folder),
    }


def machine() -> str:
    return f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
