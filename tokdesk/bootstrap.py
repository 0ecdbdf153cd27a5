"""Behind every make target: prepare .venv with the standard library alone, then become the command.

Kept to syntax that older interpreters parse, so that one of them can say what is missing.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

with contextlib.suppress(ImportError):  # Windows has none, and starting twice at once is rare
    import fcntl

OLDEST = (3, 11)
NEWER_NAMES = ("python3.14", "python3.13", "python3.12", "python3.11")
ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
RUNTIME = ("requirements.txt",)
DEVELOPMENT = ("requirements.txt", "requirements-dev.txt")
TARGETS = {
    "run": (RUNTIME, ("manage.py", "quickstart")),
    "web": (RUNTIME, ("manage.py", "run_part", "web")),
    "worker": (RUNTIME, ("manage.py", "run_part", "worker")),
    "beat": (RUNTIME, ("manage.py", "run_part", "beat")),
    "test": (DEVELOPMENT, ("-m", "tokdesk.tests.run", "test")),
    "check": (DEVELOPMENT, ("-m", "tokdesk.tests.run", "check")),
    "lint": (DEVELOPMENT, ("-m", "tokdesk.tests.run", "lint")),
    "fmt": (DEVELOPMENT, ("-m", "tokdesk.tests.run", "fmt")),
    "proof": (DEVELOPMENT, ("-m", "tokdesk.tests.run", "proof")),
}


class Failure(Exception):
    """The message says what to do; nobody needs the traceback."""


def say(step: str, message: str) -> None:
    sys.stdout.write(f"  {step:<12}{message}\n")
    sys.stdout.flush()


def starts(python: str | Path, probe: str = "") -> bool:
    return subprocess.run([python, "-c", probe], capture_output=True, check=False).returncode == 0


def use_new_enough_python() -> None:
    """Continue under a newer interpreter of this machine when this one is too old.

    Raises:
        Failure: there is none.
    """
    if sys.version_info >= OLDEST:
        return
    for name in NEWER_NAMES:
        path = shutil.which(name)
        if path and starts(path):  # a pyenv shim exists for versions that are not active
            os.execv(path, [path, *sys.argv])
    have = ".".join(map(str, sys.version_info[:3]))
    raise Failure(
        f"TokDesk needs Python 3.11 or newer; {sys.executable} is {have}.\n"
        "Install one (python.org, apt-get, brew, pyenv) and name it: make run PYTHON=python3.13"
    )


@contextlib.contextmanager
def one_at_a_time():
    """Two first starts of one checkout must not install into the same folder together."""
    with (ROOT / "requirements.txt").open() as file:
        if "fcntl" in globals():
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def works(python: Path) -> bool:
    """Whether the environment's interpreter starts: it breaks when its base Python is removed."""
    return python.exists() and starts(python, f"import sys; sys.exit(sys.version_info < {OLDEST})")


def make_venv() -> None:
    if works(PYTHON):
        return
    say("python", f"{sys.version.split()[0]}, making .venv")
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode or not works(PYTHON):
        raise Failure(
            f"{result.stdout}{result.stderr}\n.venv could not be made. "
            "On Debian and Ubuntu: apt-get install python3-venv, then start again."
        )


def fingerprint(names: tuple[str, ...]) -> str:
    """Changes with the requirements and with the interpreter they were installed for."""
    digest = hashlib.sha256((VENV / "pyvenv.cfg").read_bytes())
    for name in names:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def stamp_of(names: tuple[str, ...]) -> Path:
    return VENV / f"installed-{names[-1]}.sha256"


def is_installed(names: tuple[str, ...]) -> bool:
    stamp = stamp_of(names)
    return stamp.is_file() and stamp.read_text() == fingerprint(names)


def install(names: tuple[str, ...]) -> None:
    if is_installed(names):
        return
    started = time.monotonic()
    wanted = sum("==" in line for name in names for line in (ROOT / name).read_text().splitlines())
    say("packages", f"installing {wanted}, once; about a minute")
    run_pip(["install", "--prefer-binary", "-r", names[-1]], wanted)
    stamp_of(names).write_text(fingerprint(names))
    if names == DEVELOPMENT:
        stamp_of(RUNTIME).write_text(fingerprint(RUNTIME))
    say("packages", f"installed in {time.monotonic() - started:.0f} s")


def run_pip(arguments: list[str], wanted: int) -> None:
    """Pip's own lines are noise until it fails; then their end is what helps."""
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments]
    lines: list[str] = []
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace"
    ) as pip:
        show_progress(pip.stdout, lines, wanted)
    if pip.returncode:
        raise Failure(
            "".join(lines[-15:]) + "\nThe packages could not be installed (see above). "
            "Check that the package index can be reached, then start again."
        )


def show_progress(output, lines: list[str], wanted: int) -> None:
    """A line every few seconds, so that a slow network does not look like a hang."""
    fetched, shown = 0, time.monotonic()
    for line in output:
        lines.append(line)
        fetched += line.startswith(("Collecting ", "Requirement already satisfied"))
        if line.startswith("Installing collected"):
            say("packages", "all fetched, unpacking")
            shown = float("inf")
        elif time.monotonic() - shown > 5:
            say("packages", f"{min(fetched, wanted)} of {wanted} fetched")
            shown = time.monotonic()


def become(command: tuple[str, ...]) -> None:
    """Replace this process, so that signals and the exit code need no passing on."""
    environment = {k: v for k, v in os.environ.items() if k not in {"PYTHONHOME", "PYTHONPATH"}}
    # Without .pyc files every process starts three times slower.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment["VIRTUAL_ENV"] = str(VENV)
    environment["PATH"] = os.pathsep.join([str(PYTHON.parent), environment.get("PATH", os.defpath)])
    os.chdir(ROOT)
    os.execve(PYTHON, [str(PYTHON), *command], environment)


def main() -> None:
    if len(sys.argv) < 2 or sys.argv[1] not in TARGETS:
        raise Failure(f"Say one of: {', '.join(TARGETS)}")
    requirements, command = TARGETS[sys.argv[1]]
    use_new_enough_python()
    with one_at_a_time():
        make_venv()
        install(requirements)
    become((*command, *sys.argv[2:]))


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit(f"\n{failure}")
    except KeyboardInterrupt:
        sys.exit(130)
