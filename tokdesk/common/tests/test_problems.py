"""Every error is a problem document with a stable code."""

import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import (
    ObjectDoesNotExist,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
)
from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.utils import translation
from django.utils.translation import get_language
from rest_framework import exceptions

from tokdesk.common import errors
from tokdesk.common.api.problem_codes import PROBLEMS
from tokdesk.common.api.problems import BY_STATUS, problem_of
from tokdesk.common.tests.small_api import RaiseView

ROOT = Path(__file__).resolve().parents[3]


def raised(api: Any, error: BaseException) -> Any:
    RaiseView.error = staticmethod(lambda: error)
    return api().get("raise/")


def outage(module_error: type[Exception], text: str) -> OperationalError:
    error = OperationalError(text)
    error.__cause__ = module_error(text)
    return error


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (errors.Invalid(), 400, "invalid"),
        (errors.Unauthenticated(), 401, "not_authenticated"),
        (errors.Unauthenticated("token_reused"), 401, "token_reused"),
        (errors.Denied(), 403, "permission_denied"),
        (errors.NotFound(), 404, "not_found"),
        (errors.Conflict("slug_taken"), 409, "slug_taken"),
        (errors.Gone(), 410, "gone"),
        (errors.RateLimited(30), 429, "rate_limited"),
        (errors.Unavailable(), 503, "unavailable"),
        (exceptions.ParseError(), 400, "malformed"),
        (exceptions.NotAuthenticated(), 401, "not_authenticated"),
        (exceptions.AuthenticationFailed(), 401, "not_authenticated"),
        (exceptions.PermissionDenied(), 403, "permission_denied"),
        (exceptions.NotFound(), 404, "not_found"),
        (exceptions.MethodNotAllowed("GET"), 405, "method_not_allowed"),
        (exceptions.UnsupportedMediaType("text/plain"), 415, "unsupported_media_type"),
        (exceptions.Throttled(5), 429, "rate_limited"),
        (Http404(), 404, "not_found"),
        (PermissionDenied(), 403, "permission_denied"),
        (SuspiciousOperation(), 400, "malformed"),
        (TooManyFieldsSent(), 400, "malformed"),
        (RequestDataTooBig(), 413, "too_large"),
        (InterfaceError(), 503, "unavailable"),
        (OperationalError("the connection is closed"), 503, "unavailable"),
    ],
)
@pytest.mark.django_db
def test_each_error_has_its_status_and_code(
    api: Any, error: Exception, status: int, code: str
) -> None:
    response = raised(api, error)

    problem = response.json()
    assert (response.status_code, problem["status"], problem["code"]) == (status, status, code)
    assert response["Content-Type"] == "application/problem+json"
    assert problem["type"] == f"urn:tokdesk:problem:{code}"
    assert problem["request_id"] == response["X-Request-ID"]
    assert problem["title"]
    assert problem["detail"]
    assert "errors" not in problem


@pytest.mark.parametrize("error", [RuntimeError("secret"), ObjectDoesNotExist(), ValueError()])
@pytest.mark.django_db
def test_a_mistake_of_ours_is_a_crash_without_its_words(
    api: Any, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    response = raised(api, error)

    assert response.status_code == 500
    assert response.json()["code"] == "server_error"
    assert b"secret" not in response.content
    assert [record.name for record in caplog.records].count("django.request") == 1


def test_sqlite_tells_an_outage_from_a_missing_table() -> None:
    busy = problem_of(outage(sqlite3.OperationalError, "database is locked"))
    missing = problem_of(outage(sqlite3.OperationalError, "no such table: x"))

    assert busy is not None
    assert busy.status == 503
    assert missing is None


@pytest.mark.django_db
def test_every_401_says_how_to_sign_in(api: Any) -> None:
    response = raised(api, errors.Unauthenticated())

    assert response["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (errors.RateLimited(30), "30"),
        (errors.Unavailable(), "1"),
        (OperationalError(), "1"),
        (exceptions.Throttled(4.2), "6"),
    ],
)
@pytest.mark.django_db
def test_what_passes_says_when_to_come_back(api: Any, error: Exception, seconds: str) -> None:
    assert raised(api, error)["Retry-After"] == seconds


@pytest.mark.django_db
def test_facts_of_an_error_stand_in_the_problem_and_replace_nothing(api: Any) -> None:
    error = errors.Conflict("stale_version", extra={"current": 4, "status": "x", "code": "y"})

    problem = raised(api, error).json()

    assert (problem["current"], problem["status"], problem["code"]) == (4, 409, "stale_version")


@pytest.mark.django_db
def test_unknown_and_invisible_are_equal_but_for_the_request_id(api: Any) -> None:
    headers = {"X_Request_ID": "same"}

    unknown = api().get("no-such-route/", **headers)
    RaiseView.error = staticmethod(lambda: Http404("No Counter matches the given query."))
    missing = api().get("raise/", **headers)

    assert unknown.content == missing.content


