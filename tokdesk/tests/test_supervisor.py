import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tokdesk.datafolder import DataFolder, InUse
from tokdesk.supervisor import ChildFailed, Program, Supervisor
from tokdesk.tests.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
SLEEP = "import time; time.sleep(60)"
ORPHANING = """
import sys
from pathlib import Path
from tokdesk.datafolder import DataFolder
from tokdesk.supervisor import Program, Supervisor
folder = DataFolder(Path(sys.argv[1]))
folder.create()
with Supervisor(folder=folder, cwd=Path.cwd(), tell=lambda *_: None) as supervisor:
    supervisor.start(Program("sleeper", [sys.executable, "-c", sys.argv[2]]))
    print(supervisor.children[0].process.pid, flush=True)
    supervisor.watch()
"""


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    folder = DataFolder(tmp_path / "data")
    folder.create()
    return folder


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def supervisor(folder: DataFolder, told: list[str]) -> Iterator[Supervisor]:
    with Supervisor(
        folder=folder, cwd=ROOT, tell=lambda name, what: told.append(f"{name} {what}")
    ) as supervisor:
        yield supervisor


def python(name: str, code: str) -> Program:
    return Program(name, [sys.executable, "-c", code])


def lives(pid: int) -> bool:
    """A zombie, whose parent did not look yet, has ended all the same."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_step_that_fails_tells_the_end_of_its_log(supervisor: Supervisor) -> None:
    program = python("broken", "print('the reason'); raise SystemExit(4)")

    with pytest.raises(ChildFailed, match=r"broken failed with exit code 4(?s:.*)the reason"):
        supervisor.run(program)


def test_step_returns_what_it_printed_this_time(supervisor: Supervisor) -> None:
    supervisor.run(python("step", "print('first')"))

    assert supervisor.run(python("step", "print('second')")) == "second\n"


def test_program_that_dies_is_started_again(supervisor: Supervisor, told: list[str]) -> None:
    program = python("sleeper", SLEEP)
    supervisor.start(program)
    first = supervisor.children[0].process.pid

    os.kill(first, signal.SIGKILL)
    supervisor.wait_until(
        program,
        lambda: (process := supervisor.children[0].process) and process.pid != first,
        seconds=10,
    )

    assert told == ["sleeper died (exit code -9), starting it again"]


def test_program_that_dies_three_times_is_given_up(supervisor: Supervisor) -> None:
    supervisor.start(python("broken", "raise SystemExit('no such table')"))

    with pytest.raises(ChildFailed, match=r"died 3 times in 10 s(?s:.*)no such table"):
        supervisor.watch()


def test_program_that_is_never_ready_fails(supervisor: Supervisor) -> None:
    program = python("sleeper", SLEEP)
    supervisor.start(program)

    with pytest.raises(ChildFailed, match="was not ready within 0 s"):
        supervisor.wait_until(program, lambda: False, seconds=0)


def test_stop_ends_what_a_child_started_and_what_ignores_the_signal(
    supervisor: Supervisor, folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tokdesk.supervisor.STOP_SECONDS", 0.5)
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    child = f"subprocess.Popen([sys.executable, '-c', {SLEEP!r}])"
    supervisor.start(
        python(
            "deaf",
            f"import subprocess, sys; {deaf} p = {child}; print(p.pid, flush=True); p.wait()",
        )
    )
    wait_until(lambda: folder.log_tail("deaf"))
    pids = [supervisor.children[0].process.pid, int(folder.log_tail("deaf"))]

    supervisor.stop()

    wait_until(lambda: not any(map(lives, pids)))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of a dead parent")
def test_children_die_with_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", ORPHANING, str(tmp_path), SLEEP]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        child = int(parent.stdout.readline())
        assert lives(child)

        parent.kill()

    wait_until(lambda: not lives(child))


def test_data_is_held_by_one_and_free_after_it(folder: DataFolder) -> None:
    with (
        folder.lock("http://127.0.0.1:8000"),
        pytest.raises(InUse, match=r"already runs.*http://127\.0\.0\.1:8000"),
        folder.lock("http://127.0.0.1:8001"),
    ):
        pass

    with folder.lock("http://127.0.0.1:8001"):
        assert folder.lock_path.read_text() == "http://127.0.0.1:8001"


def test_long_log_is_put_aside_when_it_is_opened(
    folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tokdesk.datafolder.LOG_BYTES", 10)
    with folder.open_log("web") as log:
        log.write(b"a line longer than that\n")

    with folder.open_log("web") as log:
        log.write(b"new\n")

    assert folder.log_tail("web") == "new"
    assert (folder.log / "web.log.1").read_text() == "a line longer than that\n"
