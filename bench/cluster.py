"""A PostgreSQL that may be killed: its files stay, and it is started again on them."""

import contextlib
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bench.processes import Process
from tokdesk.tests import servers
from tokdesk.tests.waiting import wait_until

# What a commit promises is what is measured, so nothing is switched off.
SAFE = {"max_connections": "200", "fsync": "on", "synchronous_commit": "on"}


@dataclass
class Cluster:
    process: Process
    url: str

    def start(self) -> None:
        """Also right after a kill, while the old one's children are still on their way out."""
        deadline = time.monotonic() + 60
        while True:
            self.process.start()
            with contextlib.suppress(TimeoutError, AssertionError):
                wait_until(self._is_settled, seconds=20, on_timeout=self.process.tail)
            if servers.postgres_answers(self.url):
                return
            self.process.end()
            if time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL does not start:\n{self.process.tail()}")

    def strike(self) -> str:
        """It dies, with all that it forked, and is started again."""
        self.process.kill()
        self.start()
        return "killed"

    # What it holds

    def heads(self) -> dict[str, tuple[int, int]]:
        with psycopg.connect(self.url) as connection:
            rows = connection.execute(
                "SELECT id::text, last_seq, last_public_seq FROM conversations_conversation"
            )
            return {row[0]: (row[1], row[2]) for row in rows}

    def stored(self, client_ids: Collection[str]) -> tuple[int, int]:
        """How many messages have one of these, and how many authors and ids there are."""
        with psycopg.connect(self.url) as connection:
            [found] = connection.execute(
                "SELECT count(*), count(DISTINCT (author_id, client_id))"
                " FROM conversations_message WHERE client_id = ANY(%s::uuid[])",
                [list(client_ids)],
            ).fetchall()
            return found[0], found[1]

    def _is_settled(self) -> bool:
        return not self.process.is_running() or servers.postgres_answers(self.url)


@contextlib.contextmanager
def cluster(settings: Mapping[str, str] = SAFE, prefix: tuple[str, ...] = ()) -> Iterator[Cluster]:
    """Raises servers.Missing. `prefix` is put before the server's command, such as strace's."""
    binaries, account = servers.find_binaries(), servers.unprivileged()
    with servers.temporary_folder(account) as folder:
        servers.make_cluster(binaries, folder, account)
        options = {"listen_addresses": "", "unix_socket_directories": str(folder), **settings}
        words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        command = [*prefix, str(binaries / "postgres"), "-D", str(folder / "data"), *words]
        log = Path(folder) / "server.log"
        process = Process("postgres", command, {"PATH": "/usr/bin:/bin"}, log, account=account)
        made = Cluster(process, f"postgresql://tokdesk@/postgres?host={folder}")
        try:
            made.start()
            yield made
        finally:
            process.end()
