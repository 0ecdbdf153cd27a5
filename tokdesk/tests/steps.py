"""Run steps in order: timed, shown as they go, stopped at the first failure, summed up at last."""

import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PYTEST_CLOSING = re.compile(r"^=+ .*\b(passed|failed|errors?|no tests ran|deselected)\b.* in .*=+$")
NO_TESTS_COLLECTED = 5


class StepFailed(Exception):
    """The step's own output, just above, says why."""


@dataclass(frozen=True)
class Step:
    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)


@dataclass
class Run:
    """What was done so far; the closing summary is made of it."""

    environment: dict[str, str]
    started: float = field(default_factory=time.monotonic)
    lines: list[str] = field(default_factory=list)
    not_run: list[str] = field(default_factory=list)

    def do(self, step: Step) -> None:
        """
        Raises:
            StepFailed: its exit code says so.
        """
        say(f"\n== {step.name}")
        started = time.monotonic()
        code, closing = stream(step.command, {**self.environment, **step.environment})
        outcome = closing or ("ok" if code == 0 else f"failed with exit code {code}")
        self.lines.append(f"  {step.name:<34}{time.monotonic() - started:7.1f} s  {outcome}")
        if code == NO_TESTS_COLLECTED and closing:
            raise StepFailed(f"{step.name}: no test was selected")
        if code:
            raise StepFailed(step.name)

    def summarize(self, problem: str = "") -> None:
        say("\n== summary")
        seconds = time.monotonic() - self.started
        verdict = (
            f"FAILED after {seconds:.0f} s: {problem}" if problem else f"Good, {seconds:.0f} s."
        )
        # What was left out stands last, where nobody overlooks it.
        for line in [*self.lines, verdict, *self.not_run]:
            say(line)


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def stream(command: list[str], environment: dict[str, str]) -> tuple[int, str]:
    """Pass the output through as it comes; keep pytest's closing line for the summary."""
    closing = ""
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        for line in process.stdout or ():
            say(line.rstrip("\n"))
            closing = line.strip() if PYTEST_CLOSING.match(line) else closing
    return process.returncode, closing


def base_environment(data: Path) -> dict[str, str]:
    """The caller's environment without what would aim the run at somebody's real data."""
    drop = {"DJANGO_SETTINGS_MODULE", "PORT", "EMAIL_URL", "PYTHONDONTWRITEBYTECODE"}
    kept = {k: v for k, v in os.environ.items() if k not in drop and not k.startswith("TOKDESK_")}
    sqlite = f"sqlite:///{data / 'tokdesk.sqlite3'}"
    # Temporary folders in there too, so that nothing outlives the run, however it ends.
    return {
        **kept,
        "TOKDESK_DATA": str(data),
        "TMPDIR": str(data),
        "DATABASE_URL": sqlite,
        "REDIS_URL": "",
    }
