"""Companies as staff see them: the start page, the list and the page of one."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Membership, User
from accounts.tests.factories import make_member
from companies.choices import Status
from companies.models import Company
from companies.services import suspend_company
from companies.tests.factories import make_company
from conftest import World
from notifications.tests.mailbox import delivered
from tokdesk.common.actor import Actor, ActorKind
from tokdesk.common.roles import Role
from tokdesk.common.tenancy import company_scope
from tokdesk.common.testing import recorded_events
from tokdesk.pages import health
from tokdesk.tests.staffsite import browser_of, page_of, said, state_of, text_of

LIST = "/admin/companies/company/"


def names_in(page: str) -> list[str]:
    return re.findall(r'/change/[^>]*><bdi dir="auto">([^<]*)</bdi>', page)


def wait_since(company: Company, **age: int) -> None:
    Company.objects.filter(pk=company.pk).update(created_at=timezone.now() - timedelta(**age))


def test_the_start_page_lists_who_waits_oldest_first(staff: User) -> None:
    for slug, days in (("young", 1), ("oldest", 9), ("middle", 4)):
        wait_since(make_company(slug, Status.PENDING), days=days)
    make_company("active")

    response = browser_of(staff).get("/admin/")

    queue = text_of(response).partition('id="waiting-heading"')[2].partition("</section>")[0]
    assert names_in(queue) == ["Oldest", "Middle", "Young"]
    assert '<span class="count">3</span>' in queue


def test_the_start_page_marks_whose_address_is_confirmed(staff: User) -> None:
    proven = make_company("proven", Status.PENDING)
    open_ = make_company("open", Status.PENDING, email_confirmed_at=None)

    page = text_of(browser_of(staff).get("/admin/"))

    assert page.count(">Confirmed<") == 1
    assert page.count(">Not confirmed<") == 1
    assert f"{proven.pk}/approve/" in page
    assert f"{open_.pk}/approve/" not in page
    assert f"{open_.pk}/reject/" in page


def test_the_start_page_shows_ten_and_says_how_many_there_are(staff: User) -> None:
    for number in range(12):
        make_company(f"waiting-{number}", Status.PENDING)

    page = text_of(browser_of(staff).get("/admin/"))

    assert '<span class="count">12</span>' in page
    assert len(names_in(page)) == 10
    assert f"{LIST}?status__exact=pending" in page


def test_the_start_page_lists_suspended_companies_and_no_deleted_one(staff: User) -> None:
    make_company("initech", Status.SUSPENDED)
    make_company("gone", Status.SUSPENDED, is_deleted=True)
    make_company("gone-too", Status.PENDING, is_deleted=True)

    page = text_of(browser_of(staff).get("/admin/"))

    assert names_in(page) == ["Initech"]
    assert "No company waits." in page


def test_the_start_page_tells_which_part_is_down(staff: User, monkeypatch) -> None:
    def fail() -> None:
        raise ConnectionError

    client = browser_of(staff)
    well = text_of(client.get("/admin/"))
    monkeypatch.setattr(health, "_migrations", fail)
    ill = text_of(client.get("/admin/"))

    assert (well.count(">Works<"), well.count(">Down<")) == (2, 0)
    assert (ill.count(">Works<"), ill.count(">Down<")) == (1, 1)


def queries_of(client, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


@pytest.mark.parametrize(("path", "expected"), [("/admin/", 8), (LIST, 4), (LIST + "?q=a", 4)])
def test_more_companies_ask_no_more_queries(staff: User, path: str, expected: int) -> None:
    client = browser_of(staff)
    make_company("first", Status.PENDING)
    make_company("second", Status.SUSPENDED)
    client.get(path)
    few = queries_of(client, path)
    for number in range(8):
        make_company(f"many-{number}", Status.PENDING)
        make_company(f"more-{number}", Status.SUSPENDED)

    many = queries_of(client, path)

    assert (few, many) == (expected, expected)


def test_the_list_pages_by_fifty(staff: User) -> None:
    for number in range(53):
        make_company(f"company-{number}")
    client = browser_of(staff)

    first, second = client.get(LIST), client.get(LIST + "?p=2")

    assert len(names_in(text_of(first))) == 50
    assert len(names_in(text_of(second))) == 3


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=acm", ["Acme"]),
        ("?q=admin@globex.example", ["Globex"]),
        ("?q=nothing", []),
        ("?status__exact=pending", ["Umbrella"]),
        ("?confirmed=no", ["Umbrella"]),
        ("?confirmed=yes", ["Globex", "Acme"]),
        ("?confirmed=perhaps", ["Umbrella", "Globex", "Acme"]),
        ("?language__exact=ar", ["Globex"]),
        ("?o=1", ["Acme", "Globex", "Umbrella"]),
        ("", ["Umbrella", "Globex", "Acme"]),
    ],
)
def test_the_list_is_searched_filtered_and_sorted(staff: User, query, found) -> None:
    make_company("acme")
    make_company("globex", language="ar")
    make_company("umbrella", Status.PENDING, email_confirmed_at=None)
    make_company("gone", is_deleted=True)

    response = browser_of(staff).get(LIST + query)

    assert names_in(text_of(response)) == found


def test_the_page_shows_the_company_and_only_numbers_of_its_people(
    staff: User, acme: World, globex: World
) -> None:
    with company_scope(acme.company.id):
        Membership.objects.filter(pk=acme.agent2.pk).update(status="deactivated")
    make_member(acme.company, Role.USER, "second@acme.example")

    page = text_of(browser_of(staff).get(page_of(acme.company)))

    numbers = re.findall(r"<dt>([^<]*)</dt><dd>(\d+)</dd>", page)
    assert numbers == [
        ("Company admin", "1"),
        ("Manager", "1"),
        ("Agent", "1"),
        ("Customer", "2"),
    ]
    for person in acme.people()[1:]:
        assert person.email not in page
        assert str(person.pk) not in page


def test_the_page_offers_only_what_fits_the_state(staff: User) -> None:
    client = browser_of(staff)
    offered = {}
    for status in Status.values:
        company = make_company(f"is-{status}", status)
        page = text_of(client.get(page_of(company)))
        offered[status] = re.findall(rf'<li><a href="[^"]*{company.pk}/(\w+)/"', page)

    assert offered == {
        "pending": ["approve", "reject", "remove"],
        "active": ["suspend", "remove"],
        "rejected": ["remove"],
        "suspended": ["restore", "remove"],
    }


def test_the_page_tells_what_happened_newest_first_and_by_whom(staff: User) -> None:
    company = make_company("acme")
    actor = Actor(ActorKind.PLATFORM, Role.SUPER_ADMIN, user_id=staff.id)
    suspend_company(actor=actor, company=company, reason="Spam & more")
    client = browser_of(staff)
    client.post(page_of(company).replace("change/", "restore/"))

    page = text_of(client.get(page_of(company)))

    story = page.partition('class="timeline"')[2].partition("</ol>")[0]
    entries = re.findall(r"<span>([^<]*) <span", story)
    assert entries == ["Restored.", "Suspended: Spam & more"]
    assert story.count(">Super<") == 2


def test_the_timeline_ends_at_fifty_and_holds_no_other_company(
    staff: User, globex: World, django_assert_num_queries
) -> None:
    company = make_company("acme")
    client = browser_of(staff)
    for _ in range(30):
        client.post(page_of(company).replace("change/", "suspend/"), {"reason": "again"})
        client.post(page_of(company).replace("change/", "restore/"))
    client.post(page_of(globex.company).replace("change/", "suspend/"), {"reason": "Globex did"})

    # The first look shows the messages of all those moves and fills Django's own cache of types.
    client.get(page_of(company))

    with django_assert_num_queries(6):
        page = text_of(client.get(page_of(company)))

    assert page.count("<time ") == 50
    assert "Globex did" not in page


def test_nothing_of_a_company_can_be_edited_added_or_removed_the_stock_way(
    staff: User, acme: World
) -> None:
    client = browser_of(staff)
    values = {"name": "Mine", "slug": "mine", "status": "suspended", "_save": "Save"}

    with recorded_events() as events:
        codes = [
            client.post(page_of(acme.company), values).status_code,
            client.get(LIST + "add/").status_code,
            client.post(LIST + "add/", values).status_code,
            client.get(f"{LIST}{acme.company.pk}/delete/").status_code,
            client.post(f"{LIST}{acme.company.pk}/delete/", {"post": "yes"}).status_code,
        ]
        client.post(LIST, {"action": "delete_selected", "_selected_action": acme.company.pk})

    assert codes == [403, 403, 403, 403, 403]
    assert state_of(acme.company) == ("active", "", False)
    assert Company.objects.get().name == "Acme"
    assert events == []


def test_the_history_is_the_timeline(staff: User) -> None:
    company = make_company("acme")

    response = browser_of(staff).get(f"{LIST}{company.pk}/history/")

    assert (response.status_code, response["Location"]) == (302, page_of(company))


def test_selected_companies_are_approved_and_each_failure_is_told(staff: User) -> None:
    good = [make_company("one", Status.PENDING), make_company("two", Status.PENDING)]
    open_ = make_company("open", Status.PENDING, email_confirmed_at=None)
    active = make_company("active")
    left = make_company("left", Status.PENDING)
    ids = [each.pk for each in (*good, open_, active)]

    with recorded_events() as events, delivered() as mails:
        response = browser_of(staff).post(
            LIST, {"action": "approve_selected", "_selected_action": ids}
        )

    assert sorted(said(response)) == [
        "error: Active: The current state does not allow this.",
        "error: Open: The contact address is not confirmed yet.",
        "success: 2 companies are approved.",
    ]
    assert [state_of(each)[0] for each in (*good, open_, active, left)] == [
        "active",
        "active",
        "pending",
        "active",
        "pending",
    ]
    assert events == ["session.started", *["company.approved", "department.created"] * 2]
    assert sorted(each.subject for each in mails) == ["One is approved", "Two is approved"]


def test_approving_one_selected_company_says_so_in_the_singular(staff: User) -> None:
    company = make_company("one", Status.PENDING)

    response = browser_of(staff).post(
        LIST, {"action": "approve_selected", "_selected_action": [company.pk]}
    )

    assert said(response) == ["success: 1 company is approved."]
