"""What the two outermost layers do to every request, whatever view it asks for."""

from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.utils import translation

from tokdesk.common.http import client_ip
from tokdesk.common.tests.small_api import RaiseView

API_ERRORS = [
    ("GET", "/api/v1/nothing/", 404, "not_found"),
    ("GET", "/api/v1/echo", 404, "not_found"),
    ("GET", "/api", 404, "not_found"),
    ("GET", "/api/v1/counters/5/", 404, "not_found"),
    ("GET", "/api/v1/counters/{00000000-0000-7000-8000-00000000000a}/", 404, "not_found"),
    ("GET", "/api/v1/echo/", 405, "method_not_allowed"),
    ("POST", "/api/v1/plain/", 405, "method_not_allowed"),
    ("BREW", "/api/v1/echo/", 405, "method_not_allowed"),
    ("TRACE", "/api/v1/echo/", 405, "method_not_allowed"),
    ("GET", "/api/v1/echo/%00", 400, "malformed"),
    ("GET", "/api/v1/counters/?q=a%00b", 400, "malformed"),
]


@pytest.mark.parametrize(("method", "path", "status", "code"), API_ERRORS)
def test_whatever_django_refuses_under_api_is_a_problem(
    api: Any, method: str, path: str, status: int, code: str
) -> None:
    response = api().send(method, path)

    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response["Content-Type"] == "application/problem+json"
    assert response["Cache-Control"] == "no-store"
    assert response.json()["request_id"] == response["X-Request-ID"]


@pytest.mark.parametrize("path", ["/api/v1/echo/", "/api/v1/plain/"])
def test_a_refused_method_says_which_are_allowed(api: Any, path: str) -> None:
    response = api().send("DELETE", path)

    assert response.status_code == 405
    assert {"POST", "GET"} & set(response["Allow"].split(", "))


def test_options_needs_no_credential_and_names_the_methods(api: Any) -> None:
    response = api().send("OPTIONS", "/api/v1/counters/")

    assert response.status_code == 204
    assert response["Allow"] == "GET, POST, HEAD, OPTIONS"


def test_a_method_that_never_is_there_is_refused_before_the_credential(api: Any) -> None:
    assert api("dead").send("PUT", "/api/v1/counters/").status_code == 405
    assert api("dead").get("counters/").status_code == 401


@pytest.mark.parametrize("host", ["evil.example", "a b", "testserver:x", "[::1"])
def test_a_foreign_host_is_refused(api: Any, host: str) -> None:
    response = api().get("counters/", HOST=host)

    assert (response.status_code, response.json()["code"]) == (400, "bad_host")


def test_a_foreign_host_outside_of_the_api_keeps_djangos_answer(api: Any) -> None:
    response = api().get("/page/", HOST="evil.example")

    assert response.status_code == 400
    assert response["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(
    ("length", "status", "code"),
    [
        ("1048577", 413, "too_large"),
        ("9" * 5000, 413, "too_large"),
        ("-1", 400, "malformed"),
        ("+1", 400, "malformed"),
        ("1_0", 400, "malformed"),
        ("x", 400, "malformed"),
        ("2,2", 400, "malformed"),
        ("٣", 400, "malformed"),
    ],
)
def test_only_a_believable_length_is_read(api: Any, length: str, status: int, code: str) -> None:
    client = Client()

    response = client.generic(
        "POST", "/api/v1/echo/", b"{}", "application/json", CONTENT_LENGTH=length
    )

    assert (response.status_code, response.json()["code"]) == (status, code)


def test_a_body_of_exactly_the_limit_is_read(api: Any) -> None:
    body = b'{"text":"a"}' + b" " * (1024 * 1024 - 12)

    response = Client().generic("POST", "/api/v1/echo/", body, "application/json")

    assert response.status_code == 200


def test_too_large_outside_of_the_api_is_no_problem_document(api: Any) -> None:
    response = Client().generic("POST", "/page/", b"", CONTENT_LENGTH="1048577")

    assert (response.status_code, response["Content-Type"]) == (413, "text/plain")


@pytest.mark.parametrize("cookie", ['a="x\\000y"', "a=\x00"])
def test_a_cookie_that_hides_nul_is_refused(api: Any, cookie: str) -> None:
    response = api().get("counters/", Cookie=cookie)

    assert (response.status_code, response.json()["code"]) == (400, "malformed")


