"""The log of events, for reading."""

import re

import pytest

from accounts.models import User
from accounts.tests.factories import sign_in_as
from companies.choices import Status
from companies.tests.factories import make_company
from conftest import World
from tokdesk.common.models import Event
from tokdesk.tests.staffsite import browser_of, move_url, page_of, text_of

LIST = "/admin/common/event/"


def types_in(page: str) -> list[str]:
    rows = page.partition('id="result_list"')[2].partition("</table>")[0]
    return re.findall(r'field-kind">.*?<bdi dir="ltr">([^<]*)</bdi>', rows)


@pytest.fixture
def logged(staff: User):
    """A browser whose user has suspended Acme and approved Globex."""
    client = browser_of(staff)
    acme, globex = make_company("acme"), make_company("globex", Status.PENDING)
    client.post(move_url(acme, "suspend"), {"reason": "Spam <b>"})
    client.post(move_url(globex, "approve"), headers={"x-request-id": "by-hand"})
    return client


ALL = ["department.created", "company.approved", "company.suspended", "session.started"]


def test_events_stand_newest_first(logged) -> None:
    assert types_in(text_of(logged.get(LIST))) == ALL


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=acme", ["company.suspended"]),
        ("?q=by-hand", ALL[:2]),
        ("?q=acm", []),
        ("?type=company.approved", ["company.approved"]),
        ("?actor_kind=anonymous", ["session.started"]),
        ("?actor_kind=platform", ALL[1:3]),
    ],
)
def test_events_are_searched_and_filtered(logged, query: str, found: list[str]) -> None:
    assert types_in(text_of(logged.get(LIST + query))) == found


@pytest.mark.parametrize(
    "query", ["?company__id__exact=x", "?p=x", "?p=999", "?o=99", "?at__gte=x", "?type=<b>"]
)
def test_a_broken_address_is_no_crash(logged, query: str) -> None:
    response = logged.get(LIST + query, follow=True)

    assert response.status_code == 200
    assert b"<b>" not in response.content


def test_a_company_links_to_its_own_events(logged) -> None:
    company = Event.objects.get(type="company.suspended").company

    page = text_of(logged.get(page_of(company)))
    [link] = re.findall(rf'href="({LIST}[^"]*)"', page.partition("timeline")[2])

    assert types_in(text_of(logged.get(link))) == ["company.suspended"]


def test_an_event_shows_its_facts_as_text(logged, staff: User) -> None:
    event = Event.objects.get(type="company.suspended")

    response = logged.get(page_of(event))

    assert b"<b>" not in response.content
    assert '"reason": "Spam <b>"' in text_of(response)
    assert str(staff.pk) in text_of(response)


def test_an_event_cannot_be_changed_added_or_deleted(logged) -> None:
    event = Event.objects.get(type="company.suspended")

    codes = [
        logged.post(page_of(event), {"type": "company.restored"}).status_code,
        logged.get(LIST + "add/").status_code,
        logged.post(LIST + "add/", {"type": "made.up"}).status_code,
        logged.post(page_of(event).replace("change/", "delete/"), {"post": "yes"}).status_code,
    ]

    assert codes == [403, 403, 403, 403]
    assert list(Event.objects.order_by("-id").values_list("type", flat=True)) == ALL


def test_more_events_ask_no_more_queries(
    staff: User, acme: World, globex: World, django_assert_num_queries
) -> None:
    client = browser_of(staff)
    for member in (*acme.people(), *globex.people()):
        sign_in_as(member)

    with django_assert_num_queries(4):
        response = client.get(LIST)

    assert len(types_in(text_of(response))) == 11
