"""What the doors cost, in queries."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.tests.devices import device
from accounts.tests.factories import PASSWORD, make_member, sign_in_as
from companies.tests.factories import make_company
from conftest import World, client_of
from tokdesk.common.roles import Role
from tokdesk.common.testing import ApiClient

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


def statements(client: ApiClient, path: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return [query["sql"] for query in captured]


@pytest.mark.parametrize("path", ["me/preferences/", "me/sessions/", "company/"])
def test_a_request_looks_its_session_up_exactly_once(acme: World, path: str) -> None:
    client = client_of(acme.agent)

    asked = statements(client, path)

    by_id = [
        sql
        for sql in asked
        if 'FROM "accounts_session"' in sql and '"accounts_session"."id" =' in sql
    ]
    assert len(by_id) == 1
    assert asked[0] == by_id[0]


def test_me_costs_one_query_beyond_the_entry(acme: World, django_assert_num_queries: Any) -> None:
    client = client_of(acme.agent)

    with django_assert_num_queries(2):
        client.get("me/")


def test_platform_staff_cost_no_more(staff: User, django_assert_num_queries: Any) -> None:
    client = client_of(staff)

    with django_assert_num_queries(2):
        client.get("me/")


def test_preferences_cost_two_queries(acme: World, django_assert_num_queries: Any) -> None:
    client = client_of(acme.agent)

    with django_assert_num_queries(2):
        client.get("me/preferences/")


@pytest.mark.parametrize("companies", [1, 30])
def test_sign_in_costs_the_same_in_one_and_in_thirty_companies(
    django_assert_num_queries: Any, companies: int
) -> None:
    for number in range(companies):
        make_member(make_company(f"company-{number}"), Role.AGENT, "agent@work.example")

    with django_assert_num_queries(12):
        answer = device().post("auth/login/", {"email": "agent@work.example", "password": PASSWORD})

    assert len(answer.json()["companies"]) == companies


def refused(email: str) -> list[str]:
    """What a refused sign-in asks of the database, statement by statement, without the values."""
    with CaptureQueriesContext(connection) as captured:
        device().post("auth/login/", {"email": email, "password": "wrong"})
    return [" ".join(query["sql"].split()[:3]) for query in captured if query["sql"]]


def test_a_wrong_password_costs_the_same_for_known_and_unknown_addresses(acme: World) -> None:
    """The row about an unknown address is written as the other is, and taken back."""
    known, unknown = refused("agent@acme.example"), refused("nobody@acme.example")

    taken_back = [each for each in unknown if each.startswith("ROLLBACK TO")]
    assert len(taken_back) == 1
    unknown.remove(taken_back[0])
    assert [each.split()[0] for each in known] == [each.split()[0] for each in unknown]
    assert 'INSERT INTO "common_event"' in known
    assert 'INSERT INTO "common_event"' in unknown


def test_a_second_wrong_password_within_a_minute_costs_one_query_more(
    acme: World, django_assert_num_queries: Any
) -> None:
    for email in ("agent@acme.example", "nobody@acme.example"):
        refused(email)
        with django_assert_num_queries(6):
            device().post("auth/login/", {"email": email, "password": "wrong"})


@pytest.mark.parametrize("devices", [1, 30])
def test_a_page_of_devices_costs_the_same_for_one_and_for_thirty(
    acme: World, globex: World, django_assert_num_queries: Any, devices: int
) -> None:
    elsewhere = make_member(globex.company, Role.USER, "agent@acme.example")
    for number in range(devices - 1):
        sign_in_as(elsewhere if number % 2 else acme.agent)
    client = client_of(acme.agent)

    with django_assert_num_queries(2):
        answer = client.get("me/sessions/?limit=100")

    assert len(answer.json()["results"]) == devices
