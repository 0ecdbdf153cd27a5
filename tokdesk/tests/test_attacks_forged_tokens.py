"""A11: nothing but a living token of ours opens anything, and no forgery makes a crash."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
import time_machine
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings

from accounts.jwt import make_pair
from accounts.models import Session, User
from accounts.tests.factories import sign_in_as
from conftest import World
from tokdesk.common.ids import new_id
from tokdesk.common.testing import ApiClient
from tokdesk.tests.answers import outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = pytest.mark.django_db

KEY = settings.SIMPLE_JWT["SIGNING_KEY"]
INVALID = (401, "invalid_token")
ENDED = (401, "session_ended")


@pytest.fixture
def session(acme: World) -> Session:
    return sign_in_as(acme.agent)


@pytest.fixture
def claims(session: Session) -> dict[str, Any]:
    """What a good access token of this session says."""
    found: dict[str, Any] = jwt.decode(
        make_pair(session).access, options={"verify_signature": False}
    )
    return found


def signed(claims: dict[str, Any], key: Any = KEY, algorithm: str = "HS256", **header: Any) -> str:
    return jwt.encode(claims, key, algorithm=algorithm, headers=header or None)


def raw(header: Any, payload: Any, signature: bytes = b"", *, key: bytes = b"") -> str:
    """Put together by hand, since the library refuses to make what a forger would."""
    parts = [_encoded(json.dumps(part).encode()) for part in (header, payload)]
    if key:
        signature = hmac.new(key, ".".join(parts).encode(), hashlib.sha256).digest()
    return ".".join([*parts, _encoded(signature)])


def _encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def ask(token: str) -> Any:
    with nothing_changes():
        return ApiClient(token).get("me/")


def test_the_forgers_tools_can_make_a_good_token(claims: dict[str, Any]) -> None:
    by_hand = raw({"alg": "HS256", "typ": "JWT"}, claims, key=KEY.encode())

    assert ask(signed(claims)).status_code == 200
    assert ask(by_hand).status_code == 200


@pytest.mark.parametrize("name", ["none", "None", "NONE", "nOnE", "", None])
def test_an_unsigned_token_is_none(claims: dict[str, Any], name: Any) -> None:
    for signature in (b"", b"x"):
        assert outcome(ask(raw({"alg": name, "typ": "JWT"}, claims, signature))) == INVALID


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_only_one_algorithm_is_taken_even_with_the_right_key(
    claims: dict[str, Any], algorithm: str
) -> None:
    assert outcome(ask(signed(claims, algorithm=algorithm))) == INVALID


def test_a_token_signed_by_a_pair_of_keys_is_refused(claims: dict[str, Any]) -> None:
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    assert outcome(ask(signed(claims, private, "RS256"))) == INVALID


def test_a_public_key_is_no_secret_of_ours(claims: dict[str, Any]) -> None:
    """RS/HS confusion: the forger signs by HMAC with a public key."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )

    for name in ("HS256", "RS256"):
        assert outcome(ask(raw({"alg": name}, claims, key=public))) == INVALID


@pytest.mark.parametrize(
    "key",
    ["x" * 32, settings.SECRET_KEY, settings.SECRET_KEY[:32], "secret" * 8, KEY[:-1], KEY * 2],
)
def test_another_key_is_refused(claims: dict[str, Any], key: str) -> None:
    assert outcome(ask(signed(claims, key))) == INVALID


