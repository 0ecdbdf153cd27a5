"""GET customers/ and customers/{id}/: the customers of one company, for its staff."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from accounts.models import Membership
from accounts.tests.factories import make_member
from conftest import World, client_of
from tokdesk.common.ids import new_id
from tokdesk.common.roles import Role
from tokdesk.common.testing import without_request_id
from tokdesk.tests.answers import faults, outcome

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


def names(answer: Any) -> list[str]:
    return [each["name"] for each in answer.json()["results"]]


def contact(world: World, name: str, **fields: Any) -> Membership:
    email = fields.pop("email", f"{name.lower()}@home.example")
    return make_member(world.company, Role.USER, email, user=None, name=name, **fields)


@pytest.mark.parametrize("who", ["admin", "manager", "agent"])
def test_a_customer_is_shown_whole_to_all_staff(acme: World, who: str) -> None:
    carla = contact(
        acme, "Carla", phone="+20 1", external_id="C-1", attributes={"plan": "gold", "seats": 3}
    )

    answer = client_of(getattr(acme, who)).get(f"customers/{carla.id}/")

    assert answer.status_code == 200
    shown = answer.json()
    assert shown == {
        "id": str(carla.id),
        "name": "Carla",
        "role": "user",
        "avatar": None,
        "email": "carla@home.example",
        "phone": "+20 1",
        "language": "en",
        "external_id": "C-1",
        "attributes": {"plan": "gold", "seats": 3},
        "status": "active",
        "is_registered": False,
        "version": 1,
        "created_at": shown["created_at"],
        "updated_at": shown["updated_at"],
    }
    assert answer.headers["ETag"] == '"1"'


def test_the_list_holds_customers_newest_first_and_no_staff(acme: World, globex: World) -> None:
    contact(acme, "Carla")
    contact(globex, "Dora")

    answer = client_of(acme.agent).get("customers/")

    assert names(answer) == ["Carla", "Customer"]
    assert [each["is_registered"] for each in answer.json()["results"]] == [False, True]


def test_staff_strangers_and_nobody_are_unknown_alike(acme: World, globex: World) -> None:
    client = client_of(acme.agent)
    wrong = (acme.agent2.id, acme.agent.id, globex.customer.id, new_id())
    answers = [client.get(f"customers/{each}/") for each in wrong]

    assert [outcome(answer) for answer in answers] == [(404, "not_found")] * 4
    assert len({without_request_id(answer) for answer in answers}) == 1


def test_a_removed_customer_is_not_shown(acme: World) -> None:
    gone = contact(acme, "Gone", is_deleted=True)

    assert names(client_of(acme.agent).get("customers/")) == ["Customer"]
    assert client_of(acme.agent).get(f"customers/{gone.id}/").status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("email=carla%40home.example", ["Carla"]),
        ("email=CARLA%40Home.example", ["Carla"]),
        ("email=arla%40home.example", []),
        ("email=agent%40acme.example", []),
        ("external_id=C-1", ["Carla"]),
        ("external_id=c-1", []),
        ("external_id=C-", []),
        ("q=carl", ["Carla"]),
        ("q=HOME.example", ["Dan", "Carla"]),
        ("q=%2B20", ["Carla"]),
        ("q=%25", []),
        ("q=_", []),
        ("status=deactivated", ["Dan"]),
        ("status=active", ["Carla", "Customer"]),
        ("", ["Dan", "Carla", "Customer"]),
    ],
)
def test_the_list_is_narrowed(acme: World, globex: World, query: str, found: list[str]) -> None:
    contact(globex, "Carla", phone="+20 1", external_id="C-1")
    contact(acme, "Carla", phone="+20 1", external_id="C-1")
    contact(acme, "Dan", status="deactivated")

    assert names(client_of(acme.agent).get(f"customers/?{query}")) == found


@pytest.mark.parametrize(
    "query",
    ["email=", "email=carla", "email=a%40b%40c", "status=x", "q=" + "x" * 201]
    + ["external_id=" + "x" * 201],
)
def test_a_wrong_filter_value_is_named(acme: World, query: str) -> None:
    answer = client_of(acme.agent).get(f"customers/?{query}")

    assert outcome(answer) == (400, "invalid")
    assert list(faults(answer)) == [query.split("=")[0]]


@pytest.mark.parametrize(
    ("ordering", "found"),
    [
        ("name", ["Ann", "Bob", "Customer"]),
        ("-name", ["Customer", "Bob", "Ann"]),
        ("created_at", ["Bob", "Ann", "Customer"]),
        ("-created_at", ["Customer", "Ann", "Bob"]),
    ],
)
def test_the_list_is_ordered(acme: World, ordering: str, found: list[str]) -> None:
    for age, name in enumerate(["Ann", "Bob"], start=1):
        contact(acme, name, created_at=timezone.now() - timedelta(days=age))

    assert names(client_of(acme.agent).get(f"customers/?ordering={ordering}")) == found


def test_pages_meet_without_gap_or_repeat(acme: World) -> None:
    for number in range(6):
        contact(acme, f"Same{number}")
    client = client_of(acme.agent)
    answer = client.get("customers/?limit=3&ordering=name")

    pages = [names(answer)]
    while (link := answer.json()["next"]) is not None:
        parts = urlsplit(link)
        answer = client.get(f"{parts.path}?{parts.query}")
        pages.append(names(answer))

    assert [len(page) for page in pages] == [3, 3, 1]
    assert [name for page in pages for name in page] == [
        "Customer",
        *(f"Same{number}" for number in range(6)),
    ]


def test_customers_see_no_customers(acme: World) -> None:
    client = client_of(acme.customer)
    paths = ["customers/", f"customers/{acme.customer.id}/", "members/"]

    answers = [client.get(path) for path in paths]

    assert [outcome(answer) for answer in answers] == [(403, "permission_denied")] * 3


@pytest.mark.parametrize("count", [2, 30])
def test_a_page_costs_the_same_for_two_and_for_thirty(
    acme: World, django_assert_num_queries: Any, count: int
) -> None:
    for number in range(count):
        contact(acme, f"Carla{number}")
    client = client_of(acme.agent)

    with django_assert_num_queries(2):
        answer = client.get("customers/?limit=100")

    assert len(answer.json()["results"]) == count + 1
