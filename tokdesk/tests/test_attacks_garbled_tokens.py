"""A11: garbled tokens and headers are refused in one way, and none of them makes a crash."""

import base64

import pytest

from accounts.tests.factories import access_of
from conftest import World
from tokdesk.common.testing import ApiClient
from tokdesk.tests.answers import outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = pytest.mark.django_db

INVALID = (401, "invalid_token")

DEEP = base64.urlsafe_b64encode(b'{"alg":"HS256","x":' + b"[" * 3000 + b"]" * 3000 + b"}").decode()
GARBAGE = [
    "",
    " ",
    ".",
    "..",
    "...",
    "a.b.c",
    "x" * 4000,
    "null",
    "undefined",
    "eyJhbGciOiJIUzI1NiJ9",
    "eyJhbGciOiJIUzI1NiJ9..",
    "W10.W10.W10",
    "IiI.IiI.IiI",
    "bnVsbA.bnVsbA.bnVsbA",
    "ÿþ.ÿþ.ÿþ",
    f"{DEEP.rstrip('=')}.e30.eA",
    f"eyJhbGciOiJIUzI1NiJ9.{DEEP.rstrip('=')}.eA",
]


@pytest.mark.parametrize("token", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_is_no_token_and_no_crash(acme: World, token: str) -> None:
    with nothing_changes():
        answer = ApiClient(token).get("me/")

    assert outcome(answer) == INVALID


@pytest.mark.parametrize(
    "header",
    [
        "{token}",
        "Bearer",
        "Bearer {token}, Bearer {token}",
        "Bearer {token} {token}",
        "Bearer Bearer {token}",
        "Basic {token}",
        "Token {token}",
        "JWT {token}",
        "Api-Key {token}",
        "Bearer\t{token}",
        "",
    ],
)
def test_any_other_header_is_refused_and_not_passed_over(acme: World, header: str) -> None:
    token = access_of(acme.agent)

    answer = ApiClient(Authorization=header.format(token=token)).get("me/")

    assert outcome(answer) == INVALID
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_is_known_in_any_case(acme: World, scheme: str) -> None:
    client = ApiClient(Authorization=f"{scheme} {access_of(acme.agent)}")

    assert client.get("me/").status_code == 200


@pytest.mark.parametrize("query", ["access", "token", "access_token", "jwt", "Authorization"])
def test_a_token_in_the_address_opens_nothing(acme: World, query: str) -> None:
    answer = ApiClient().get(f"me/?{query}={access_of(acme.agent)}")

    assert outcome(answer) == (401, "not_authenticated")


@pytest.mark.parametrize("token", [t for t in GARBAGE if 0 < len(t.strip()) <= 2000])
def test_garbage_refreshes_nothing(acme: World, token: str) -> None:
    with nothing_changes():
        answer = ApiClient().post("auth/refresh/", {"refresh": token})

    assert outcome(answer) == INVALID


def test_a_deep_header_in_a_refresh_token_is_no_crash(acme: World) -> None:
    text = base64.urlsafe_b64encode(b'{"alg":"HS256","x":' + b"[" * 1300).decode().rstrip("=")

    answer = ApiClient().post("auth/refresh/", {"refresh": f"{text}.e30.eA"})

    assert outcome(answer) == INVALID
