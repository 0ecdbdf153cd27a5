"""A18: a foreign page changes nothing with the cookie that the browser sends by itself."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.tests.browsers import Browser
from accounts.tests.factories import access_of
from companies.tests.factories import make_company
from conftest import World
from tokdesk.common.testing import ApiClient
from tokdesk.tests.answers import outcome
from tokdesk.tests.matrix import operations
from tokdesk.tests.rows import nothing_changes

pytestmark = pytest.mark.django_db

FAILED = (403, "csrf_failed")
WRITES = [
    ("POST", "auth/switch/", '{"company": "acme"}'),
    ("POST", "auth/logout/", "{}"),
    ("POST", "auth/password/change/", '{"current_password": "x", "password": "y"}'),
    ("PATCH", "me/", '{"name": "Forged"}'),
    ("PUT", "me/preferences/", '{"density": "compact"}'),
    ("PATCH", "company/", '{"name": "Forged"}'),
    ("DELETE", "me/sessions/{session}/", ""),
]


@pytest.mark.parametrize(("method", "path", "body"), WRITES)
def test_a_cookie_alone_writes_nothing(acme: World, method: str, path: str, body: str) -> None:
    browser = Browser(acme.admin)

    with nothing_changes():
        answer = browser.send(method, path.format(session=browser.session.id), body)

    assert outcome(answer) == FAILED


def test_a_page_does_nothing_in_the_name_of_whoever_signs_in_beside_it(
    acme: World, globex: World
) -> None:
    """Two tabs of one browser: what the first was made for is not what the cookie says now."""
    browser = Browser(acme.agent)
    own = {"X_TokDesk_Member": str(acme.agent.pk)}

    assert browser.send("GET", "me/", **own).status_code == 200
    for other in (acme.manager.pk, globex.agent.pk, "", "nonsense"):
        with nothing_changes():
            read = browser.send("GET", "me/", X_TokDesk_Member=str(other))
            written = browser.send_with_token(
                "PATCH", "me/", '{"name": "Lara"}', X_TokDesk_Member=str(other)
            )
        assert {outcome(read), outcome(written)} == {(401, "session_ended")}


@pytest.mark.parametrize(
    "headers",
    [
        {"X_CSRFToken": ""},
        {"X_CSRFToken": "x" * 32},
        {"X_CSRFToken": "x" * 64},
        {"X_CSRFToken": "short"},
        {"X_CSRFToken": "ü" * 32},
        {"X_Requested_With": "XMLHttpRequest"},
        {"Origin": "http://testserver"},
        {"Referer": "http://testserver/app/"},
    ],
)
def test_a_guessed_token_writes_nothing(acme: World, headers: dict[str, str]) -> None:
    browser = Browser(acme.admin)

    with nothing_changes():
        answer = browser.send("PATCH", "me/", '{"name": "Forged"}', **headers)

    assert outcome(answer) == FAILED


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "http://testserver.evil.example", "http://testserver:81"],
)
def test_a_foreign_origin_writes_nothing_even_with_the_token(acme: World, origin: str) -> None:
    browser = Browser(acme.admin)

    with nothing_changes():
        answer = browser.send_with_token("PATCH", "me/", '{"name": "Forged"}', Origin=origin)

    assert outcome(answer) == FAILED


def test_a_token_in_the_body_or_the_address_is_none(acme: World) -> None:
    browser = Browser(acme.admin)
    body = f'{{"name": "Forged", "csrfmiddlewaretoken": "{browser.csrf_token}"}}'

    with nothing_changes():
        in_body = browser.send("PATCH", "me/", body)
        in_query = browser.send("PATCH", f"me/?csrfmiddlewaretoken={browser.csrf_token}", "{}")

    assert [outcome(in_body), outcome(in_query)] == [FAILED] * 2


def test_a_token_without_its_cookie_is_none(acme: World) -> None:
    browser = Browser(acme.admin)
    del browser.client.cookies["csrftoken"]

    with nothing_changes():
        answer = browser.send_with_token("PATCH", "me/", '{"name": "Forged"}')

    assert outcome(answer) == FAILED


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"]
)
def test_a_plain_form_of_a_foreign_page_writes_nothing(acme: World, kind: str) -> None:
    """These three need no preflight, so any page can send them."""
    browser = Browser(acme.admin)

    with nothing_changes():
        answer = browser.client.generic("POST", "/api/v1/auth/logout/", "{}", content_type=kind)

    assert outcome(answer) == FAILED


def test_our_own_page_writes(acme: World) -> None:
    browser = Browser(acme.admin)

    renamed = browser.send_with_token("PATCH", "me/", '{"name": "Nour"}')
    left = browser.send_with_token("POST", "auth/logout/")

    assert (renamed.status_code, renamed.json()["user"]["name"]) == (200, "Nour")
    assert outcome(left) == (204, "")
    assert outcome(browser.send("GET", "me/")) == (401, "session_ended")


def test_reading_needs_no_token(acme: World) -> None:
    browser = Browser(acme.admin)

    assert [browser.send(method, "me/", "").status_code for method in ("GET", "HEAD")] == [200, 200]


def test_platform_staff_approve_by_cookie_only_with_the_token(staff: User) -> None:
    company = make_company("acme", "pending")
    browser = Browser(staff)
    path = f"companies/{company.id}/approve/"

    with nothing_changes():
        assert outcome(browser.send("POST", path)) == FAILED

    assert browser.send_with_token("POST", path).json()["status"] == "active"


def test_a_bearer_token_needs_no_csrf_token_even_beside_a_cookie(acme: World) -> None:
    browser = Browser(acme.admin)

    answer = browser.send(
        "PATCH", "me/", '{"name": "Lara"}', Authorization=f"Bearer {access_of(acme.agent)}"
    )

    assert (answer.status_code, answer.json()["user"]["email"]) == (200, "agent@acme.example")


def test_a_public_form_does_not_act_as_the_cookie(acme: World) -> None:
    """Without the token the cookie is as if it were not there."""
    browser = Browser(acme.admin)

    answer = browser.send("POST", "auth/password/forgot/", '{"email": "agent@acme.example"}')

    assert outcome(answer) == (202, "")


def test_the_session_cookie_of_a_stranger_is_nobody(acme: World) -> None:
    stranger = Client(raise_request_exception=False)
    stranger.cookies["sessionid"] = "x" * 32

    assert outcome(stranger.get("/api/v1/me/")) == (401, "not_authenticated")


@pytest.mark.parametrize(
    "override", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"]
)
def test_no_header_turns_reading_into_writing(acme: World, override: str) -> None:
    client = ApiClient(access_of(acme.admin))

    with nothing_changes():
        client.get("me/sessions/", **{override: "DELETE"})
        client.post("me/", {"name": "Forged"}, **{override: "PATCH"})


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("who", ["admin", "customer", "staff"])
def test_safe_methods_change_nothing_on_any_route(
    acme: World, staff: User, method: str, who: str
) -> None:
    """Reading and asking, as three principals, on every route there is."""
    client: Any = ApiClient(access_of(staff if who == "staff" else getattr(acme, who)))
    paths = {
        reverse(each.name, kwargs=dict.fromkeys(each.parameters, str(acme.company.pk)))
        for each in operations()
    }
    assert len(paths) > 20

    with nothing_changes():
        for path in sorted(paths):
            client.send(method, f"{path}?body=1")
            client.send(method, path)
