"""GET companies/ and companies/{id}/: every living company, for platform staff alone."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from accounts.models import User
from companies.choices import DEFAULT_SETTINGS
from companies.tests.factories import make_company
from conftest import World, client_of
from tokdesk.common.ids import new_id
from tokdesk.common.testing import ApiClient, without_request_id
from tokdesk.tests.answers import faults, outcome

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


@pytest.fixture
def desk(staff: User) -> ApiClient:
    return client_of(staff)


def slugs(answer: Any) -> list[str]:
    return [each["slug"] for each in answer.json()["results"]]


def test_a_company_is_shown_whole(desk: ApiClient) -> None:
    company = make_company("acme", colour="#0b6b5c", settings={"customer_registration": False})

    answer = desk.get(f"companies/{company.id}/")

    assert answer.status_code == 200
    shown = answer.json()
    assert shown == {
        "id": str(company.id),
        "name": "Acme",
        "slug": "acme",
        "email": "admin@acme.example",
        "status": "active",
        "status_reason": "",
        "status_changed_at": shown["status_changed_at"],
        "email_confirmed_at": shown["email_confirmed_at"],
        "language": "en",
        "theme": "system",
        "time_zone": "UTC",
        "branding": {"colour": "#0b6b5c"},
        "settings": {**DEFAULT_SETTINGS, "customer_registration": False},
        "version": 1,
        "created_at": shown["created_at"],
        "updated_at": shown["updated_at"],
    }
    assert answer.headers["ETag"] == '"1"'
    times = ("created_at", "updated_at", "status_changed_at", "email_confirmed_at")
    assert all(shown[name].endswith("Z") for name in times)


def test_the_list_shows_the_same_rows_newest_first(desk: ApiClient) -> None:
    first, second = make_company("first"), make_company("second", "pending")

    answer = desk.get("companies/")

    assert slugs(answer) == ["second", "first"]
    assert answer.json()["results"][1] == desk.get(f"companies/{first.id}/").json()
    assert (answer.json()["next"], answer.json()["previous"]) == (None, None)
    assert second.status == answer.json()["results"][0]["status"]


def test_deleted_companies_are_not_shown(desk: ApiClient) -> None:
    gone = make_company("gone", is_deleted=True)

    assert slugs(desk.get("companies/")) == []
    unknown, deleted = desk.get(f"companies/{new_id()}/"), desk.get(f"companies/{gone.id}/")
    assert outcome(deleted) == (404, "not_found")
    assert without_request_id(deleted) == without_request_id(unknown)


@pytest.mark.parametrize("status", ["pending", "active", "rejected", "suspended"])
def test_the_list_is_narrowed_by_status(desk: ApiClient, status: str) -> None:
    for each in ("pending", "active", "rejected", "suspended"):
        make_company(f"c-{each}", each)

    assert slugs(desk.get(f"companies/?status={status}")) == [f"c-{status}"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("acm", ["acme"]),
        ("ACME", ["acme"]),
        ("globex.example", ["globex"]),
        ("%25", []),
        ("_", []),
        ("nothing", []),
        ("", ["globex", "acme"]),
    ],
)
def test_the_list_is_searched_by_name_address_and_contact(
    desk: ApiClient, text: str, found: list[str]
) -> None:
    make_company("acme")
    make_company("globex")

    assert slugs(desk.get(f"companies/?q={text}")) == found


@pytest.mark.parametrize(
    ("ordering", "found"),
    [
        ("name", ["alpha", "beta", "gamma"]),
        ("-name", ["gamma", "beta", "alpha"]),
        ("created_at", ["beta", "gamma", "alpha"]),
        ("-created_at", ["alpha", "gamma", "beta"]),
    ],
)
def test_the_list_is_ordered(desk: ApiClient, ordering: str, found: list[str]) -> None:
    for age, slug in enumerate(["alpha", "gamma", "beta"]):
        make_company(slug, created_at=timezone.now() - timedelta(days=age))

    assert slugs(desk.get(f"companies/?ordering={ordering}")) == found


def test_pages_meet_without_gap_or_repeat(desk: ApiClient) -> None:
    for number in range(7):
        make_company(f"company-{number}")
    answer = desk.get("companies/?limit=3&ordering=name")

    pages = [slugs(answer)]
    while (link := answer.json()["next"]) is not None:
        parts = urlsplit(link)
        answer = desk.get(f"{parts.path}?{parts.query}")
        pages.append(slugs(answer))

    assert [len(page) for page in pages] == [3, 3, 1]
    assert [slug for page in pages for slug in page] == [f"company-{n}" for n in range(7)]


@pytest.mark.parametrize("query", ["status=deleted", "status=", "status=Active", "q=" + "x" * 201])
def test_a_wrong_filter_value_is_named(desk: ApiClient, query: str) -> None:
    answer = desk.get(f"companies/?{query}")

    assert outcome(answer) == (400, "invalid")
    assert list(faults(answer)) == [query.split("=")[0]]


@pytest.mark.parametrize("who", ["admin", "manager", "agent", "customer"])
def test_nobody_in_a_company_sees_the_list_or_any_row(acme: World, globex: World, who: str) -> None:
    client = client_of(getattr(acme, who))

    answers = [
        client.get(path)
        for path in (
            "companies/",
            f"companies/{acme.company.id}/",
            f"companies/{globex.company.id}/",
            f"companies/{new_id()}/",
        )
    ]

    assert [outcome(answer) for answer in answers] == [(403, "permission_denied")] * 4
    assert len({without_request_id(answer) for answer in answers}) == 1


def test_nobody_at_all_sees_it(acme: World, nobody: ApiClient) -> None:
    for path in ("companies/", f"companies/{acme.company.id}/"):
        assert outcome(nobody.get(path)) == (401, "not_authenticated")


@pytest.mark.parametrize("method", ["PATCH", "PUT", "DELETE"])
def test_platform_staff_edit_no_company_here(desk: ApiClient, acme: World, method: str) -> None:
    path = f"companies/{acme.company.id}/"

    assert outcome(desk.send(method, path, {"name": "x"})) == (405, "method_not_allowed")


@pytest.mark.parametrize("count", [1, 30])
def test_a_page_costs_the_same_for_one_and_for_thirty(
    desk: ApiClient, django_assert_num_queries: Any, count: int
) -> None:
    for number in range(count):
        make_company(f"company-{number}")

    with django_assert_num_queries(2):
        answer = desk.get("companies/?limit=100")

    assert len(answer.json()["results"]) == count


def test_one_row_costs_two_queries(
    desk: ApiClient, acme: World, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(2):
        desk.get(f"companies/{acme.company.id}/")
