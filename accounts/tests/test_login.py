"""POST auth/login/: the answer of a good sign-in."""

from datetime import UTC, datetime, timedelta

import jwt
import pytest
import time_machine
from django.utils import timezone

from accounts.models import Session, User
from accounts.tests.devices import device
from accounts.tests.factories import PASSWORD, make_member, make_user
from conftest import World
from tokdesk.common.roles import Role
from tokdesk.common.testing import ApiClient, recorded_events
from tokdesk.tests.answers import faults, outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


def test_the_answer_of_a_member_has_exactly_the_agreed_shape(acme: World) -> None:
    client = ApiClient()

    answer = client.post("auth/login/", {"email": "agent@acme.example", "password": PASSWORD})

    assert answer.status_code == 200
    body = answer.json()
    assert body.pop("access").count(".") == 2
    assert body.pop("refresh").count(".") == 2
    assert body.pop("access_expires_at").endswith("Z")
    assert body == {
        "user": {
            "id": str(acme.agent.user_id),
            "name": "Agent",
            "email": "agent@acme.example",
            "language": "en",
            "theme": "system",
            "time_zone": "UTC",
            "is_super_admin": False,
        },
        "member": {
            "id": str(acme.agent.id),
            "name": "Agent",
            "email": "agent@acme.example",
            "availability": "offline",
            "status": "active",
        },
        "company": {
            "id": str(acme.company.id),
            "name": "Acme",
            "slug": "acme",
            "status": "active",
        },
        "role": "agent",
        "companies": [
            {
                "id": str(acme.company.id),
                "name": "Acme",
                "slug": "acme",
                "status": "active",
                "role": "agent",
                "member_id": str(acme.agent.id),
            }
        ],
    }


@pytest.mark.parametrize("role", ["admin", "manager", "agent", "customer"])
def test_every_role_signs_in_under_its_own_name(acme: World, role: str) -> None:
    member = getattr(acme, role)

    answer = ApiClient().post("auth/login/", {"email": member.email, "password": PASSWORD})

    assert answer.json()["role"] == member.role
    assert answer.json()["member"]["id"] == str(member.id)


def test_platform_staff_sign_in_without_a_company(staff: User) -> None:
    answer = ApiClient().post("auth/login/", {"email": staff.email, "password": PASSWORD})

    assert answer.status_code == 200
    body = answer.json()
    assert (body["member"], body["company"], body["companies"]) == (None, None, [])
    assert (body["role"], body["user"]["is_super_admin"]) == ("super_admin", True)


def test_a_sign_in_starts_one_session_and_says_so(acme: World) -> None:
    with recorded_events() as events:
        device("198.51.100.7", "Firefox/145").post(
            "auth/login/", {"email": "agent@acme.example", "password": PASSWORD}
        )

    assert events == ["session.started"]
    session = Session.objects.get()
    assert (session.user_id, session.member_id) == (acme.agent.user_id, acme.agent.id)
    assert (session.kind, session.ip, session.user_agent) == ("api", "198.51.100.7", "Firefox/145")
    assert (session.ended_at, session.previous_refresh_id) == (None, None)
    assert session.expires_at - session.created_at == pytest.approx(
        timedelta(days=30), abs=timedelta(seconds=2)
    )


def test_the_access_token_lives_five_minutes(acme: World) -> None:
    now = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

    with time_machine.travel(now, tick=False):
        answer = ApiClient().post(
            "auth/login/", {"email": "agent@acme.example", "password": PASSWORD}
        )

    assert answer.json()["access_expires_at"] == "2026-03-01T12:05:00Z"


def test_the_access_token_carries_ids_and_nothing_of_the_person(acme: World) -> None:
    answer = ApiClient().post("auth/login/", {"email": "agent@acme.example", "password": PASSWORD})

    claims = jwt.decode(answer.json()["access"], options={"verify_signature": False})
    assert set(claims) == {
        "token_type", "exp", "iat", "jti", "sid", "sub", "mid", "cid", "aud", "iss"
    }  # fmt: skip
    assert claims["mid"] == str(acme.agent.id)
    assert claims["cid"] == str(acme.company.id)


