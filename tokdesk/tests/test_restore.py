"""The drill: dump, wipe, restore. Everything of the backup is there, and nobody takes it for more.

Each database is copied as docs/databases.md says, by programs of its own where it has some here.
"""

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

import pytest

from tokdesk.tests import servers
from tokdesk.tests.steps import ROOT, base_environment


class Place(Protocol):
    """A database that can be copied, lost, and put back."""

    url: str

    def back_up(self) -> None: ...

    def lose(self) -> None: ...

    def restore(self) -> None: ...


class Sqlite:
    def __init__(self, folder: Path) -> None:
        self.file, self.copy = folder / "desk.sqlite3", folder / "copy.sqlite3"
        self.url = f"sqlite:///{self.file}"

    def back_up(self) -> None:
        with closing(sqlite3.connect(self.file)) as desk, closing(sqlite3.connect(self.copy)) as to:
            desk.backup(to)

    def lose(self) -> None:
        for each in self.file.parent.glob("desk.sqlite3*"):
            each.unlink()

    def restore(self) -> None:
        shutil.copy(self.copy, self.file)


class Postgres:
    def __init__(self, folder: Path, url: str) -> None:
        self.url, self.copy = url, folder / "tokdesk.dump"

    def back_up(self) -> None:
        run("pg_dump", "--format=custom", f"--file={self.copy}", self.url)

    def lose(self) -> None:
        run("psql", "--quiet", "--command=DROP SCHEMA public CASCADE", self.url)
        run("psql", "--quiet", "--command=CREATE SCHEMA public", self.url)

    def restore(self) -> None:
        run("pg_restore", "--clean", "--if-exists", f"--dbname={self.url}", str(self.copy))


class Mongodb:
    """By its files, while the server stands still."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.copy, self.port = folder, folder / "copy", servers.free_port()
        self.server: Any = None
        self.url = ""
        self.start()

    def start(self) -> None:
        self.server = servers.mongodb_in(self.folder, self.port)
        self.url = self.server.__enter__()

    def stop(self) -> None:
        self.server.__exit__(None, None, None)

    def back_up(self) -> None:
        self.stop()
        shutil.copytree(self.folder / "data", self.copy)
        self.start()

    def lose(self) -> None:
        self.stop()
        shutil.rmtree(self.folder / "data")

    def restore(self) -> None:
        shutil.copytree(self.copy, self.folder / "data")
        self.start()


def run(*words: str) -> None:
    words = (str(servers.find_binaries() / words[0]), *words[1:])
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@contextmanager
def sqlite(folder: Path) -> Iterator[Place]:
    yield Sqlite(folder)


@contextmanager
def postgres(folder: Path) -> Iterator[Place]:
    with servers.temporary_postgres() as url:
        yield Postgres(folder, url)


@contextmanager
def mongodb(folder: Path) -> Iterator[Place]:
    with servers.temporary_folder(servers.Account()) as data:
        place = Mongodb(data)
        try:
            yield place
        finally:
            with suppress(RuntimeError):
                place.stop()


@pytest.mark.parametrize(
    "opened",
    [
        pytest.param(sqlite, marks=pytest.mark.contract),
        pytest.param(postgres, marks=pytest.mark.cluster),
        pytest.param(mongodb, marks=pytest.mark.mongod),
    ],
)
def test_what_was_backed_up_comes_back(opened: Callable[..., Any], tmp_path: Path) -> None:
    """Takes seconds: a desk is made, filled, lost and made again."""
    with opened(tmp_path) as place:

        def do(*words: str) -> str:
            environment = {**base_environment(tmp_path), "DATABASE_URL": place.url}
            done = subprocess.run(
                [sys.executable, *words],
                cwd=ROOT,
                env={**environment, "DJANGO_SETTINGS_MODULE": "tokdesk.settings.dev"},
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stdout + done.stderr
            return done.stdout

        def ask(*words: str) -> Any:
            return json.loads(do("-m", "tokdesk.tests.restored", *words))

        do("manage.py", "migrate", "--verbosity=0")
        do("manage.py", "seed_demo", "--yes")
        kept = ask("tell")
        place.back_up()
        known = ask("talk")
        assert known["rows"]["conversations.Message"] > kept["rows"]["conversations.Message"] > 0

        place.lose()
        place.restore()
        assert ask("tell") == kept
        do("manage.py", "migrate", "--check")
        do("manage.py", "after_restore")
        do("manage.py", "check_log")
        # Also of logs that stand where they stood: what was told behind that is no more.
        told = ask("resume", json.dumps(known))
        assert set(told.values()) == {"epoch"}
        assert told.keys() == kept["heads"].keys()
        # And the desk works on: the next entry is the next of the restored log.
        after = ask("talk")
        talked = {each for each in known["heads"] if known["heads"][each] != kept["heads"][each]}
        assert {each: after["heads"][each][1] for each in talked} == {
            each: kept["heads"][each][1] + 1 for each in talked
        }
