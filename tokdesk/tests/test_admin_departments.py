"""Departments as staff see them: looked at, never changed."""

import re

import pytest

from accounts.models import User
from companies.tests.factories import make_company
from conftest import World
from departments.tests.factories import make_department
from tokdesk.tests.rows import nothing_changes
from tokdesk.tests.staffsite import browser_of, page_of, text_of

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

LIST = "/admin/departments/department/"


def rows_in(page: str) -> list[list[str]]:
    """The cells of each row as text."""
    table = page.partition('id="result_list"')[2].partition("</tbody>")[0]
    rows = [re.findall(r"<t[dh] class.*?</t[dh]>", row, re.DOTALL) for row in table.split("<tr>")]
    return [[re.sub(r"<[^>]*>", "", cell).strip() for cell in row] for row in rows if row]


def names_in(page: str) -> list[str]:
    return [row[0] for row in rows_in(page)]


def test_the_list_shows_departments_by_company(staff: User, acme: World, globex: World) -> None:
    make_department(acme.company, "Old", is_deleted=True)

    rows = rows_in(text_of(browser_of(staff).get(LIST)))

    assert [row[:5] for row in rows] == [
        ["Billing", "Acme", "–", "1", "–"],
        ["Support", "Acme", "Manager", "2", "Default"],
        ["Billing", "Globex", "–", "1", "–"],
        ["Support", "Globex", "Manager", "2", "Default"],
    ]


def test_a_department_is_shown_whole_and_as_text(staff: User, acme: World) -> None:
    row = make_department(
        acme.company, "<b>Sales</b>", acme.agent, head=acme.agent, description="<script>x"
    )

    response = browser_of(staff).get(page_of(row))

    page = text_of(response)
    assert response.status_code == 200
    assert b"<b>Sales" not in response.content
    assert b"<script>x" not in response.content
    for shown in ("<b>Sales</b>", "<script>x", "Acme", "Agent"):
        assert shown in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=supp", ["Support", "Support"]),
        ("?q=acme", ["Billing", "Support"]),
        ("?q=acme+bill", ["Billing"]),
        ("?q=nothing", []),
        ("?is_default__exact=1", ["Support", "Support"]),
    ],
)
def test_departments_are_searched_and_filtered(
    staff: User, acme: World, globex: World, query: str, found: list[str]
) -> None:
    assert names_in(text_of(browser_of(staff).get(LIST + query))) == found


@pytest.mark.parametrize("order", ["1", "-1", "2", "4", "-4", "5", "6"])
def test_every_column_sorts(staff: User, acme: World, globex: World, order: str) -> None:
    assert len(names_in(text_of(browser_of(staff).get(f"{LIST}?o={order}")))) == 4


@pytest.mark.parametrize("query", ["?is_default__exact=x", "?p=x", "?o=99", "?q=(a%2B)%2B"])
def test_a_broken_address_is_no_crash(staff: User, acme: World, query: str) -> None:
    assert browser_of(staff).get(LIST + query, follow=True).status_code == 200


def test_an_archived_department_has_no_page(staff: User, acme: World) -> None:
    row = make_department(acme.company, "Old", is_deleted=True)

    assert browser_of(staff).get(page_of(row)).status_code == 302


def test_nobody_writes_here(staff: User, acme: World) -> None:
    client, row = browser_of(staff), acme.support

    with nothing_changes():
        codes = [
            client.post(page_of(row), {"name": "Mine"}).status_code,
            client.get(f"{LIST}add/").status_code,
            client.post(f"{LIST}add/", {"name": "Mine"}).status_code,
            client.post(page_of(row).replace("change/", "delete/"), {"post": "yes"}).status_code,
        ]

    assert codes == [403, 403, 403, 403]


def test_more_departments_ask_no_more_queries(
    staff: User, acme: World, django_assert_num_queries
) -> None:
    client = browser_of(staff)
    for number in range(30):
        company = make_company(f"c-{number}")
        make_department(company, "Sales")

    with django_assert_num_queries(4):
        response = client.get(LIST)

    assert len(names_in(text_of(response))) == 32
