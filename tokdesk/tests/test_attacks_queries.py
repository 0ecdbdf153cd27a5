"""A30, A40: lists take named filters and orders alone, and no question is too large to refuse."""

from typing import Any
from urllib.parse import quote

import pytest

from accounts.models import User
from companies.tests.factories import make_company
from conftest import World, client_of
from tokdesk.common.testing import ApiClient
from tokdesk.tests.answers import faults, outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = pytest.mark.django_db

UNKNOWN = (400, "unknown_parameter")


@pytest.fixture
def desk(staff: User) -> ApiClient:
    make_company("acme")
    make_company("globex", "pending")
    return client_of(staff)


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "password__startswith",
        "status__in",
        "status__ne",
        "status!",
        "status[]",
        "status[$ne]",
        "status.ne",
        "settings__contains",
        "is_deleted",
        "company__secret",
        "email__icontains",
        "name__regex",
        "id__in",
        "pk",
        "search",
        "filter",
        "where",
        "fields",
        "include",
        "expand",
        "offset",
        "page",
        "page_size",
        "format",
        "_method",
        "$where",
        "__proto__",
        "q\x0b",
        "Q",
    ],
)
def test_an_undeclared_filter_is_refused_by_name(desk: ApiClient, name: str) -> None:
    answer = desk.get(f"companies/?{quote(name)}=x")

    assert outcome(answer) == UNKNOWN
    assert faults(answer) == {name: ["unknown_parameter"]}


@pytest.mark.parametrize(
    "ordering",
    [
        "password",
        "-password",
        "settings",
        "company__secret",
        "status_reason",
        "email",
        "id",
        "pk",
        "?",
        "--name",
        "name,email",
        "name__lower",
        "+name",
        " name",
        "NAME",
        "keyset_value",
        "name;DROP TABLE companies_company",
        "(SELECT 1)",
        "",
    ],
)
def test_an_undeclared_order_is_refused(desk: ApiClient, ordering: str) -> None:
    answer = desk.get(f"companies/?ordering={quote(ordering)}")

    assert outcome(answer) == UNKNOWN
    assert faults(answer) == {"ordering": ["unknown_parameter"]}


@pytest.mark.parametrize(
    "text",
    [
        "' OR '1'='1",
        "'; DROP TABLE companies_company; --",
        '" OR ""="',
        "%' OR slug LIKE '%",
        "\\",
        "%",
        "_",
        "[a-z]*",
        "(a+)+$",
        '{"$gt": ""}',
        "${7*7}{{7*7}}",
        "\u202e",
        "\ud7ff\ue000",
    ],
)
def test_what_is_searched_for_is_text(desk: ApiClient, text: str) -> None:
    with nothing_changes():
        answer = desk.get(f"companies/?q={quote(text)}")

    assert (answer.status_code, answer.json()["results"]) == (200, [])


@pytest.mark.parametrize("value", ["active' OR '1'='1", '{"$ne": "active"}', "active,pending", "*"])
def test_a_status_is_one_of_the_states(desk: ApiClient, value: str) -> None:
    answer = desk.get(f"companies/?status={quote(value)}")

    assert outcome(answer) == (400, "invalid")
    assert faults(answer) == {"status": ["invalid"]}


def test_a_parameter_is_given_once(desk: ApiClient) -> None:
    answer = desk.get("companies/?status=active&status=pending")

    assert outcome(answer) == (400, "invalid")
    assert faults(answer) == {"status": ["repeated"]}


@pytest.mark.parametrize(
    "limit", ["0", "-1", "101", "1000000000", "9" * 400, "1e9", "1.0", "0x10", "", " 5", "٥", "NaN"]
)
def test_a_page_has_1_to_100_rows(desk: ApiClient, limit: str) -> None:
    answer = desk.get(f"companies/?limit={quote(limit)}")

    assert outcome(answer) == (400, "invalid")
    assert faults(answer) == {"limit": ["invalid"]}


@pytest.mark.parametrize(
    "cursor", ["", "1", "x" * 5000, "eyJ9:abc", "W10:x", "../../etc/passwd", "\u0000"]
)
def test_a_cursor_is_ours_or_none(desk: ApiClient, cursor: str) -> None:
    answer = desk.get(f"companies/?cursor={quote(cursor)}")

    assert answer.status_code == 400
    assert answer.json()["code"] in ("invalid_cursor", "malformed")


def test_the_cursor_of_one_list_opens_no_other(desk: ApiClient) -> None:
    cursor = desk.get("companies/?limit=1&ordering=name").json()["next"].split("cursor=")[1]
    cursor = cursor.split("&")[0]

    assert outcome(desk.get(f"companies/?ordering=-name&cursor={cursor}")) == (
        400,
        "invalid_cursor",
    )
    assert outcome(desk.get(f"me/sessions/?cursor={cursor}")) == (400, "invalid_cursor")


def test_a_search_of_two_hundred_letters_is_the_longest(desk: ApiClient) -> None:
    assert desk.get("companies/?q=" + "a" * 200).status_code == 200
    assert outcome(desk.get("companies/?q=" + "a" * 201)) == (400, "invalid")


