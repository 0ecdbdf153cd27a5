"""`make run` as a newcomer meets it, without the installing."""

import contextlib
import json
import os
import re
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tokdesk import embedded, programs
from tokdesk.datafolder import DataFolder
from tokdesk.tests.servers import free_port
from tokdesk.tests.waiting import wait_until

# One worker, so that one desk serves the whole file.
pytestmark = [pytest.mark.service, pytest.mark.xdist_group("desk")]

ROOT = Path(__file__).resolve().parents[2]
OURS = {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "EMAIL_URL"}


@dataclass
class Desk:
    process: subprocess.Popen[bytes]
    port: int
    folder: DataFolder
    output: Path

    def said(self) -> str:
        return self.output.read_text()

    def is_ready(self) -> bool:
        assert self.process.poll() is None, self.said()
        return "Ctrl+C stops it" in self.said()

    def interrupt(self) -> int:
        """Ctrl+C reaches every process of the terminal's foreground group.

        Whoever does not end is asked where it stands, by PYTHONFAULTHANDLER.
        """
        os.killpg(self.process.pid, signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self.process.wait(30)
        os.killpg(self.process.pid, signal.SIGABRT)
        self.process.wait(30)
        raise AssertionError(f"Ctrl+C did not end it:\n{self.said()[-8000:]}")


Launch = Callable[..., Desk]


def start(data: Path, port: int, command: str = "quickstart", *words: str) -> Desk:
    environment = {k: v for k, v in os.environ.items() if k not in OURS and "TOKDESK_" not in k}
    environment |= {"TOKDESK_DATA": str(data), "PORT": str(port), "PYTHONFAULTHANDLER": "1"}
    output = data.parent / f"{command}-{port}.txt"
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "manage.py", command, *words],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            # As in a terminal: a shell without job control lets what it starts ignore Ctrl+C.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
    return Desk(process, port, DataFolder(data), output)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    desk = start(tmp_path_factory.mktemp("desk") / "data", free_port())
    try:
        wait_until(desk.is_ready, seconds=90, on_timeout=desk.said)
        yield desk
    finally:
        desk.process.terminate()
        desk.process.wait(30)


@pytest.fixture
def launch() -> Iterator[Launch]:
    """`start`, with whatever still runs after the test ended."""
    launched: list[Desk] = []

    def start_and_remember(*words: object) -> Desk:
        launched.append(start(*words))
        return launched[-1]

    yield start_and_remember
    for desk in launched:
        if desk.process.poll() is None:
            desk.process.terminate()
            desk.process.wait(30)


def processes_of(data: Path) -> list[str]:
    """Those that have this folder in their command or their environment."""
    listed = subprocess.run(["ps", "axeww"], capture_output=True, text=True, check=True)
    return [line for line in listed.stdout.splitlines() if str(data) in line]


def test_desk_is_ready_when_it_says_so(desk: Desk) -> None:
    assert programs.answers_ok(desk.port, "/readyz")
    assert f"http://127.0.0.1:{desk.port}/api/docs/" in desk.said()
    assert "admin@umbrella.example" in desk.said()


def test_its_redis_listens_on_a_private_socket_only(desk: Desk) -> None:
    path = Path(urlsplit(desk.folder.redis_url()).path)

    assert embedded.answers(desk.folder.redis_url())
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert len(os.fsencode(path)) <= embedded.SOCKET_PATH_BYTES


def test_second_start_on_the_same_data_says_so(desk: Desk, launch: Launch) -> None:
    second = launch(desk.folder.path, free_port())

    assert second.process.wait(20) == 1
    assert f"already runs on the data in {desk.folder.path}" in second.said()
    assert f"http://127.0.0.1:{desk.port}" in second.said()
    assert programs.answers_ok(desk.port, "/readyz")


def test_busy_port_is_told_before_anything_starts(
    desk: Desk, tmp_path: Path, launch: Launch
) -> None:
    second = launch(tmp_path / "data", desk.port)

    assert second.process.wait(20) == 1
    assert f"Port {desk.port} is busy" in second.said()
    assert not (tmp_path / "data" / "tokdesk.sqlite3").exists()


def test_another_web_server_joins_a_running_desk(desk: Desk, launch: Launch) -> None:
    web = launch(desk.folder.path, free_port(), "run_part", "web")

    wait_until(lambda: programs.answers_ok(web.port, "/readyz"), seconds=30, on_timeout=web.said)

    assert web.interrupt() == 0


def mails_to(desk: Desk, address: str) -> int:
    """Of those for others some may be on their way yet, since the demo was planted."""
    mails = (desk.folder.path / "mail").glob("*.eml")
    return sum(f"To: {address}" in mail.read_text() for mail in mails)


def ask_for_reset(desk: Desk) -> int:
    body = json.dumps({"email": "agent@acme.example"})
    headers = {"Content-Type": "application/json"}
    with contextlib.closing(HTTPConnection("127.0.0.1", desk.port, timeout=10)) as connection:
        connection.request("POST", "/api/v1/auth/password/forgot/", body, headers)
        return connection.getresponse().status


def test_its_worker_sends_the_mails(desk: Desk) -> None:
    before = mails_to(desk, "agent@acme.example")

    assert ask_for_reset(desk) == 202

    wait_until(
        lambda: mails_to(desk, "agent@acme.example") == before + 1,
        seconds=20,
        on_timeout=desk.said,
    )


def test_another_worker_joins_a_running_desk(desk: Desk, launch: Launch) -> None:
    worker = launch(desk.folder.path, desk.port, "run_part", "worker")

    wait_until(lambda: "ready." in worker.said(), seconds=30, on_timeout=worker.said)
    worker.process.terminate()

    assert worker.process.wait(20) == 0


def test_part_without_a_desk_says_what_to_start(tmp_path: Path, launch: Launch) -> None:
    web = launch(tmp_path / "data", free_port(), "run_part", "web")

    assert web.process.wait(20) == 1
    assert "Start one there first (make run)" in web.said()


def test_ctrl_c_during_the_start_leaves_nothing_behind(tmp_path: Path, launch: Launch) -> None:
    desk = launch(tmp_path / "data", free_port())
    wait_until(lambda: "redis" in desk.said(), seconds=30, on_timeout=desk.said)
    socket_folder = Path(urlsplit(desk.folder.redis_url()).path).parent

    assert desk.interrupt() == 0

    assert processes_of(tmp_path) == []
    assert not socket_folder.exists()
    assert "Traceback" not in desk.said()


def count_people(desk: Desk) -> int:
    with contextlib.closing(sqlite3.connect(desk.folder.path / "tokdesk.sqlite3")) as database:
        return database.execute("SELECT count(*) FROM accounts_user").fetchone()[0]


def test_ctrl_c_stops_everything_and_the_next_start_keeps_the_data(
    desk: Desk, launch: Launch
) -> None:
    """Last in this file: it stops the desk that the others share, and starts it once more."""
    socket_folder = Path(urlsplit(desk.folder.redis_url()).path).parent
    people = count_people(desk)

    assert desk.interrupt() == 0

    assert processes_of(desk.folder.path) == []
    assert not socket_folder.exists()
    assert desk.said().rstrip().endswith("Stopped.")
    assert "Traceback" not in desk.said()
    again = launch(desk.folder.path, desk.port)
    wait_until(again.is_ready, seconds=60, on_timeout=again.said)
    assert re.search(r"tables +up to date", again.said())
    assert count_people(again) == people > 10
    assert again.interrupt() == 0
