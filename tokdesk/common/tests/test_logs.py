"""What reaches the log: no secrets, no forged lines, always the request's id."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from pythonjsonlogger.json import JsonFormatter

from tokdesk.common.http import request_id_set
from tokdesk.common.logs import RequestIdFilter, SecretsFilter

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"


class Log:
    def __init__(self, formatter: logging.Formatter) -> None:
        self.stream = io.StringIO()
        handler = logging.StreamHandler(self.stream)
        handler.setFormatter(formatter)
        handler.addFilter(RequestIdFilter())
        handler.addFilter(SecretsFilter())
        self.logger = logging.Logger("desk")
        self.logger.addHandler(handler)

    @property
    def text(self) -> str:
        return self.stream.getvalue()


@pytest.fixture
def log() -> Log:
    return Log(JsonFormatter("%(levelname)s %(message)s %(request_id)s"))


@pytest.fixture
def plain_log() -> Log:
    return Log(logging.Formatter("%(message)s [%(request_id)s]"))


@pytest.mark.parametrize(
    "message",
    [
        "Authorization: Bearer SECRET",
        "authorization: bearer SECRET",
        "Authorization: Api-Key SECRET",
        "password=SECRET",
        "password = SECRET",
        '{"password": "SECRET", "name": "x"}',
        "{'password': 'SECRET'}",
        '{"current_password":"SECRET\\" SECRET"}',
        "https://desk.example/reset?token=SECRET&x=1",
        "refresh: SECRET",
        "TOKDESK_SECRET_KEY=SECRET",
        "api_key=SECRET",
        "Cookie: SECRET",
        "sessionid=SECRET;",
        "redis://user:SECRET@host:1/0",
        "postgres://:SECRET@host/db",
    ],
)
def test_secrets_are_hidden_in_messages_and_arguments(log: Log, message: str) -> None:
    log.logger.info(message)
    log.logger.info("got %s for %d", message, 5)
    log.logger.info("extra", extra={"header": message, "list": [message]})

    assert "SECRET" not in log.text.replace("TOKDESK_SECRET_KEY", "")
    assert log.text.count("[hidden]") >= 3


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("GET /members/?q=a@b.example&page=2", "GET /members/?q=[hidden]&page=2"),
        ("GET /members/?q=half@way", "GET /members/?q=[hidden]"),
        ("GET /members/?q=@b.example", "GET /members/?q=[hidden]"),
        ("GET /invitations/?email=a%40b.example", "GET /invitations/?email=[hidden]"),
        ("GET '/x/?q=o'neil+desk@b.example'", "GET '/x/?q=[hidden]'"),
        ("Not Found: /people/a@b.example/", "Not Found: /people/[hidden]/"),
        ("Not Found: /people/a%40b/", "Not Found: /people/[hidden]/"),
        ("<GET '/x/?a@b'>", "<GET '/x/?[hidden]'>"),
        ("mail for <a@b.example>: refused", "mail for <[hidden]>: refused"),
        ('{"email": "a@b.example"}', '{"email": "[hidden]"}'),
    ],
)
def test_no_address_is_logged(plain_log: Log, message: str, shown: str) -> None:
    plain_log.logger.info("%s", message)

    assert plain_log.text == f"{shown} [-]\n"


@pytest.mark.parametrize(
    "message",
    ["celery@worker ready.", "  @transactional", "a @ b", "redis://u:[hidden]@cache.example:1/0"],
)
def test_what_is_no_address_stays(plain_log: Log, message: str) -> None:
    plain_log.logger.info("%s", message)

    assert plain_log.text == f"{message} [-]\n"


def test_a_secret_fact_is_hidden_by_its_name(log: Log) -> None:
    log.logger.info("extra", extra={"facts": {"new_password": "hunter2", "tries": [1, None]}})

    assert json.loads(log.text)["facts"] == {"new_password": "[hidden]", "tries": [1, None]}


def test_anything_that_looks_like_a_jwt_is_hidden(log: Log) -> None:
    log.logger.info("odd value %r", JWT)

    assert "eyJ" not in log.text


def test_a_secret_in_a_traceback_is_hidden(log: Log, plain_log: Log) -> None:
    for one in (log, plain_log):
        try:
            raise RuntimeError("password=SECRET")
        except RuntimeError:
            one.logger.exception("failed")

        assert "SECRET" not in one.text
        assert "RuntimeError" in one.text


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x0b", "\x85", "\u2028", "\x1b[2K"])
def test_no_value_forges_another_line(plain_log: Log, end: str) -> None:
    plain_log.logger.warning("agent %s", f"Mozilla{end}INFO all is well")

    assert len(plain_log.text.splitlines()) == 1
    assert end not in plain_log.text.rstrip("\n")


def test_a_line_in_an_exception_does_not_pass_for_a_record(plain_log: Log) -> None:
    try:
        raise RuntimeError("x\nINFO all is well")
    except RuntimeError:
        plain_log.logger.exception("failed")

    first, *rest = plain_log.text.splitlines()
    assert first == "failed [-]"
    assert all(line.startswith("    ") for line in rest)


def test_each_line_carries_the_id_of_its_request(log: Log) -> None:
    with request_id_set("abc"):
        log.logger.info("inside")
    log.logger.info("outside")

    assert [json.loads(line)["request_id"] for line in log.text.splitlines()] == ["abc", "-"]


def test_plain_facts_stay_what_they_are(log: Log) -> None:
    log.logger.info("took %.1f", 1.5, extra={"attempt": 3, "ok": True, "left": None})

    line = json.loads(log.text)
    assert (line["message"], line["attempt"], line["ok"], line["left"]) == (
        "took 1.5",
        3,
        True,
        None,
    )


def test_a_message_with_wrong_arguments_loses_no_request(log: Log) -> None:
    log.logger.info("%d left", "none")

    assert json.loads(log.text)["message"] == "%d left"


def test_a_very_long_line_costs_no_more_than_its_length(log: Log) -> None:
    log.logger.info("token" * 20_000 + '"' * 20_000 + "eyJ." * 10_000 + "a'" * 20_000)

    assert log.text


@pytest.fixture
def desk_log() -> Iterator[io.StringIO]:
    """The handler that the settings configure, writing to us."""
    handler: Any = logging.getLogger().handlers[0]
    stream, before = io.StringIO(), handler.stream
    handler.setStream(stream)
    yield stream
    handler.setStream(before)


def test_a_refused_request_is_logged_with_its_id_and_without_its_secrets(
    api: Any, desk_log: io.StringIO
) -> None:
    api().get("nothing/?token=SECRET", X_Request_ID="abc", User_Agent="x\r\nforged")

    lines = [json.loads(line) for line in desk_log.getvalue().splitlines()]
    assert [line["request_id"] for line in lines] == ["abc"]
    assert "SECRET" not in desk_log.getvalue()


def test_a_refused_request_is_logged_without_the_address_it_asked_for(
    api: Any, desk_log: io.StringIO
) -> None:
    for query in ("q=a@b.example", "q=a%40b.example"):
        api().get(f"nothing/?{query}")

    lines = [json.loads(line) for line in desk_log.getvalue().splitlines()]
    assert [line["request"].partition("?")[2] for line in lines] == ["q=[hidden]'>"] * 2