PEOPLE = ["members/", "customers/"]


@pytest.mark.parametrize("path", PEOPLE)
@pytest.mark.parametrize(
    "name",
    [
        *("user", "user__email", "user__password__startswith", "password", "company", "company_id"),
        *("email__startswith", "email__icontains", "phone", "phone__startswith", "name"),
        *("attributes", "attributes__plan", "attributes__contains", "attributes[$ne]"),
        *("role__in", "role!", "status[]", "is_deleted", "last_used_at", "version", "capacity"),
        *("department_places__department__name", "department__name", "external_id__gt", "q__regex"),
    ],
)
def test_people_are_found_by_nothing_but_the_named_filters(
    acme: World, path: str, name: str
) -> None:
    answer = client_of(acme.admin).get(f"{path}?{quote(name)}=x")

    assert outcome(answer) == UNKNOWN
    assert faults(answer) == {name: ["unknown_parameter"]}


@pytest.mark.parametrize("path", PEOPLE)
@pytest.mark.parametrize(
    "ordering",
    [
        *("email", "phone", "external_id", "user__password", "user__email", "last_used_at", "role"),
        *("status", "capacity", "attributes__plan", "-attributes", "id", "?", "name,email", ""),
        *("company__name", "department_places__department__name", "updated_at", "version"),
    ],
)
def test_people_stand_in_no_order_that_would_tell_a_hidden_value(
    acme: World, path: str, ordering: str
) -> None:
    answer = client_of(acme.agent).get(f"{path}?ordering={quote(ordering)}")

    assert outcome(answer) == UNKNOWN
    assert faults(answer) == {"ordering": ["unknown_parameter"]}


@pytest.mark.parametrize("path", PEOPLE)
@pytest.mark.parametrize(
    "text",
    [
        *("' OR '1'='1", "%' OR name LIKE '%", "'; DROP TABLE accounts_membership; --"),
        *("%", "_", "\\", "[a-z]*", "(a+)+$", '{"$gt": ""}', "${7*7}{{7*7}}", "\u202e"),
    ],
)
def test_what_people_are_searched_for_is_text(
    acme: World, globex: World, path: str, text: str
) -> None:
    client = client_of(acme.admin)

    with nothing_changes():
        answer = client.get(f"{path}?q={quote(text)}")

    assert (answer.status_code, answer.json()["results"]) == (200, [])


def test_an_agent_reads_no_address_letter_by_letter(acme: World) -> None:
    """Whatever is asked for, names alone decide what an agent finds of others."""
    client = client_of(acme.agent)
    others = {"Admin", "Agent2", "Manager"}

    for letter in "abcdefghijklmnopqrstuvwxyz@.-0123456789":
        found = client.get(f"members/?q={quote(letter)}").json()["results"]
        expected = {name for name in others if letter in name.lower()}
        assert {each["name"] for each in found} - {"Agent"} == expected


def test_a_cursor_of_members_opens_no_customers(acme: World) -> None:
    client = client_of(acme.admin)
    cursor = client.get("members/?limit=1&ordering=created_at").json()["next"]
    cursor = cursor.split("cursor=")[1].split("&")[0]

    found = client.get(f"customers/?ordering=created_at&cursor={cursor}").json()["results"]

    assert {each["role"] for each in found} <= {"user"}


@pytest.mark.parametrize("path", ["me/", "company/", "me/preferences/", "companies/{id}/"])
def test_what_is_no_list_takes_no_question(acme: World, staff: User, path: str) -> None:
    client = client_of(staff if "{id}" in path else acme.admin)
    url = path.format(id=acme.company.id)

    for query in ("limit=5", "ordering=name", "fields=password", "q=x"):
        assert outcome(client.get(f"{url}?{query}")) == UNKNOWN


@pytest.mark.parametrize(
    "body",
    [
        "[" * 5000 + "]" * 5000,
        '{"a":' * 5000 + "1" + "}" * 5000,
        '{"name":' + "[" * 101 + "]" * 101 + "}",
        '{"name": ' + "9" * 5000 + "}",
        '{"name": 1e999}',
        '{"name": NaN}',
        '{"name": "\\ud800"}',
        '{"name": "\\u0000"}',
        '{"name": "a", "name": "b"}',
        "[]",
        '"x"',
        "null",
        "{",
        "\ufeff{}",
    ],
    ids=range(14),
)
@pytest.mark.parametrize(("method", "path"), [("POST", "auth/login/"), ("PATCH", "me/")])
def test_a_body_that_is_no_sound_object_is_400(
    acme: World, method: str, path: str, body: str
) -> None:
    client: Any = client_of(acme.agent)

    with nothing_changes():
        answer = client._client.generic(
            method,
            f"/api/v1/{path}",
            body.encode(),
            content_type="application/json",
            headers=client.headers,
        )

    assert outcome(answer) == (400, "malformed")


def test_a_body_over_one_mebibyte_is_413(acme: World) -> None:
    client = client_of(acme.agent)

    with nothing_changes():
        answer = client.patch("me/", {"name": "x" * 2**20})

    assert outcome(answer) == (413, "too_large")