@pytest.mark.parametrize("accept", ["text/html", "image/png", "nonsense", "", "a/b;q=x", "*/*"])
def test_any_accept_gets_json(api: Any, accept: str) -> None:
    fine = api().post("echo/", {}, Accept=accept)
    refused = api().get("counters/", Accept=accept)

    assert (fine.status_code, fine["Content-Type"]) == (200, "application/json")
    assert refused["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("media_type", ["text/plain", "multipart/form-data; boundary=x", "x"])
def test_any_body_that_is_not_json_is_another_media_type(api: Any, media_type: str) -> None:
    response = Client().generic("POST", "/api/v1/echo/", b"{}", media_type)

    assert (response.status_code, response.json()["code"]) == (415, "unsupported_media_type")


def test_a_crash_under_api_is_a_problem_and_is_logged_once(
    api: Any, caplog: pytest.LogCaptureFixture
) -> None:
    RaiseView.error = staticmethod(lambda: RuntimeError("secret"))

    response = api().get("raise/")

    assert (response.status_code, response.json()["code"]) == (500, "server_error")
    assert sum(record.levelname == "ERROR" for record in caplog.records) == 1


def test_a_cookie_without_csrf_token_is_refused_as_such(api: Any) -> None:
    response = Client(enforce_csrf_checks=True, headers={"Authorization": "Bearer cookie"}).post(
        "/api/v1/counters/", {}, "application/json"
    )

    assert (response.status_code, response.json()["code"]) == (403, "csrf_failed")


def test_djangos_own_csrf_check_is_a_problem_under_api_and_a_page_elsewhere(api: Any) -> None:
    client = Client(enforce_csrf_checks=True)

    inside = client.post("/api/v1/plain/")
    outside = client.post("/page/")

    assert (inside.status_code, inside.json()["code"]) == (403, "csrf_failed")
    assert (outside.status_code, outside["Content-Type"]) == (403, "text/html; charset=utf-8")


def test_a_harmless_request_id_is_taken_and_given_back(api: Any) -> None:
    assert api().get("counters/", X_Request_ID="Ab.9_-")["X-Request-ID"] == "Ab.9_-"


@pytest.mark.parametrize("offered", ["", "a b", "a\nb", "x" * 65, "é", "<script>"])
def test_any_other_request_id_is_replaced(api: Any, offered: str) -> None:
    given = api().get("/page/", X_Request_ID=offered)["X-Request-ID"]

    assert given != offered
    assert len(given) == 32


def test_the_language_of_a_request_does_not_stay_behind(api: Any) -> None:
    translation.activate("en")

    api().get("counters/", Accept_Language="ar")

    assert translation.get_language() == "en"


def test_answers_are_not_stored_by_anybody_in_between(api: Any) -> None:
    assert api("agent").get("scope/")["Cache-Control"] == "no-store"
    assert "Cache-Control" not in api().get("/page/")


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "address"),
    [
        (0, "10.0.0.1", "1.1.1.1", "10.0.0.1"),
        (1, "10.0.0.1", "6.6.6.6, 1.1.1.1", "1.1.1.1"),
        (2, "10.0.0.1", "6.6.6.6, 1.1.1.1, 10.0.0.2", "1.1.1.1"),
        (2, "10.0.0.1", "1.1.1.1", "10.0.0.1"),
        (1, "10.0.0.1", "", "10.0.0.1"),
        (1, "10.0.0.1", "nonsense", "10.0.0.1"),
        (1, "", "1.1.1.1", "1.1.1.1"),
        (0, "", "", None),
        (1, "", "<script>", None),
        (0, "::ffff:1.2.3.4", "", "1.2.3.4"),
        (1, "", "2001:DB8::1", "2001:db8::1"),
        (1, "", "fe80::1%eth0", None),
    ],
)
def test_only_our_own_proxies_are_believed(
    settings: Any, proxies: int, peer: str, forwarded: str, address: str | None
) -> None:
    settings.TRUSTED_PROXIES = proxies

    request = RequestFactory().get("/", REMOTE_ADDR=peer, headers={"X-Forwarded-For": forwarded})

    assert client_ip(request) == address