@pytest.mark.django_db
def test_problems_speak_the_language_of_the_request_and_codes_do_not(
    api: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(translation._trans, "gettext", lambda text: get_language() + text)

    english = raised(api, errors.NotFound()).json()
    arabic = api(None, **{"Accept-Language": "ar"}).get("raise/").json()

    assert english["detail"] == "enThere is nothing here."
    assert arabic["detail"] == "arThere is nothing here."
    assert arabic["code"] == english["code"] == "not_found"


@pytest.mark.parametrize(
    ("body", "code", "errors_"),
    [
        ({"text": "123456"}, "invalid", {"text": ["max_length"]}),
        ({"text": ""}, "invalid", {"text": ["blank"]}),
        ({"text": None}, "invalid", {"text": ["null"]}),
        ({"text": 5}, "invalid", {"text": ["invalid"]}),
        ({"text": "a\x07"}, "invalid", {"text": ["invalid"]}),
        ({"number": "5"}, "invalid", {"number": ["invalid"]}),
        ({"number": 5.0}, "invalid", {"number": ["invalid"]}),
        ({"number": True}, "invalid", {"number": ["invalid"]}),
        ({"number": 2**40}, "invalid", {"number": ["max_value"]}),
        ({"switch": "true"}, "invalid", {"switch": ["invalid"]}),
        ({"switch": 1}, "invalid", {"switch": ["invalid"]}),
        ({"ref": "{00000000-0000-7000-8000-00000000000a}"}, "invalid", {"ref": ["invalid"]}),
        ({"ref": 5}, "invalid", {"ref": ["invalid"]}),
        (
            {"counter": "00000000-0000-7000-8000-00000000000a"},
            "invalid",
            {"counter": ["does_not_exist"]},
        ),
        (
            {"admin": {"email": "x", "name": "Zoë Zoë"}},
            "invalid",
            {"admin.email": ["invalid"], "admin.name": ["max_length"]},
        ),
        ({"admin": {}}, "invalid", {"admin.name": ["required"], "admin.email": ["required"]}),
        ({"admin": []}, "invalid", {"admin.non_field_errors": ["invalid"]}),
        (
            {"people": [{"name": "A", "email": "a@b.example"}, {"name": "B"}]},
            "invalid",
            {"people.1.email": ["required"]},
        ),
        ({"names": ["a", 5]}, "invalid", {"names.1": ["invalid"]}),
        ({"company": "x"}, "unknown_field", {"company": ["unknown_field"]}),
        (
            {"admin": {"is_superuser": True, "name": "A", "email": "a@b.example"}, "text": ""},
            "unknown_field",
            {"admin.is_superuser": ["unknown_field"], "text": ["blank"]},
        ),
    ],
)
@pytest.mark.django_db
def test_each_wrong_field_is_named_with_its_fault(
    api: Any, body: dict[str, Any], code: str, errors_: dict[str, list[str]]
) -> None:
    response = api().post("echo/", body)

    problem = response.json()
    faults = {name: [fault["code"] for fault in list_] for name, list_ in problem["errors"].items()}
    assert (response.status_code, problem["code"], faults) == (400, code, errors_)
    assert all(fault["detail"] for list_ in problem["errors"].values() for fault in list_)


@pytest.mark.django_db
def test_a_thousand_wrong_fields_do_not_make_a_large_answer(api: Any) -> None:
    response = api().post("echo/", {f"{n}{'x' * 900}": 1 for n in range(1000)})

    assert response.json()["code"] == "unknown_field"
    assert len(response.content) < 20_000


def test_text_is_normalised_and_trimmed_before_it_is_counted(api: Any) -> None:
    response = api().post("echo/", {"text": "\u2003e\u0301\r\nb\t.  "})

    assert response.json() == {"text": "é\nb\t."}


def test_an_undashed_id_is_the_same_id(api: Any) -> None:
    response = api().post("echo/", {"ref": "0000000000007000800000000000000A"})

    assert response.json()["ref"] == "00000000-0000-7000-8000-00000000000a"


def test_every_code_in_the_source_is_documented() -> None:
    pattern = re.compile(
        r"""(?:default_code(?::\sstr)?\s=\s|(?:Invalid|Unauthenticated|Denied|NotFound|Conflict"""
        r"""|Gone|InProgress)\(\s*)["']([a-z_]+)["']"""
    )
    sources = [path for path in ROOT.glob("[a-z]*/**/*.py") if "tests" not in path.parts]
    used = {code for path in sources for code in pattern.findall(path.read_text(encoding="utf-8"))}

    assert {"not_found", "idempotency_in_progress", "csrf_failed"} <= used
    assert used - PROBLEMS.keys() == set()
    assert {code for code, _detail in BY_STATUS.values()} <= PROBLEMS.keys()
