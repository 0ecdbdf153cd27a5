"""A MongoDB of three, one of which may be killed or made to step down: the others go on."""

import contextlib
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any
from uuid import UUID

import pymongo
from pymongo.errors import PyMongoError

from bench.processes import Process
from tokdesk.tests import servers
from tokdesk.tests.waiting import wait_until

NODES = 3
PATIENCE_SECONDS = 60.0
# Soon enough that a run sees many elections; MongoDB itself waits for ten seconds.
ELECTION_MS = 2000


@dataclass
class MongoSet:
    processes: list[Process]
    ports: list[int]
    _blows: Iterator[str] = field(default_factory=lambda: cycle(["killed", "stepped down"]))

    @property
    def url(self) -> str:
        hosts = ",".join(f"127.0.0.1:{port}" for port in self.ports)
        return f"mongodb://{hosts}/tokdesk?replicaSet=tokdesk"

    def start(self) -> None:
        for process in self.processes:
            process.start()
        wait_until(lambda: all(map(self._hello, self.ports)), seconds=30)
        members = [{"_id": n, "host": f"127.0.0.1:{port}"} for n, port in enumerate(self.ports)]
        settings = {"electionTimeoutMillis": ELECTION_MS, "heartbeatIntervalMillis": 500}
        with self._node(self.ports[0]) as node:
            config = {"_id": "tokdesk", "members": members, "settings": settings}
            node.admin.command("replSetInitiate", config)
        wait_until(lambda: self.primary() is not None, seconds=30)

    def strike(self) -> str:
        """The primary dies and comes back, or the next time hands over while it works."""
        number, blow = self._known_primary(), next(self._blows)
        if blow == "stepped down":
            with contextlib.suppress(PyMongoError), self._node(self.ports[number]) as node:
                node.admin.command("replSetStepDown", 5, force=True)
        else:
            self.processes[number].kill()
            self.processes[number].start()
        return blow

    def _known_primary(self) -> int:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (number := self.primary()) is None:
            if time.monotonic() > deadline:
                raise RuntimeError("MongoDB has no primary")
            time.sleep(0.1)
        return number

    def primary(self) -> int | None:
        told = [self._hello(port) for port in self.ports]
        return next((n for n, each in enumerate(told) if each and each["isWritablePrimary"]), None)

    def _hello(self, port: int) -> dict[str, Any] | None:
        with contextlib.suppress(PyMongoError), self._node(port) as node:
            return dict(node.admin.command("hello"))
        return None

    def _node(self, port: int) -> "pymongo.MongoClient[Any]":
        return _client(f"mongodb://127.0.0.1:{port}/?directConnection=true", 500)

    # What it holds

    def heads(self) -> dict[str, tuple[int, int]]:
        with self._collection("conversations_conversation") as rows:
            found = rows.find({}, {"last_seq": 1, "last_public_seq": 1})
            # A key is stored as 32 hexadecimal digits.
            return {
                str(UUID(row["_id"])): (row["last_seq"], row["last_public_seq"]) for row in found
            }

    def stored(self, client_ids: Collection[str]) -> tuple[int, int]:
        """How many messages have one of these, and how many authors and ids there are."""
        with self._collection("conversations_message") as rows:
            wanted = {"client_id": {"$in": [UUID(each).hex for each in client_ids]}}
            found = [(row["author_id"], row["client_id"]) for row in rows.find(wanted)]
            return len(found), len(set(found))

    @contextlib.contextmanager
    def _collection(self, name: str) -> Iterator[Any]:
        with _client(self.url) as client:
            yield client["tokdesk"][name]


def _client(url: str, wait_ms: int = 30_000) -> "pymongo.MongoClient[Any]":
    return pymongo.MongoClient(url, serverSelectionTimeoutMS=wait_ms)


@contextlib.contextmanager
def mongoset() -> Iterator[MongoSet]:
    """Raises servers.Missing."""
    program = str(servers.find_mongod())
    with servers.temporary_folder(servers.Account()) as folder:
        ports = [servers.free_port() for _ in range(NODES)]
        processes = []
        for port in ports:
            data = Path(folder) / str(port)
            data.mkdir()
            command = [program, "--dbpath", str(data), "--bind_ip", "127.0.0.1"]
            command += ["--port", str(port), "--replSet", "tokdesk", "--nounixsocket"]
            command += ["--oplogSize", "64", "--wiredTigerCacheSizeGB", "0.25", "--quiet"]
            command += ["--setParameter", "diagnosticDataCollectionEnabled=false"]
            log = Path(folder) / f"{port}.log"
            processes.append(Process(f"mongod-{port}", command, {"PATH": "/usr/bin:/bin"}, log))
        made = MongoSet(processes, ports)
        try:
            made.start()
            yield made
        finally:
            for process in processes:
                process.end()
