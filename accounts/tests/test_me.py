"""GET and PATCH me/: one's own account, and oneself in this company."""

from typing import Any

import pytest

from accounts.models import Membership, User
from accounts.tests.factories import make_member
from conftest import World, client_of
from tokdesk.common.roles import PERMISSIONS, Role
from tokdesk.common.testing import ApiClient, recorded_events
from tokdesk.tests.answers import faults, outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


def test_me_has_exactly_the_agreed_shape(acme: World) -> None:
    answer = client_of(acme.manager).get("me/")

    assert answer.status_code == 200
    assert answer.json() == {
        "user": {
            "id": str(acme.manager.user_id),
            "name": "Manager",
            "email": "manager@acme.example",
            "language": "en",
            "theme": "system",
            "time_zone": "UTC",
            "is_super_admin": False,
        },
        "member": {
            "id": str(acme.manager.id),
            "name": "Manager",
            "email": "manager@acme.example",
            "availability": "offline",
            "status": "active",
        },
        "company": {
            "id": str(acme.company.id),
            "name": "Acme",
            "slug": "acme",
            "status": "active",
        },
        "role": "manager",
        "permissions": answer.json()["permissions"],
        "version": 1,
    }
    assert answer.headers["ETag"] == '"1"'
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("who", ["admin", "manager", "agent", "customer"])
def test_the_permissions_are_the_role_tables(acme: World, who: str) -> None:
    member = getattr(acme, who)

    permissions = client_of(member).get("me/").json()["permissions"]

    assert permissions == {code: member.role in roles for code, roles in PERMISSIONS.items()}


def test_platform_staff_are_in_no_company(staff: User) -> None:
    body = client_of(staff).get("me/").json()

    assert (body["member"], body["company"], body["role"]) == (None, None, "super_admin")
    assert body["permissions"]["company:approve"] is True
    assert body["permissions"]["conversation:view"] is False


def test_what_is_given_changes_and_nothing_else(acme: World) -> None:
    client = client_of(acme.agent)
    changes = {
        "name": " Lara Ångström ",
        "language": "ar",
        "theme": "dark",
        "time_zone": "Africa/Cairo",
    }

    with recorded_events() as events:
        answer = client.patch("me/", changes)

    assert answer.status_code == 200
    assert events == ["account.changed"]
    user = answer.json()["user"]
    assert (user["name"], user["language"]) == ("Lara Ångström", "ar")
    assert (user["theme"], user["time_zone"]) == ("dark", "Africa/Cairo")
    assert (user["email"], answer.json()["version"]) == ("agent@acme.example", 2)
    assert client.get("me/").json() == answer.json()


def test_the_name_in_the_company_is_the_companys(acme: World) -> None:
    answer = client_of(acme.agent).patch("me/", {"name": "Lara"})

    assert answer.json()["user"]["name"] == "Lara"
    assert answer.json()["member"]["name"] == "Agent"


def test_one_field_leaves_the_others(acme: World) -> None:
    answer = client_of(acme.agent).patch("me/", {"theme": "light"})

    assert answer.json()["user"]["theme"] == "light"
    assert (answer.json()["user"]["name"], answer.json()["user"]["language"]) == ("Agent", "en")


@pytest.mark.parametrize("changes", [{}, {"name": "Agent"}, {"language": "en", "theme": "system"}])
def test_what_changes_nothing_counts_and_tells_nothing(acme: World, changes: Any) -> None:
    client = client_of(acme.agent)

    with nothing_changes():
        answer = client.patch("me/", changes)

    assert (answer.status_code, answer.json()["version"]) == (200, 1)


@pytest.mark.parametrize("availability", ["online", "away", "busy", "offline", "invisible"])
def test_availability_belongs_to_the_membership(
    acme: World, globex: World, availability: str
) -> None:
    elsewhere = make_member(globex.company, Role.USER, "agent@acme.example")

    with recorded_events() as events:
        answer = client_of(acme.agent).patch("me/", {"availability": availability})

    assert answer.status_code == 200
    assert answer.json()["member"]["availability"] == availability
    assert answer.json()["version"] == 1
    assert events == ["session.started"]
    assert Membership.unscoped.get(pk=elsewhere.pk).availability == "offline"


def test_platform_staff_have_no_availability(staff: User) -> None:
    client = client_of(staff)

    with nothing_changes():
        answer = client.patch("me/", {"availability": "online", "name": "Other"})

    assert outcome(answer) == (400, "invalid")
    assert faults(answer) == {"availability": ["invalid"]}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "  "),
        ("name", "x" * 121),
        ("name", "two\nlines"),
        ("name", None),
        ("name", 5),
        ("language", "fr"),
        ("language", None),
        ("theme", "pink"),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", "../../etc/passwd"),
        ("time_zone", ""),
        ("availability", "asleep"),
        ("availability", True),
        ("version", "1"),
        ("version", 0),
        ("version", True),
        ("version", 2**31),
    ],
)
def test_a_wrong_value_is_named_and_nothing_is_written(acme: World, field: str, value: Any) -> None:
    client = client_of(acme.agent)

    with nothing_changes():
        answer = client.patch("me/", {"theme": "dark", field: value})

    assert outcome(answer) == (400, "invalid")
    assert list(faults(answer)) == [field]


@pytest.mark.parametrize(("body", "headers"), [({"version": 1}, {}), ({}, {"If_Match": '"1"'})])
def test_a_stale_version_is_refused_with_the_current_one(
    acme: World, body: dict[str, Any], headers: dict[str, str]
) -> None:
    client = client_of(acme.agent)
    client.patch("me/", {"name": "First"})

    with nothing_changes():
        answer = client.patch("me/", {"name": "Second", **body}, **headers)

    assert outcome(answer) == (409, "stale_version")
    assert answer.json()["current"] == 2


@pytest.mark.parametrize(("body", "headers"), [({"version": 1}, {}), ({}, {"If_Match": '"1"'})])
def test_the_current_version_is_taken(
    acme: World, body: dict[str, Any], headers: dict[str, str]
) -> None:
    answer = client_of(acme.agent).patch("me/", {"name": "First", **body}, **headers)

    assert (answer.status_code, answer.json()["version"]) == (200, 2)
    assert answer.headers["ETag"] == '"2"'


def test_nobody_has_no_me(nobody: ApiClient, db: None) -> None:
    for answer in (nobody.get("me/"), nobody.patch("me/", {"name": "x"})):
        assert outcome(answer) == (401, "not_authenticated")
        assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_an_account_is_neither_made_nor_deleted_here(acme: World, method: str) -> None:
    client = client_of(acme.agent)

    with nothing_changes():
        answer = client.send(method, "me/")

    assert outcome(answer) == (405, "method_not_allowed")
