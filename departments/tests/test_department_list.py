"""GET departments/ and departments/{id}/: all for staff, the face of each for customers."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from django.utils import timezone

from accounts.models import Membership, User
from accounts.tests.factories import make_member
from conftest import World, client_of
from departments.models import Department
from departments.tests.factories import make_department
from tokdesk.common.ids import new_id
from tokdesk.common.roles import Role
from tokdesk.common.testing import ApiClient, without_request_id
from tokdesk.tests.answers import faults, outcome

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

STAFF = ["admin", "manager", "agent", "agent2"]


def names(answer: Any) -> list[str]:
    return [each["name"] for each in answer.json()["results"]]


@pytest.mark.parametrize("who", STAFF)
def test_staff_see_a_department_whole(acme: World, who: str) -> None:
    answer = client_of(getattr(acme, who)).get(f"departments/{acme.support.id}/")

    assert answer.status_code == 200
    shown = answer.json()
    assert shown == {
        "id": str(acme.support.id),
        "name": "Support",
        "description": "",
        "head": {
            "id": str(acme.manager.id),
            "name": "Manager",
            "role": "manager",
            "avatar": None,
        },
        "is_default": True,
        "member_count": 2,
        "version": 1,
        "created_at": shown["created_at"],
        "updated_at": shown["updated_at"],
    }
    assert shown["created_at"].endswith("Z")
    assert answer.headers["ETag"] == '"1"'


def test_a_customer_sees_what_it_takes_to_choose_one(acme: World) -> None:
    client = client_of(acme.customer)
    Department.unscoped.filter(pk=acme.billing.pk).update(description="Invoices.")

    shown = client.get(f"departments/{acme.billing.id}/").json()
    listed = client.get("departments/").json()["results"]

    assert shown == {"id": str(acme.billing.id), "name": "Billing", "description": "Invoices."}
    assert listed == [shown, {"id": str(acme.support.id), "name": "Support", "description": ""}]


def test_the_list_shows_the_same_rows_by_name(acme: World, globex: World) -> None:
    client = client_of(acme.agent)

    answer = client.get("departments/")

    assert names(answer) == ["Billing", "Support"]
    assert answer.json()["results"][1] == client.get(f"departments/{acme.support.id}/").json()
    assert answer.json()["results"][0]["head"] is None
    assert (answer.json()["next"], answer.json()["previous"]) == (None, None)


def test_only_active_staff_are_counted(acme: World) -> None:
    extra = [make_member(acme.company, Role.AGENT, f"a{n}@acme.example") for n in range(3)]
    sales = make_department(acme.company, "Sales", *extra, acme.agent)
    for member, change in zip(
        extra, [{"status": "deactivated"}, {"role": "user"}, {"is_deleted": True}], strict=True
    ):
        Membership.unscoped.filter(pk=member.pk).update(**change)

    client = client_of(acme.admin)

    assert client.get(f"departments/{sales.id}/").json()["member_count"] == 1
    people = client.get(f"departments/{sales.id}/members/").json()["results"]
    assert [each["id"] for each in people] == [str(acme.agent.id)]


def test_archived_departments_are_not_shown(acme: World) -> None:
    gone = make_department(acme.company, "Old", is_deleted=True)
    client = client_of(acme.admin)

    assert names(client.get("departments/")) == ["Billing", "Support"]
    archived, unknown = (
        client.get(f"departments/{gone.id}/"),
        client.get(f"departments/{new_id()}/"),
    )
    assert outcome(archived) == (404, "not_found")
    assert without_request_id(archived) == without_request_id(unknown)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("supp", ["Support"]),
        ("PORT", ["Support"]),
        ("", ["Billing", "Straße", "Support", "المبيعات"]),
        ("strasse", ["Straße"]),
        ("STRASSE", ["Straße"]),
        ("مبيع", ["المبيعات"]),
        ("%", []),
        ("_", []),
        ("nothing", []),
    ],
)
def test_the_list_is_searched_by_name(acme: World, text: str, found: list[str]) -> None:
    make_department(acme.company, "Straße")
    make_department(acme.company, "المبيعات")

    answer = client_of(acme.agent).get(f"departments/?q={quote(text)}")

    assert sorted(names(answer)) == found


@pytest.mark.parametrize(
    ("ordering", "found"),
    [
        ("name", ["alpha", "Beta", "Billing", "gamma", "Support"]),
        ("-name", ["Support", "gamma", "Billing", "Beta", "alpha"]),
        ("created_at", ["Beta", "gamma", "alpha", "Support", "Billing"]),
        ("-created_at", ["Billing", "Support", "alpha", "gamma", "Beta"]),
    ],
)
def test_the_list_is_ordered_and_capitals_do_not_count(
    acme: World, ordering: str, found: list[str]
) -> None:
    for age, name in enumerate(["alpha", "gamma", "Beta"], start=1):
        make_department(acme.company, name, created_at=timezone.now() - timedelta(days=age))

    assert names(client_of(acme.agent).get(f"departments/?ordering={ordering}")) == found


@pytest.mark.parametrize("ordering", ["name", "-name", "created_at", "-created_at"])
def test_pages_meet_without_gap_or_repeat(acme: World, ordering: str) -> None:
    for number in range(5):
        make_department(acme.company, f"Team {number}")
    client = client_of(acme.customer)
    answer = client.get(f"departments/?limit=3&ordering={ordering}")

    pages = [names(answer)]
    while (link := answer.json()["next"]) is not None:
        parts = urlsplit(link)
        answer = client.get(f"{parts.path}?{parts.query}")
        pages.append(names(answer))

    assert [len(page) for page in pages] == [3, 3, 1]
    flat = [name for page in pages for name in page]
    assert flat == names(client.get(f"departments/?ordering={ordering}"))


@pytest.mark.parametrize("name", ["head", "is_default", "company", "name", "status", "member"])
def test_an_unknown_parameter_is_refused(acme: World, name: str) -> None:
    answer = client_of(acme.admin).get(f"departments/?{name}=x")

    assert outcome(answer) == (400, "unknown_parameter")
    assert faults(answer) == {name: ["unknown_parameter"]}


@pytest.mark.parametrize("limit", ["0", "101", "-1", "x", ""])
def test_a_page_has_a_size(acme: World, limit: str) -> None:
    answer = client_of(acme.admin).get(f"departments/?limit={limit}")

    assert outcome(answer) == (400, "invalid")
    assert list(faults(answer)) == ["limit"]


@pytest.mark.parametrize("count", [0, 28])
@pytest.mark.parametrize("who", ["admin", "manager", "agent", "customer"])
def test_a_page_costs_the_same_for_two_and_for_thirty(
    acme: World, django_assert_num_queries: Any, who: str, count: int
) -> None:
    for number in range(count):
        make_department(acme.company, f"Team {number}", acme.agent, acme.agent2, head=acme.agent)
    client = client_of(getattr(acme, who))

    with django_assert_num_queries(2):
        answer = client.get("departments/?limit=100")

    assert len(answer.json()["results"]) == count + 2


def test_one_row_costs_two_queries(acme: World, django_assert_num_queries: Any) -> None:
    client = client_of(acme.agent)

    with django_assert_num_queries(2):
        client.get(f"departments/{acme.support.id}/")


@pytest.mark.parametrize("who", [*STAFF, "customer"])
def test_a_foreign_department_answers_like_an_unknown_one(
    acme: World, globex: World, who: str
) -> None:
    client = client_of(getattr(acme, who))

    foreign = client.get(f"departments/{globex.support.id}/")
    unknown = client.get(f"departments/{new_id()}/")

    assert outcome(foreign) == (404, "not_found")
    assert without_request_id(foreign) == without_request_id(unknown)
    assert str(globex.support.id) not in client.get("departments/").content.decode()


def test_platform_staff_and_nobody_see_none(acme: World, staff: User, nobody: ApiClient) -> None:
    for path in ("departments/", f"departments/{acme.support.id}/"):
        assert outcome(client_of(staff).get(path)) == (403, "permission_denied")
        assert outcome(nobody.get(path)) == (401, "not_authenticated")


@pytest.mark.parametrize("form", ["{0.hex}", "{0}"])
def test_an_id_counts_by_its_value(acme: World, form: str) -> None:
    path = f"departments/{form.format(acme.support.id)}/"

    assert client_of(acme.agent).get(path).json()["name"] == "Support"
    assert client_of(acme.agent).get(f"{path}members/").status_code == 200


@pytest.mark.parametrize("text", ["1", "{{{0}}}", "urn:uuid:{0}", "x", "{0}0"])
def test_what_is_no_id_is_404(acme: World, text: str) -> None:
    path = f"departments/{quote(text.format(acme.support.id))}/"

    for end in ("", "members/", f"members/{acme.agent.id}/"):
        assert outcome(client_of(acme.agent).get(path + end)) == (404, "not_found")
