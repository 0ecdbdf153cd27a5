"""Bad input over the real servers: each is answered in time by its documented problem."""

import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

from tokdesk.programs import HOST, answers_ok, daphne, gunicorn
from tokdesk.tests.servers import Account, free_port, running
from tokdesk.tests.waiting import wait_until

pytestmark = pytest.mark.service

ROOT = Path(__file__).resolve().parents[2]
SECRET = "only-for-the-tests-of-bad-input-over-real-servers-0123456789"
LOGIN = b"/api/v1/auth/login/"
ME = b"/api/v1/me/"
SESSIONS = b"/api/v1/me/sessions/"
CREDENTIALS = b'{"email": "nobody@acme.example", "password": "not the password"}'
MIB = 1024 * 1024

# A person to ask as, and an access token of theirs.
PREPARE = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from accounts.tests.factories import access_of, make_member
from companies.tests.factories import make_company
from tokdesk.common.roles import Role
print(access_of(make_member(make_company("acme"), Role.AGENT, "agent@acme.example")))
"""


@dataclass(frozen=True)
class Server:
    port: int
    token: bytes
    log: Callable[[], str]

    def ask(self, raw: bytes) -> "Answer":
        """Send bytes as they are; a server may stop reading before it has all of them."""
        with socket.create_connection((HOST, self.port), timeout=20) as connection:
            with suppress(OSError):
                connection.sendall(raw)
            method = raw.partition(b" ")[0].decode()
            response = http.client.HTTPResponse(connection, method=method)
            response.begin()
            return Answer(response.status, response.headers, response.read())


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Message
    body: bytes

    @property
    def outcome(self) -> tuple[int, str]:
        return self.status, json.loads(self.body)["code"]


@pytest.fixture(scope="module")
def data_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="tokdesk-bad-input-") as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def token(data_folder: Path) -> bytes:
    environment = {**os.environ, **variables("tokdesk.settings.dev", data_folder)}
    result = subprocess.run(
        [sys.executable, "-c", PREPARE], env=environment, capture_output=True, check=False
    )
    assert result.returncode == 0, result.stderr.decode()
    return result.stdout.split()[-1]


@pytest.fixture(scope="module", params=["daphne", "gunicorn"])
def server(request: Any, data_folder: Path, token: bytes) -> Iterator[Server]:
    start = {"daphne": daphne_for_development, "gunicorn": gunicorn_for_production}[request.param]
    with start(data_folder, free_port()) as (port, log):
        wait_until(lambda: answers_ok(port, "/healthz"), seconds=60, on_timeout=log)
        yield Server(port, token, log)


@contextmanager
def daphne_for_development(data: Path, port: int) -> Iterator[tuple[int, Callable[[], str]]]:
    settings = variables("tokdesk.settings.dev", data) | {"TOKDESK_RATE_LIMITS": "off"}
    with started("daphne", daphne(port), settings, data) as log:
        yield port, log


@contextmanager
def gunicorn_for_production(data: Path, port: int) -> Iterator[tuple[int, Callable[[], str]]]:
    settings = variables("tokdesk.settings.prod", data) | {
        "TOKDESK_ALLOWED_HOSTS": f"{HOST},localhost",
        "TOKDESK_BASE_URL": "https://desk.example",
        "EMAIL_URL": "consolemail://",
        "TOKDESK_TRUSTED_PROXIES": "1",
    }
    with started("gunicorn", gunicorn(port, "--workers", "1"), settings, data) as log:
        yield port, log


@contextmanager
def started(
    name: str, command: list[str], settings: dict[str, str], data: Path
) -> Iterator[Callable[[], str]]:
    folder = data / name
    folder.mkdir()
    words = [f"{key}={value}" for key, value in settings.items()]
    with running(["env", *words, *command], folder=folder, account=Account()) as log:
        yield log


def variables(settings: str, data: Path) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": settings,
        "PYTHONPATH": str(ROOT),
        "TOKDESK_DATA": str(data),
        "TOKDESK_SECRET_KEY": SECRET,
        "DATABASE_URL": f"sqlite:///{data / 'desk.sqlite3'}",
        "REDIS_URL": "",
    }


def request_of(
    method: bytes,
    path: bytes,
    *headers: bytes,
    body: bytes = b"",
    host: bytes = b"localhost",
) -> bytes:
    """A whole request; the length of the body stands in it unless a header tells another story."""
    lines = [b"%s %s HTTP/1.1" % (method, path), b"Host: " + host, b"Connection: close"]
    # Production answers plain HTTP by a redirect; nginx, which is not here, adds this.
    lines += [b"X-Forwarded-Proto: https", *headers]
    tells_length = any(b"Content-Length:" in line or b"Transfer-" in line for line in headers)
    if body and not tells_length:
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join([*lines, b"", b""]) + body


def post(body: bytes, *headers: bytes, path: bytes = LOGIN) -> bytes:
    return request_of(b"POST", path, b"Content-Type: application/json", *headers, body=body)


def post_chunked(body: bytes) -> bytes:
    """The same body without a length, in chunks of 64 KiB."""
    pieces = [body[start : start + 65536] for start in range(0, len(body), 65536)]
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    return post(chunks + b"0\r\n\r\n", b"Transfer-Encoding: chunked")


def get(path: bytes, *headers: bytes) -> bytes:
    return request_of(b"GET", path, *headers)


def with_field(name: str, value: bytes) -> bytes:
    fields = {"email": b'"a@b.example"', "password": b'"x"', name: value}
    return b"{" + b", ".join(b'"%s": %s' % (k.encode(), v) for k, v in fields.items()) + b"}"


LARGE = b'{"email": "' + b"a" * 3 * MIB + b'"}'

BAD = {
    "no JSON": (post(b"{"), 400, "malformed"),
    "no object": (post(b"[]"), 400, "malformed"),
    "no UTF-8": (post(b'{"email": "\xff"}'), 400, "malformed"),
    "a key twice": (post(b'{"email": 1, "email": 2}'), 400, "malformed"),
    "NaN": (post(with_field("password", b"NaN")), 400, "malformed"),
    "NUL in the body": (post(with_field("email", b'"a\\u0000"')), 400, "malformed"),
    "a lone surrogate": (post(with_field("email", b'"\\ud800"')), 400, "malformed"),
    "5,000 levels": (post(b'{"a":' * 5000 + b"1" + b"}" * 5000), 400, "malformed"),
    "a huge number": (post(with_field("password", b"9" * 5000)), 400, "malformed"),
    "an unknown field": (post(with_field("is_superuser", b"true")), 400, "unknown_field"),
    "a wrong type": (post(with_field("email", b"{}")), 400, "invalid"),
    "another media type": (
        request_of(b"POST", LOGIN, b"Content-Type: text/xml", body=b"<a/>"),
        415,
        "unsupported_media_type",
    ),
    "a media type in an unknown charset": (
        request_of(b"POST", LOGIN, b"Content-Type: text/plain; a*=nope''x", body=b"{}"),
        415,
        "unsupported_media_type",
    ),
    "3 MiB": (post(LARGE), 413, "too_large"),
    "3 MiB in chunks": (post_chunked(LARGE), 413, "too_large"),
    "only the length of 3 MiB": (post(b"", b"Content-Length: 3145728"), 413, "too_large"),
    "a length of 30 digits": (post(b"", b"Content-Length: " + b"9" * 30), 413, "too_large"),
    "a negative length": (post(b"{}", b"Content-Length: -2"), 400, "malformed"),
    "a length with a sign": (post(b"{}", b"Content-Length: +2"), 400, "malformed"),
    "two lengths": (
        post(b"{}", b"Content-Length: 2", b"Content-Length: 3"),
        400,
        "malformed",
    ),
    "a broken chunk": (
        post(b"zz\r\n{}\r\n0\r\n\r\n", b"Transfer-Encoding: chunked"),
        400,
        "malformed",
    ),
    "NUL in the query": (get(ME + b"?a=%00"), 400, "malformed"),
    "NUL in the path": (get(b"/api/v1/me%00/"), 400, "malformed"),
    "raw NUL in the path": (get(b"/api/v1/\x00me/"), 400, "malformed"),
    "NUL in a cookie": (get(ME, b'Cookie: sessionid="\\000"'), 400, "malformed"),
    "raw NUL in a cookie": (get(ME, b"Cookie: sessionid=\x00"), 400, "malformed"),
    "raw bytes in the query": (get(ME + b"?a=\xff"), 400, "malformed"),
    "a control character in a header": (get(ME, b"User-Agent: a\x0bb"), 400, "malformed"),
    "a foreign host": (request_of(b"GET", ME, host=b"evil.example"), 400, "bad_host"),
    "no host name": (request_of(b"GET", ME, host=b"a b<script>"), 400, "bad_host"),
    "an unknown path": (get(b"/api/v1/nothing/"), 404, "not_found"),
    "an unknown path with escapes": (get(b"/api/v1/%0d%0aINFO%20forged/"), 404, "not_found"),
    "no slash at the end": (post(CREDENTIALS, path=LOGIN[:-1]), 404, "not_found"),
    "the root without a slash": (get(b"/api"), 404, "not_found"),
    "an unknown method": (request_of(b"BREW", LOGIN), 405, "method_not_allowed"),
    "a method it never has": (get(LOGIN), 405, "method_not_allowed"),
    "no credential": (get(ME), 401, "not_authenticated"),
    "a credential of no kind": (get(ME, b"Authorization: Basic YTpi"), 401, "invalid_token"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_answered_by_its_problem(server: Server, name: str) -> None:
    raw, status, code = BAD[name]

    answer = server.ask(raw)

    problem = json.loads(answer.body)
    assert answer.outcome == (status, code)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Request-ID"] == problem["request_id"]
    assert problem["type"] == f"urn:tokdesk:problem:{code}"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        (b"limit=1000000000", "invalid"),
        (b"limit=" + b"9" * 3000, "invalid"),
        (b"ordering=password", "unknown_parameter"),
        (b"password__startswith=a", "unknown_parameter"),
        (b"offset=1000000000", "unknown_parameter"),
        (b"cursor=AAAA", "invalid_cursor"),
    ],
)
def test_a_list_cannot_be_asked_for_more_than_it_gives(
    server: Server, query: bytes, code: str
) -> None:
    answer = server.ask(get(SESSIONS + b"?" + query, b"Authorization: Bearer " + server.token))

    assert answer.outcome == (400, code)


def test_a_chunked_body_is_read_like_any_other(server: Server) -> None:
    plain = server.ask(post(CREDENTIALS))
    chunked = server.ask(post_chunked(CREDENTIALS))

    assert plain.outcome == chunked.outcome == (401, "invalid_credentials")


def test_an_answer_to_head_has_no_body(server: Server) -> None:
    answer = server.ask(request_of(b"HEAD", ME, b"Authorization: Bearer " + server.token))

    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["Content-Type"] == "application/json"
    assert int(answer.headers["Content-Length"]) > 0
    assert "no-body response" not in server.log()


def test_two_requests_share_a_connection_and_no_language(server: Server) -> None:
    arabic = get(b"/api/v1/nothing/", b"Accept-Language: ar")
    plain = get(b"/api/v1/nothing/")

    first, second, third = (json.loads(server.ask(raw).body) for raw in (plain, arabic, plain))

    assert first["detail"] == third["detail"]
    assert second["code"] == first["code"]


def test_nobody_writes_into_the_log_but_us(server: Server) -> None:
    server.ask(get(b"/api/v1/%0d%0aINFO%20forged/?token=SECRET"))
    server.ask(get(b"/api/v1/nothing/", b"User-Agent: a\tINFO forged", b"X-Request-ID: a b"))

    lines = server.log().splitlines()
    assert any("forged" in line for line in lines)
    assert not any(line.strip().startswith("INFO forged") for line in lines)
    ours = [line for line in lines if '"level"' in line]
    assert all(json.loads(line)["request_id"] for line in ours)
    assert not any("SECRET" in line for line in ours)


def test_the_contract_is_there_without_a_database_of_rows(server: Server) -> None:
    answer = server.ask(get(b"/api/schema/?format=json"))

    assert answer.status == 200
    assert json.loads(answer.body)["openapi"] == "3.1.0"
