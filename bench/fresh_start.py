"""How long a newcomer waits: `make run` in a copy without .venv, then once more.

Prints the seconds until /readyz answers, and until everything has stopped after Ctrl+C.
"""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NOT_COPIED = shutil.ignore_patterns(
    ".git", ".venv", "var", "node_modules", "__pycache__", ".*_cache"
)
OURS = {"VIRTUAL_ENV", "DJANGO_SETTINGS_MODULE", "DATABASE_URL", "REDIS_URL"}
DEADLINE_SECONDS = 420


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


def measure(copy: Path, name: str) -> None:
    port, log = free_port(), copy / "run.log"
    kept = {key: value for key, value in os.environ.items() if key not in OURS}
    environment = {**kept, "PORT": str(port), "TOKDESK_DATA": str(copy / "var")}
    started = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["make", "run"],
            cwd=copy,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        while not is_ready(port):
            if process.poll() is not None or time.monotonic() - started > DEADLINE_SECONDS:
                sys.exit(f"{name}: not ready\n{log.read_text()}")
            time.sleep(0.1)
        ready = time.monotonic() - started
        stopping = time.monotonic()
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(20)
    stopped = time.monotonic() - stopping
    sys.stdout.write(f"{name:<14} ready after {ready:5.1f} s, stopped after {stopped:4.1f} s\n")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="tokdesk-fresh-") as place:
        copy = Path(place) / "copy"
        shutil.copytree(ROOT, copy, ignore=NOT_COPIED)
        measure(copy, "first start")
        measure(copy, "second start")


if __name__ == "__main__":
    main()