def test_the_access_token_opens_me(acme: World) -> None:
    answer = ApiClient().post("auth/login/", {"email": "agent@acme.example", "password": PASSWORD})

    me = ApiClient(answer.json()["access"]).get("me/")

    assert me.status_code == 200
    assert me.json()["user"] == answer.json()["user"]


@pytest.mark.parametrize(
    "email", ["AGENT@ACME.EXAMPLE", "  agent@acme.example  ", "Agent@Acme.Example"]
)
def test_the_address_is_known_in_any_case(acme: World, email: str) -> None:
    answer = ApiClient().post("auth/login/", {"email": email, "password": PASSWORD})

    assert answer.status_code == 200


@pytest.mark.parametrize(
    "password", [PASSWORD + " ", " " + PASSWORD, PASSWORD.upper(), PASSWORD[:-1]]
)
def test_the_password_is_compared_as_typed(acme: World, password: str) -> None:
    with nothing_changes():
        answer = ApiClient().post(
            "auth/login/", {"email": "agent@acme.example", "password": password}
        )

    assert outcome(answer) == (401, "invalid_credentials")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_stale_token_does_not_bar_the_sign_in(acme: World) -> None:
    client = ApiClient("stale.access.token")

    answer = client.post("auth/login/", {"email": "agent@acme.example", "password": PASSWORD})

    assert answer.status_code == 200


def test_missing_and_unknown_fields_are_named(acme: World) -> None:
    with nothing_changes():
        answer = ApiClient().post(
            "auth/login/", {"email": "agent@acme.example", "otp": "123456", "role": "super_admin"}
        )

    assert outcome(answer) == (400, "unknown_field")
    assert faults(answer) == {
        "otp": ["unknown_field"],
        "role": ["unknown_field"],
        "password": ["required"],
    }


@pytest.mark.parametrize("company", ["", None, 5, ["acme"], {"$ne": ""}, "x" * 51])
def test_a_company_that_is_no_name_is_400(acme: World, company: object) -> None:
    with nothing_changes():
        answer = ApiClient().post(
            "auth/login/",
            {"email": "agent@acme.example", "password": PASSWORD, "company": company},
        )

    assert outcome(answer) == (400, "invalid")
    assert list(faults(answer)) == ["company"]


def test_no_cookie_is_set(acme: World) -> None:
    answer = ApiClient().post("auth/login/", {"email": "agent@acme.example", "password": PASSWORD})

    assert not answer.cookies
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_deleted_account_is_unknown_and_its_address_is_free(acme: World) -> None:
    user = acme.agent.user
    user.is_deleted = True
    user.save(update_fields=["is_deleted"])
    with nothing_changes():
        answer = ApiClient().post("auth/login/", {"email": user.email, "password": PASSWORD})

    make_user(user.email)

    assert outcome(answer) == (401, "invalid_credentials")
    assert User.objects.by_email(user.email).count() == 1


def test_the_last_use_of_the_membership_is_noted(acme: World) -> None:
    ApiClient().post("auth/login/", {"email": "agent@acme.example", "password": PASSWORD})

    fresh = type(acme.agent).unscoped.get(pk=acme.agent.pk)
    assert timezone.now() - fresh.last_used_at < timedelta(minutes=1)


def test_a_person_without_any_company_is_told_nothing(acme: World) -> None:
    make_user("lonely@home.example")

    with nothing_changes():
        answer = ApiClient().post(
            "auth/login/", {"email": "lonely@home.example", "password": PASSWORD}
        )

    assert outcome(answer) == (401, "invalid_credentials")


def test_a_contact_without_an_account_cannot_sign_in(acme: World) -> None:
    make_member(acme.company, Role.USER, "contact@home.example", user=None)

    answer = ApiClient().post(
        "auth/login/", {"email": "contact@home.example", "password": PASSWORD}
    )

    assert outcome(answer) == (401, "invalid_credentials")
