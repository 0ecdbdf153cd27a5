"""GET and PATCH company/: the company one works in."""

from typing import Any

import pytest

from accounts.models import User
from companies.choices import DEFAULT_SETTINGS
from companies.models import Company
from conftest import World, client_of
from tokdesk.common.models import Event
from tokdesk.common.testing import ApiClient, recorded_events
from tokdesk.tests.answers import faults, outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


@pytest.mark.parametrize("who", ["admin", "manager", "agent"])
def test_staff_see_their_company_whole(acme: World, globex: World, who: str) -> None:
    answer = client_of(getattr(acme, who)).get("company/")

    assert answer.status_code == 200
    assert (answer.json()["id"], answer.json()["slug"]) == (str(acme.company.id), "acme")
    assert answer.json()["settings"] == {
        "customer_registration": True,
        "agents_assign": False,
        "agents_see_colleagues": True,
        "close_after_days": 7,
    }
    assert answer.headers["ETag"] == '"1"'


def test_a_customer_sees_name_and_branding_alone(acme: World) -> None:
    answer = client_of(acme.customer).get("company/")

    assert answer.status_code == 200
    assert answer.json() == {
        "id": str(acme.company.id),
        "name": "Acme",
        "slug": "acme",
        "language": "en",
        "theme": "system",
        "branding": {"colour": ""},
    }


def test_platform_staff_have_no_own_company(staff: User) -> None:
    client = client_of(staff)

    assert outcome(client.get("company/")) == (403, "permission_denied")
    assert outcome(client.patch("company/", {"name": "x"})) == (403, "permission_denied")


def test_an_admin_changes_what_is_given_and_nothing_else(acme: World, globex: World) -> None:
    client = client_of(acme.admin)
    changes = {
        "name": "Acme Ltd",
        "language": "ar",
        "theme": "dark",
        "time_zone": "Africa/Cairo",
        "branding": {"colour": "#0B6B5C"},
        "settings": {
            "customer_registration": False,
            "agents_assign": True,
            "agents_see_colleagues": False,
            "close_after_days": 30,
        },
    }

    with recorded_events() as events:
        answer = client.patch("company/", changes)

    assert answer.status_code == 200
    assert {name: answer.json()[name] for name in changes} == changes
    assert (answer.json()["slug"], answer.json()["version"]) == ("acme", 2)
    assert events == ["company.changed"]
    event = Event.objects.get(type="company.changed")
    written = sorted({*changes, "colour"} - {"branding"})
    assert event.payload == {"company_id": str(acme.company.id), "fields": written}
    assert event.actor_member == acme.admin.id
    globex.company.refresh_from_db()
    assert (globex.company.name, globex.company.version) == ("Globex", 1)


def test_the_same_again_is_no_change(acme: World) -> None:
    client = client_of(acme.admin)
    client.patch(
        "company/", {"branding": {"colour": "#ffffff"}, "settings": {"customer_registration": True}}
    )

    with nothing_changes():
        answer = client.patch(
            "company/",
            {"branding": {"colour": "#ffffff"}, "settings": {"customer_registration": True}},
        )

    assert (answer.status_code, answer.json()["version"]) == (200, 2)


def test_a_setting_that_is_not_given_stays(acme: World) -> None:
    Company.objects.filter(pk=acme.company.pk).update(settings={"customer_registration": False})

    answer = client_of(acme.admin).patch("company/", {"settings": {}})

    assert answer.json()["settings"] == {**DEFAULT_SETTINGS, "customer_registration": False}


def test_a_colour_can_be_taken_away(acme: World) -> None:
    client = client_of(acme.admin)
    client.patch("company/", {"branding": {"colour": "#123456"}})

    assert client.patch("company/", {"branding": {"colour": ""}}).json()["branding"] == {
        "colour": ""
    }


