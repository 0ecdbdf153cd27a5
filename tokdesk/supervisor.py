"""Keep a handful of child processes alive, and leave none behind."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from tokdesk.datafolder import DataFolder

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
DEATHS, WINDOW_SECONDS = 3, 10
STOP_SECONDS = 6
TICK_SECONDS = 0.05
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class Stopped(Exception):
    """Somebody asked the desk to stop."""


class ChildFailed(Exception):
    """A child cannot be kept running; the message ends with what it said last."""


@dataclass(frozen=True)
class Program:
    name: str
    command: list[str]


@dataclass
class Child:
    program: Program
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    deaths: list[float] = field(default_factory=list)
    start_at: float = 0.0


class Supervisor:
    """A context: children start inside it and are gone after it, whatever happened in between."""

    def __init__(self, *, folder: DataFolder, cwd: Path, tell: Callable[[str, str], None]) -> None:
        self.folder = folder
        self.cwd = cwd
        self.tell = tell
        self.environment = dict(os.environ)
        self.children: list[Child] = []
        self.stopping = False
        self._before: dict[signal.Signals, object] = {}

    def __enter__(self) -> "Supervisor":
        for number in STOP_SIGNALS:
            self._before[number] = signal.signal(number, self._ask_to_stop)
        if self._before[signal.SIGHUP] == signal.SIG_IGN:  # nohup: a closed terminal is no reason
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]  # typeshed: what signal() returned

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def run(self, program: Program) -> str:
        """Run a step to its end and return what it printed.

        Raises:
            ChildFailed: it did not succeed.
            Stopped: somebody asked to stop meanwhile.
        """
        child = Child(program)
        self.children.append(child)
        begins = self._log_size(program.name)
        self._spawn(child)
        for _ in self._ticks():
            code = child.process.poll() if child.process else None
            if code is not None:
                break
        self.children.remove(child)
        if code:
            raise self._failure(program, f"failed with exit code {code}")
        return self._log_since(program.name, begins)

    def start(self, program: Program) -> None:
        """Run a program for as long as the desk runs."""
        child = Child(program)
        self.children.append(child)
        self._spawn(child)

    def wait_until(self, program: Program, ready: Callable[[], bool], seconds: float) -> None:
        """Wait for a started program to be of use, keeping all of them alive meanwhile.

        Raises:
            ChildFailed: it never was.
            Stopped: somebody asked to stop meanwhile.
        """
        deadline = time.monotonic() + seconds
        for _ in self._ticks():
            self._revive()
            if ready():
                return
            if time.monotonic() > deadline:
                raise self._failure(program, f"was not ready within {seconds:.0f} s")

    def watch(self) -> None:
        """Keep everything running until somebody asks to stop.

        Raises:
            ChildFailed: a program dies again and again.
        """
        with contextlib.suppress(Stopped):
            for _ in self._ticks():
                self._revive()

    def stop(self) -> None:
        """The last started stops first: the web server may still need Redis to finish."""
        deadline = time.monotonic() + STOP_SECONDS
        while self.children:
            child = self.children.pop()
            if child.process is not None:
                end(child.process, seconds=max(0.1, deadline - time.monotonic()))

    def _ticks(self) -> Iterator[None]:
        while not self.stopping:
            yield
            time.sleep(TICK_SECONDS)
        raise Stopped

    def _spawn(self, child: Child) -> None:
        with self.folder.open_log(child.program.name) as log:
            child.process = subprocess.Popen(
                child.program.command,
                cwd=self.cwd,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with(os.getpid()),
            )
        child.started = time.monotonic()

    def _revive(self) -> None:
        for child in self.children:
            self._notice_death(child)
            if child.process is None and time.monotonic() >= child.start_at:
                self._spawn(child)

    def _notice_death(self, child: Child) -> None:
        if child.process is None or child.process.poll() is None:
            return
        now = time.monotonic()
        code, child.process = child.process.returncode, None
        child.deaths = [moment for moment in child.deaths if now - moment < WINDOW_SECONDS] + [now]
        if len(child.deaths) >= DEATHS:
            problem = f"died {DEATHS} times in {WINDOW_SECONDS} s (exit code {code})"
            raise self._failure(child.program, problem)
        child.start_at = now + 0.25 * 2 ** len(child.deaths)
        self.tell(child.program.name, f"died (exit code {code}), starting it again")

    def _failure(self, program: Program, problem: str) -> ChildFailed:
        path = self.folder.log / f"{program.name}.log"
        tail = self.folder.log_tail(program.name)
        return ChildFailed(f"{program.name} {problem}. The end of {path}:\n\n{tail}")

    def _log_size(self, name: str) -> int:
        path = self.folder.log / f"{name}.log"
        return path.stat().st_size if path.is_file() else 0

    def _log_since(self, name: str, begins: int) -> str:
        data = (self.folder.log / f"{name}.log").read_bytes()
        return data[begins:].decode(errors="replace")


def die_with(parent: int) -> Callable[[], None] | None:
    """What a child does first: have the kernel end it with its parent, however that one ends."""
    if LIBC is None:
        return None

    def ask_kernel() -> None:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died between fork and prctl
            os._exit(1)

    return ask_kernel


def end(
    process: subprocess.Popen[bytes],
    *,
    seconds: float,
    number: signal.Signals = signal.SIGTERM,
) -> None:
    """End a child and what it started: politely, then for certain."""
    signal_group(process.pid, number)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    signal_group(process.pid, signal.SIGKILL)
    process.wait()


def signal_group(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)
