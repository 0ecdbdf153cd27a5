"""Servers of sockets, ours and what it is measured beside: one process each, and what it costs."""

import json
import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import bullmq
from bench.desk import Desk
from bench.processes import ROOT, Process, resident_mib
from tokdesk import programs
from tokdesk.tests.servers import free_port
from tokdesk.tests.waiting import wait_until

SETTINGS = {"DJANGO_SETTINGS_MODULE": "bench.client_settings"}
SOCKETIO = Path(__file__).parent / "live_socketio"
TICKS = os.sysconf("SC_CLK_TCK")
LINES = """
CREATE TABLE bench_lines (
    id bigserial PRIMARY KEY, room text NOT NULL, body text NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
)
"""


@dataclass(frozen=True)
class Server:
    """`dialect` is what it speaks (sockets_wire.py)."""

    name: str
    dialect: str
    port: int
    process: Process

    def pids(self) -> list[int]:
        return [self.process.pid, *self.process.children()]

    def cpu_seconds(self) -> float:
        """Of all its processes, since they began."""
        return sum(map(cpu_seconds, self.pids()))

    def resident_kib(self) -> float:
        return 1024 * sum(map(resident_mib, self.pids()))

    def start(self) -> "Server":
        self.process.start()
        wait_until(self._accepts, seconds=60, on_timeout=self.process.tail)
        return self

    def _accepts(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


def cpu_seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS


def tokdesk(made: Desk) -> Server:
    port = free_port()
    process = made.process("live", programs.live(port), LIVE_CONCURRENCY="1")
    return Server("TokDesk", "tokdesk", port, process)


def bare(made: Desk) -> Server:
    port = free_port()
    command = [sys.executable, "-m", "bench.sockets_bare", str(port), made.redis_url]
    return Server("websockets, Redis", "bare", port, made.process("bare", command))


def textbook(made: Desk) -> Server:
    """Needs the table of LINES."""
    port = free_port()
    words = ("--port", str(port), "--lifespan", "off", "--log-level", "warning")
    command = [sys.executable, "-m", "uvicorn", "bench.chat_textbook.asgi:application", *words]
    settings = {"DJANGO_SETTINGS_MODULE": "bench.chat_textbook.settings"}
    return Server(
        "textbook Channels", "textbook", port, made.process("textbook", command, **settings)
    )


def socketio(made: Desk, *, stores: bool) -> Server:
    """With `stores` it needs the table of LINES.

    Raises:
        bullmq.NotRun: no node, or no packages.
    """
    folder = bullmq.install(SOCKETIO, "tokdesk-bench-socketio")
    port = free_port()
    command = ["node", str(folder / "bench.js"), str(port), str(made.redis_port)]
    if stores:
        command.append(made.database_url.rpartition("host=")[2])
    name = "Socket.IO, Redis, pg" if stores else "Socket.IO, Redis"
    return Server(name, "socketio", port, made.process("socketio", command))


def people(made: Desk, **plan: Any) -> list[dict[str, Any]]:
    """Companies as the plan of sockets_data.py says."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.sockets_data"],
        cwd=ROOT,
        env=made.environment,
        input=json.dumps(plan),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"no people:\n{done.stderr}")
    told: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])["companies"]
    return told


def share(values: list[float], part: float) -> float:
    """The value below which that part of them is; 0 where there are none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else 0.0


def tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