@pytest.mark.parametrize("who", ["manager", "agent", "customer"])
def test_nobody_else_configures(acme: World, who: str) -> None:
    client = client_of(getattr(acme, who))

    with nothing_changes():
        answer = client.patch("company/", {"name": "Mine"})

    assert outcome(answer) == (403, "permission_denied")


def test_nobody_at_all_sees_or_configures(acme: World, nobody: ApiClient) -> None:
    assert outcome(nobody.get("company/")) == (401, "not_authenticated")
    assert outcome(nobody.patch("company/", {"name": "x"})) == (401, "not_authenticated")


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"name": ""}, "name", "blank"),
        ({"name": None}, "name", "null"),
        ({"name": "x" * 121}, "name", "max_length"),
        ({"branding": {"colour": "red"}}, "branding.colour", "invalid"),
        ({"branding": {"colour": "#12345"}}, "branding.colour", "invalid"),
        ({"branding": {"colour": "#12345g"}}, "branding.colour", "invalid"),
        ({"branding": {"colour": "url(javascript:1)"}}, "branding.colour", "invalid"),
        ({"language": "fr"}, "language", "invalid_choice"),
        ({"theme": ""}, "theme", "invalid_choice"),
        ({"time_zone": "Nowhere"}, "time_zone", "unknown_zone"),
        ({"settings": None}, "settings", "null"),
        (
            {"settings": {"customer_registration": "yes"}},
            "settings.customer_registration",
            "invalid",
        ),
        ({"settings": {"customer_registration": None}}, "settings.customer_registration", "null"),
        ({"settings": {"agents_assign": 1}}, "settings.agents_assign", "invalid"),
        ({"settings": {"close_after_days": 0}}, "settings.close_after_days", "min_value"),
        ({"settings": {"close_after_days": 366}}, "settings.close_after_days", "max_value"),
        ({"settings": {"close_after_days": "7"}}, "settings.close_after_days", "invalid"),
    ],
)
def test_a_wrong_value_is_named(acme: World, changes: Any, field: str, code: str) -> None:
    client = client_of(acme.admin)

    with nothing_changes():
        answer = client.patch("company/", changes)

    assert outcome(answer) == (400, "invalid")
    assert faults(answer) == {field: [code]}


@pytest.mark.parametrize(
    "changes",
    [
        {"slug": "other"},
        {"status": "active"},
        {"email": "evil@acme.example"},
        {"id": "00000000-0000-0000-0000-000000000000"},
        {"is_deleted": True},
        {"created_at": "2020-01-01T00:00:00Z"},
        {"company": "globex"},
        {"settings": {"secret_switch": True}},
    ],
)
def test_what_is_not_the_admins_is_an_unknown_field(acme: World, changes: Any) -> None:
    client = client_of(acme.admin)

    with nothing_changes():
        answer = client.patch("company/", {"name": "Changed", **changes})

    assert outcome(answer) == (400, "unknown_field")


@pytest.mark.parametrize(("body", "headers"), [({"version": 1}, {}), ({}, {"If_Match": '"1"'})])
def test_a_stale_version_is_refused_with_the_current_one(
    acme: World, body: dict[str, Any], headers: dict[str, str]
) -> None:
    client = client_of(acme.admin)
    client.patch("company/", {"name": "First"})

    with nothing_changes():
        answer = client.patch("company/", {"name": "Second", **body}, **headers)

    assert outcome(answer) == (409, "stale_version")
    assert answer.json()["current"] == 2


@pytest.mark.parametrize("etag", ["1", 'W/"1"', '"one"', '"1", "2"', '""'])
def test_an_unreadable_version_is_400(acme: World, etag: str) -> None:
    client = client_of(acme.admin)

    with nothing_changes():
        answer = client.patch("company/", {"name": "x"}, If_Match=etag)

    assert outcome(answer) == (400, "malformed")


def test_the_company_costs_two_queries(acme: World, django_assert_num_queries: Any) -> None:
    client = client_of(acme.agent)

    with django_assert_num_queries(2):
        client.get("company/")
