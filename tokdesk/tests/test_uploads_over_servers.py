"""Uploads over the real servers: only they know what a length, a chunk and a broken line are."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tokdesk.programs import HOST
from tokdesk.tests.test_bad_input import (  # noqa: F401 - two of them are fixtures
    Answer,
    Server,
    data_folder,
    request_of,
    server,
    variables,
)
from tokdesk.tests.waiting import wait_until

pytestmark = pytest.mark.service

MIB = 1024 * 1024
UPLOADS = b"/api/v1/attachments/"
CONVERSATIONS = b"/api/v1/conversations/"
LINE = b"----between"
PREPARE = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from conftest import make_world
from accounts.tests.factories import access_of
from conversations.tests.factories import make_conversation
acme = make_world("acme")
print(access_of(acme.customer), make_conversation(acme.customer, "Help").pk)
"""
FORM = b"Content-Type: multipart/form-data; boundary=" + LINE


def signed_in(server: Server) -> bytes:  # noqa: F811 - the fixture's value
    return b"Authorization: Bearer " + server.token


@pytest.fixture(scope="module")
def prepared(data_folder: Path) -> list[bytes]:  # noqa: F811
    """An access token, and the id of a conversation of that customer."""
    environment = {**os.environ, **variables("tokdesk.settings.dev", data_folder)}
    result = subprocess.run(
        [sys.executable, "-c", PREPARE], env=environment, capture_output=True, check=False
    )
    assert result.returncode == 0, result.stderr.decode()
    return result.stdout.split()[-2:]


@pytest.fixture(scope="module")
def token(prepared: list[bytes]) -> bytes:
    return prepared[0]


@pytest.fixture
def talk(prepared: list[bytes]) -> bytes:
    return prepared[1]


def form_of(talk: bytes, file: bytes) -> bytes:
    head = b'--%s\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
    named = head % (LINE, b"conversation", b"", talk)
    return named + head % (LINE, b"file", b'; filename="a.bin"', file) + b"--%s--\r\n" % LINE


def upload(server: Server, body: bytes, *headers: bytes) -> Answer:  # noqa: F811
    return server.ask(request_of(b"POST", UPLOADS, FORM, signed_in(server), *headers, body=body))


def chunked(body: bytes) -> bytes:
    pieces = [body[start : start + 65536] for start in range(0, len(body), 65536)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


@pytest.mark.parametrize("is_chunked", [False, True])
def test_a_file_comes_back_as_it_was_sent(
    server: Server,  # noqa: F811
    talk: bytes,
    is_chunked: bool,
) -> None:
    file = bytes(range(256)) * (3 * MIB // 256)
    form = form_of(talk, file)

    if is_chunked:
        made = upload(server, chunked(form), b"Transfer-Encoding: chunked")
    else:
        made = upload(server, form)
    assert made.status == 201, made.body
    path = UPLOADS + json.loads(made.body)["id"].encode() + b"/content/"
    answer = server.ask(request_of(b"GET", path, signed_in(server)))

    assert (answer.status, answer.body == file) == (200, True)
    assert answer.headers["Content-Length"] == str(len(file))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="a.bin"'
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers.get_all("X-Content-Type-Options") == ["nosniff"]
    assert answer.headers.get_all("Cache-Control") == ["private, max-age=300"]


def test_one_byte_too_many_is_413(server: Server, talk: bytes) -> None:  # noqa: F811
    form = form_of(talk, b"x" * (25 * MIB + 1))

    assert upload(server, form).outcome == (413, "too_large")


@pytest.mark.parametrize("headers", [[], [b"Transfer-Encoding: chunked"]])
def test_a_body_that_is_far_too_long_is_413(
    server: Server,  # noqa: F811
    talk: bytes,
    headers: list[bytes],
) -> None:
    form = form_of(talk, b"x" * (27 * MIB))

    answer = upload(server, chunked(form) if headers else form, *headers)

    assert answer.outcome == (413, "too_large")


def test_only_a_post_to_that_very_path_may_be_so_long(server: Server) -> None:  # noqa: F811
    for method, path in ((b"PUT", UPLOADS), (b"POST", UPLOADS + b"x/"), (b"POST", CONVERSATIONS)):
        body = b"x" * (2 * MIB)
        answer = server.ask(request_of(method, path, FORM, signed_in(server), body=body))

        assert answer.outcome == (413, "too_large")


def test_an_upload_whose_line_breaks_leaves_nothing(
    server: Server,  # noqa: F811
    talk: bytes,
    data_folder: Path,  # noqa: F811
) -> None:
    before = files_of(data_folder)
    raw = request_of(b"POST", UPLOADS, FORM, signed_in(server), body=form_of(talk, b"x" * MIB))

    with socket.create_connection((HOST, server.port), timeout=20) as connection:
        connection.sendall(raw[: len(raw) // 2])
        connection.shutdown(socket.SHUT_WR)
        wait_until(lambda: connection.recv(65536) == b"", seconds=20)

    assert upload(server, form_of(talk, b"good")).status == 201
    assert len(files_of(data_folder) - before) == 1


def files_of(folder: Path) -> set[Path]:
    return {path for path in (folder / "attachments").rglob("*") if path.is_file()}
