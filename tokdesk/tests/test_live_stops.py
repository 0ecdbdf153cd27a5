"""However a server is told to stop, its sockets hear that they may come back."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection, connect

from bench.processes import ROOT, Process
from tokdesk import programs
from tokdesk.tests.servers import free_port
from tokdesk.tests.steps import base_environment
from tokdesk.tests.waiting import wait_until

pytestmark = pytest.mark.service
# They have five seconds for a hello, so no more are opened than a busy machine opens in that time.
SOCKETS = 8
SERVERS = {"daphne": programs.daphne, "live": programs.live}


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    made = {**base_environment(tmp_path), "DJANGO_SETTINGS_MODULE": "tokdesk.settings.dev"}
    migrate = [sys.executable, "manage.py", "migrate", "--no-input", "-v0"]
    subprocess.run(migrate, cwd=ROOT, env=made, check=True)
    return made


@pytest.fixture
def server(request, environment: dict[str, str], tmp_path: Path) -> Iterator[tuple[Process, int]]:
    port = free_port()
    made = Process("web", SERVERS[request.param](port), environment, tmp_path / "web.log")
    made.start()
    try:
        answers = partial(programs.answers_ok, port, "/healthz")
        wait_until(answers, seconds=60, on_timeout=made.tail)
        yield made, port
    finally:
        made.end()


@pytest.mark.parametrize(
    ("server", "number"),
    [
        ("daphne", signal.SIGTERM),
        ("daphne", signal.SIGINT),
        ("live", signal.SIGTERM),
        ("live", signal.SIGINT),
        ("live", signal.SIGHUP),
    ],
    indirect=["server"],
)
def test_sockets_that_wait_for_nothing_are_told(
    server: tuple[Process, int], number: signal.Signals
) -> None:
    web, port = server

    async def work() -> list[int | None]:
        url = f"ws://127.0.0.1:{port}/ws/v1/?word=never-logged"
        sockets = await asyncio.gather(*(connect(url) for _ in range(SOCKETS)))
        os.kill(web.pid, number)
        return await asyncio.gather(*(code_of(each) for each in sockets))

    assert asyncio.run(work()) == [4503] * SOCKETS
    assert "never-logged" not in web.log.read_text()


async def code_of(socket: ClientConnection) -> int | None:
    async with asyncio.timeout(20):
        await socket.wait_closed()
    return socket.close_code