@pytest.mark.parametrize("header", ["kid", "jku", "x5u", "jwk", "x5c", "crit", "b64", "zip"])
@pytest.mark.parametrize(
    "value", ["../../dev/null", "https://evil.example/keys", {"k": "x"}, 5, True]
)
def test_a_key_named_in_the_header_is_not_fetched(
    claims: dict[str, Any], header: str, value: Any
) -> None:
    forged = raw({"alg": "HS256", "typ": "JWT", header: value}, claims, b"x" * 32)

    assert outcome(ask(forged)) == INVALID


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("token_type", "refresh"),
        ("token_type", "sliding"),
        ("token_type", None),
        ("aud", "other-api"),
        ("aud", None),
        ("aud", []),
        ("iss", "evil"),
        ("iss", None),
        ("exp", "tomorrow"),
        ("nbf", "tomorrow"),
        ("sid", "not-an-id"),
        ("sid", 5),
        ("sid", None),
        ("sid", ["x"]),
        ("sub", "not-an-id"),
        ("mid", 5),
        ("mid", {"a": 1}),
        ("mid", "not-an-id"),
    ],
)
def test_a_wrong_claim_is_refused_though_the_key_is_right(
    claims: dict[str, Any], claim: str, value: Any
) -> None:
    forged = raw({"alg": "HS256"}, {**claims, claim: value}, key=KEY.encode())

    assert outcome(ask(forged)) == INVALID


@pytest.mark.parametrize("claim", ["token_type", "exp", "aud", "iss", "jti", "sid", "sub", "mid"])
def test_a_missing_claim_is_refused(claims: dict[str, Any], claim: str) -> None:
    del claims[claim]

    assert outcome(ask(signed(claims))) == INVALID


def test_a_token_ends_after_five_minutes_to_the_second(claims: dict[str, Any]) -> None:
    token, end = signed(claims), datetime.fromtimestamp(claims["exp"], UTC)

    with time_machine.travel(end - timedelta(seconds=1), tick=False):
        assert ask(token).status_code == 200
    with time_machine.travel(end, tick=False):
        assert outcome(ask(token)) == INVALID


def test_a_token_of_tomorrow_is_refused(claims: dict[str, Any]) -> None:
    tomorrow = int(datetime.now(UTC).timestamp()) + 86400

    assert outcome(ask(signed({**claims, "nbf": tomorrow}))) == INVALID
    assert outcome(ask(signed({**claims, "iat": tomorrow}))) == INVALID


@pytest.mark.parametrize("claim", ["sub", "mid"])
def test_a_token_names_the_person_of_its_session(
    acme: World, globex: World, claims: dict[str, Any], claim: str
) -> None:
    others = {"sub": acme.admin.user_id, "mid": globex.admin.id}

    assert outcome(ask(signed({**claims, claim: str(others[claim])}))) == ENDED


def test_a_token_without_a_membership_is_not_platform_staff(claims: dict[str, Any]) -> None:
    assert outcome(ask(signed({**claims, "mid": None, "cid": None}))) == ENDED


def test_a_session_nobody_started_is_dead(claims: dict[str, Any]) -> None:
    assert outcome(ask(signed({**claims, "sid": str(new_id())}))) == ENDED


def test_claims_of_role_and_company_are_not_read(
    acme: World, globex: World, claims: dict[str, Any]
) -> None:
    forged = {**claims, "cid": str(globex.company.id), "role": "super_admin", "is_superuser": True}

    answer = ask(signed(forged))

    assert answer.json()["role"] == "agent"
    assert answer.json()["company"]["slug"] == "acme"


def test_a_refresh_token_is_no_access_token(acme: World, staff: User) -> None:
    for who in (acme.agent, staff):
        assert outcome(ask(make_pair(sign_in_as(who)).refresh)) == INVALID


def test_a_forged_refresh_token_rotates_nothing(session: Session) -> None:
    good = jwt.decode(make_pair(session).refresh, options={"verify_signature": False})

    for forged in (
        raw({"alg": "none"}, good),
        signed(good, "x" * 32),
        signed({**good, "token_type": "access"}),
        signed({**good, "aud": "other"}),
        signed({**good, "iss": "other"}),
        signed({**good, "sid": 5}),
        signed({**good, "jti": "x"}),
        signed({**good, "exp": 1}),
    ):
        with nothing_changes():
            answer = ApiClient().post("auth/refresh/", {"refresh": forged})
        assert outcome(answer) == INVALID
