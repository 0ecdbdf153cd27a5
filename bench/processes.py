"""Processes of a bench: started, killed outright or stopped politely, started again."""

import os
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from tokdesk.supervisor import die_with, end, signal_group
from tokdesk.tests.servers import Account

ROOT = Path(__file__).resolve().parents[1]


@dataclass
class Process:
    """One program and whatever it forks; its output of all lives goes to one file."""

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    popen: "subprocess.Popen[bytes] | None" = None
    forked: set[int] = field(default_factory=set)
    account: Account = field(default_factory=Account)

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.popen = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with(os.getpid()),
                **self.account.popen(),
            )

    @property
    def pid(self) -> int:
        if self.popen is None:
            raise RuntimeError(f"{self.name} was never started")
        return self.popen.pid

    def is_running(self) -> bool:
        return self.popen is not None and self.popen.poll() is None

    def children(self) -> list[int]:
        """What it forked and is alive now; what is seen here is remembered in `forked`."""
        try:
            words = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        except OSError:
            return []
        self.forked.update(int(word) for word in words)
        return [int(word) for word in words]

    def kill(self) -> None:
        """All of it at once, as when the machine fails."""
        self.children()
        signal_group(self.pid, signal.SIGKILL)
        self._reap()

    def kill_parent(self) -> None:
        """The parent alone; what it forked has to notice."""
        self.children()
        os.kill(self.pid, signal.SIGKILL)
        self._reap()

    def stop(self, seconds: float = 30) -> int:
        """Politely; returns the exit code, which is negative if it had to be killed."""
        if not self.is_running():
            return 0
        os.kill(self.pid, signal.SIGTERM)
        try:
            code = self.popen.wait(seconds) if self.popen else 0
        except subprocess.TimeoutExpired:
            code = -signal.SIGKILL
        self.end()
        return code

    def end(self) -> None:
        if self.popen is not None:
            end(self.popen, seconds=0)

    def _reap(self) -> None:
        if self.popen is not None:
            self.popen.wait()

    def tail(self, lines: int = 30) -> str:
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def resident_mib(pid: int) -> float:
    """The memory a process holds that is its own or shared, in MiB."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
