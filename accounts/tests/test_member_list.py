"""GET members/ and members/{id}/: the staff of the company, and who sees how much of them."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Membership
from accounts.tests.factories import make_member
from conftest import World, client_of
from departments.tests.factories import make_department
from tokdesk.common.ids import new_id
from tokdesk.common.roles import Role
from tokdesk.common.testing import without_request_id
from tokdesk.tests.answers import faults, outcome

NOBODYS = "01a20000-0000-7000-8000-000000000000"
pytestmark = [pytest.mark.contract, pytest.mark.django_db]

PRIVATE = [
    *("email", "phone", "language", "external_id", "capacity", "attributes"),
    "last_used_at",
]


def names(answer: Any) -> list[str]:
    return [each["name"] for each in answer.json()["results"]]


def detailed(answer: Any) -> list[str]:
    """Whose contact data is shown; all of it or nothing."""
    rows = answer.json()["results"]
    for row in rows:
        assert len({row[name] is None for name in PRIVATE if name != "last_used_at"}) == 1
    return [row["name"] for row in rows if row["email"] is not None]


def test_a_member_is_shown_whole(acme: World) -> None:
    Membership.unscoped.filter(pk=acme.agent.pk).update(
        phone="+20 1", external_id="E-7", attributes={"desk": 4}, availability="busy"
    )

    answer = client_of(acme.admin).get(f"members/{acme.agent.id}/")

    assert answer.status_code == 200
    shown = answer.json()
    assert shown == {
        "id": str(acme.agent.id),
        "name": "Agent",
        "role": "agent",
        "avatar": None,
        "status": "active",
        "availability": "busy",
        "departments": [{"id": str(acme.support.id), "name": "Support"}],
        "email": "agent@acme.example",
        "phone": "+20 1",
        "language": "en",
        "external_id": "E-7",
        "capacity": 10,
        "attributes": {"desk": 4},
        "last_used_at": None,
        "version": 1,
        "created_at": shown["created_at"],
        "updated_at": shown["updated_at"],
    }
    assert answer.headers["ETag"] == '"1"'


def test_the_list_holds_staff_by_name_and_no_customer(acme: World, globex: World) -> None:
    answer = client_of(acme.admin).get("members/")

    assert names(answer) == ["Admin", "Agent", "Agent2", "Manager"]
    one = client_of(acme.admin).get(f"members/{acme.agent.id}/").json()
    assert answer.json()["results"][1] == one


def test_a_customer_a_stranger_and_nobody_are_unknown_alike(acme: World, globex: World) -> None:
    client = client_of(acme.admin)
    answers = [
        client.get(f"members/{each}/") for each in (acme.customer.id, globex.agent.id, new_id())
    ]

    assert [outcome(answer) for answer in answers] == [(404, "not_found")] * 3
    assert len({without_request_id(answer) for answer in answers}) == 1


@pytest.mark.parametrize(
    ("who", "known"),
    [
        ("admin", ["Admin", "Agent", "Agent2", "Manager"]),
        ("manager", ["Agent", "Manager"]),
        ("agent", ["Agent"]),
        ("agent2", ["Agent2"]),
    ],
)
def test_contact_data_is_for_those_who_may_see_it(acme: World, who: str, known: list[str]) -> None:
    client = client_of(getattr(acme, who))

    assert detailed(client.get("members/")) == known
    for member in acme.people()[:4]:
        one = client.get(f"members/{member.id}/").json()
        assert (one["email"] is not None) == (member.name in known)
        assert (one["capacity"] is not None) == (member.name in known)


def test_a_manager_without_a_department_knows_the_own_row_alone(acme: World) -> None:
    lone = make_member(acme.company, Role.MANAGER, "lone@acme.example")

    assert detailed(client_of(lone).get("members/")) == ["Lone"]


def test_a_manager_of_two_departments_knows_both(acme: World) -> None:
    make_department(acme.company, "Second", acme.manager, acme.agent2)

    answer = client_of(acme.manager).get("members/")

    assert detailed(answer) == ["Agent", "Agent2", "Manager"]
    assert [each["name"] for each in answer.json()["results"][2]["departments"]] == [
        "Billing",
        "Second",
    ]


def test_an_archived_department_is_nobodys(acme: World) -> None:
    make_department(acme.company, "Old", acme.admin, is_deleted=True)

    shown = client_of(acme.admin).get(f"members/{acme.admin.id}/").json()

    assert shown["departments"] == []


@pytest.mark.parametrize(
    ("who", "seen"), [("agent", "invisible"), ("admin", "offline"), ("agent2", "offline")]
)
def test_who_is_invisible_looks_offline_to_others(acme: World, who: str, seen: str) -> None:
    Membership.unscoped.filter(pk=acme.agent.pk).update(availability="invisible")

    answer = client_of(getattr(acme, who)).get(f"members/{acme.agent.id}/")

    assert answer.json()["availability"] == seen


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("role=agent", ["Agent", "Agent2", "Gone"]),
        ("role=company_admin", ["Admin"]),
        ("status=deactivated", ["Gone"]),
        ("status=active", ["Admin", "Agent", "Agent2", "Manager"]),
        ("", ["Admin", "Agent", "Agent2", "Gone", "Manager"]),
        ("q=AGENT", ["Agent", "Agent2"]),
        ("q=manager%40acme", ["Manager"]),
        ("q=%25", []),
        ("q=", ["Admin", "Agent", "Agent2", "Gone", "Manager"]),
        ("role=agent&q=2", ["Agent2"]),
        (f"department={NOBODYS}", []),
    ],
)
def test_the_list_is_narrowed(acme: World, query: str, found: list[str]) -> None:
    make_member(acme.company, Role.AGENT, "gone@x.example", status="deactivated")

    assert names(client_of(acme.admin).get(f"members/?{query}")) == found


def test_the_list_is_narrowed_by_department(acme: World, globex: World) -> None:
    client = client_of(acme.agent2)

    assert names(client.get(f"members/?department={acme.support.id}")) == ["Agent", "Manager"]
    assert names(client.get(f"members/?department={acme.billing.id}")) == ["Agent2"]
    assert names(client.get(f"members/?department={globex.support.id}")) == []


@pytest.mark.parametrize(
    ("who", "found"),
    [
        ("admin", ["Admin", "Agent", "Agent2", "Manager"]),
        ("manager", ["Agent", "Manager"]),
        ("agent", ["Agent"]),
    ],
)
def test_an_address_that_is_not_shown_is_not_found(acme: World, who: str, found: list[str]) -> None:
    client = client_of(getattr(acme, who))

    assert names(client.get("members/?q=acme.example")) == found
    assert names(client.get("members/?q=agent2")) == ["Agent2"]


@pytest.mark.parametrize(
    ("ordering", "found"),
    [
        ("name", ["Admin", "Agent", "Agent2", "Manager"]),
        ("-name", ["Manager", "Agent2", "Agent", "Admin"]),
        ("created_at", ["Agent2", "Agent", "Manager", "Admin"]),
        ("-created_at", ["Admin", "Manager", "Agent", "Agent2"]),
    ],
)
def test_the_list_is_ordered(acme: World, ordering: str, found: list[str]) -> None:
    for age, member in enumerate(acme.people()[:4]):
        at = timezone.now() - timedelta(days=age)
        Membership.unscoped.filter(pk=member.pk).update(created_at=at)

    assert names(client_of(acme.admin).get(f"members/?ordering={ordering}")) == found


@pytest.mark.parametrize(
    "query", ["role=user", "role=super_admin", "status=x", "department=x", "q=" + "x" * 201]
)
def test_a_wrong_filter_value_is_named(acme: World, query: str) -> None:
    answer = client_of(acme.admin).get(f"members/?{query}")

    assert outcome(answer) == (400, "invalid")
    assert list(faults(answer)) == [query.split("=")[0]]


def test_people_of_one_name_page_without_gap_or_repeat(acme: World) -> None:
    for number in range(5):
        make_member(acme.company, Role.AGENT, f"same{number}@acme.example", name="Same")
    client = client_of(acme.admin)
    answer = client.get("members/?limit=2")

    seen = [each["id"] for each in answer.json()["results"]]
    while (link := answer.json()["next"]) is not None:
        parts = urlsplit(link)
        answer = client.get(f"{parts.path}?{parts.query}")
        seen += [each["id"] for each in answer.json()["results"]]

    assert len(seen) == len(set(seen)) == 9


# What a subquery holds MongoDB is asked first.
ASKED_FIRST = 2 if connection.vendor == "mongodb" else 0


@pytest.mark.parametrize(
    ("who", "queries"), [("admin", 4), ("manager", 5 + ASKED_FIRST), ("agent", 5)]
)
@pytest.mark.parametrize("count", [2, 30])
def test_a_page_costs_the_same_for_two_and_for_thirty(
    acme: World, django_assert_num_queries: Any, count: int, who: str, queries: int
) -> None:
    people = [
        make_member(acme.company, Role.AGENT, f"a{number}@acme.example") for number in range(count)
    ]
    make_department(acme.company, "Second", *people)
    make_department(acme.company, "Third", acme.manager, *people)
    client = client_of(getattr(acme, who))

    with django_assert_num_queries(queries):
        answer = client.get("members/?limit=100")

    assert len(answer.json()["results"]) == count + 4


def test_one_member_costs_no_more_than_a_page(acme: World, django_assert_num_queries: Any) -> None:
    client = client_of(acme.manager)

    with django_assert_num_queries(5 + ASKED_FIRST):
        client.get(f"members/{acme.agent.id}/")
