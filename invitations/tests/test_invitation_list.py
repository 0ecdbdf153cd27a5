"""GET invitations/ and invitations/{id}/: who sees what the company has sent."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.tests.factories import make_member
from conftest import World, client_of
from departments.models import DepartmentMember
from departments.tests.factories import make_department
from invitations.tests.factories import make_invitation
from tokdesk.common.ids import new_id
from tokdesk.common.roles import Role
from tokdesk.common.testing import ApiClient, without_request_id
from tokdesk.tests.answers import faults, outcome

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


def emails(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["email"] for row in answer.json()["results"]]


@pytest.fixture
def sent(acme: World, globex: World) -> World:
    """One of each kind, the newest last."""
    make_invitation(acme.admin, "boss@x.example", Role.MANAGER)
    make_invitation(acme.admin, "support@x.example", department=acme.support)
    make_invitation(acme.admin, "billing@x.example", department=acme.billing)
    make_invitation(acme.manager, "own@x.example", Role.USER, acme.support)
    make_invitation(globex.admin, "elsewhere@x.example")
    return acme


def test_an_admin_sees_all_of_the_company_the_newest_first(sent: World) -> None:
    answer = client_of(sent.admin).get("invitations/")

    assert emails(answer) == [
        "own@x.example",
        "billing@x.example",
        "support@x.example",
        "boss@x.example",
    ]
    assert (answer.json()["next"], answer.json()["previous"]) == (None, None)


def test_the_list_shows_the_same_rows_as_each_page(sent: World) -> None:
    client = client_of(sent.admin)

    for row in client.get("invitations/").json()["results"]:
        assert client.get(f"invitations/{row['id']}/").json() == row


def test_a_manager_sees_those_into_own_departments(sent: World) -> None:
    answer = client_of(sent.manager).get("invitations/")

    assert emails(answer) == ["own@x.example", "support@x.example"]


def test_a_manager_who_left_the_department_sees_the_own_ones(sent: World) -> None:
    DepartmentMember.unscoped.filter(member=sent.manager).delete()

    assert emails(client_of(sent.manager).get("invitations/")) == ["own@x.example"]


def test_a_manager_of_two_departments_sees_each_once(sent: World) -> None:
    make_department(sent.company, "Second", sent.manager)

    assert emails(client_of(sent.manager).get("invitations/")) == [
        "own@x.example",
        "support@x.example",
    ]


@pytest.mark.parametrize("who", ["agent", "customer"])
def test_agents_and_customers_see_none(sent: World, who: str) -> None:
    client = client_of(getattr(sent, who))
    row, _token = make_invitation(sent.admin)

    for path in ("invitations/", f"invitations/{row.id}/"):
        assert outcome(client.get(path)) == (403, "permission_denied")


def test_platform_staff_and_strangers_see_none(sent: World, staff: User, nobody: ApiClient) -> None:
    assert outcome(client_of(staff).get("invitations/")) == (403, "permission_denied")
    assert outcome(nobody.get("invitations/")) == (401, "not_authenticated")


@pytest.mark.parametrize("who", ["admin", "manager"])
def test_foreign_and_invisible_ones_are_unknown(sent: World, globex: World, who: str) -> None:
    foreign, _token = make_invitation(globex.admin)
    hidden, _token = make_invitation(sent.admin, department=sent.billing)
    client = client_of(getattr(sent, who))

    unknown = client.get(f"invitations/{new_id()}/")
    assert outcome(unknown) == (404, "not_found")
    ids = [foreign.id] if who == "admin" else [foreign.id, hidden.id]
    for invitation_id in ids:
        answer = client.get(f"invitations/{invitation_id}/")
        assert without_request_id(answer) == without_request_id(unknown)


def test_whoever_came_in_is_shown(acme: World) -> None:
    at = timezone.now()
    row, _token = make_invitation(
        acme.admin, status="accepted", accepted_by=acme.agent, accepted_at=at
    )

    shown = client_of(acme.admin).get(f"invitations/{row.id}/").json()

    assert shown["accepted_by"] == {
        "id": str(acme.agent.id),
        "name": "Agent",
        "role": "agent",
        "avatar": None,
    }
    assert shown["accepted_at"] == at.isoformat().replace("+00:00", "Z")


def test_what_the_platform_sent_names_nobody(acme: World, staff: User) -> None:
    row, _token = make_invitation(staff, role=Role.COMPANY_ADMIN, company=acme.company)

    shown = client_of(acme.admin).get(f"invitations/{row.id}/").json()

    assert shown["invited_by"] is None
    assert staff.email not in str(shown)
    assert str(staff.id) not in str(shown)


@pytest.fixture
def states(acme: World) -> World:
    late = timezone.now() - timedelta(seconds=1)
    used = {"accepted_by": acme.agent, "accepted_at": timezone.now()}
    make_invitation(acme.admin, "waits@x.example")
    make_invitation(acme.admin, "used@x.example", status="accepted", **used)
    make_invitation(acme.admin, "revoked@x.example", status="revoked")
    make_invitation(acme.admin, "marked@x.example", status="expired", expires_at=late)
    make_invitation(acme.admin, "overdue@x.example", expires_at=late)
    return acme


@pytest.mark.parametrize(
    ("state", "found"),
    [
        ("pending", ["waits@x.example"]),
        ("accepted", ["used@x.example"]),
        ("revoked", ["revoked@x.example"]),
        ("expired", ["overdue@x.example", "marked@x.example"]),
    ],
)
def test_the_list_is_narrowed_by_the_state_that_it_shows(
    states: World, state: str, found: list[str]
) -> None:
    answer = client_of(states.admin).get(f"invitations/?status={state}")

    assert emails(answer) == found
    assert {row["status"] for row in answer.json()["results"]} == {state}


def test_the_list_is_narrowed_by_role_address_and_department(sent: World) -> None:
    client = client_of(sent.admin)

    assert emails(client.get("invitations/?role=manager")) == ["boss@x.example"]
    assert emails(client.get("invitations/?email=OWN@x.example")) == ["own@x.example"]
    assert emails(client.get("invitations/?email=nobody@x.example")) == []
    into = client.get(f"invitations/?department={sent.billing.id}")
    assert emails(into) == ["billing@x.example"]
    assert emails(client.get(f"invitations/?department={new_id()}")) == []


@pytest.mark.parametrize(
    "query",
    [
        "status=open",
        "status=",
        "role=super_admin",
        "department=x",
        "email=",
        "email=own",
        "email=a@localhost",
        "email=" + "x" * 201,
    ],
)
def test_a_wrong_filter_value_is_named(acme: World, query: str) -> None:
    answer = client_of(acme.admin).get(f"invitations/?{query}")

    assert outcome(answer) == (400, "invalid")
    assert list(faults(answer)) == [query.split("=")[0]]


@pytest.mark.parametrize(
    "query",
    [
        "token_hash=x",
        "token_hash__startswith=a",
        "company=x",
        "batch=x",
        "invited_by__user__password__startswith=a",
        "ordering=token_hash",
        "ordering=company__slug",
    ],
)
def test_nothing_else_can_be_asked(acme: World, query: str) -> None:
    answer = client_of(acme.admin).get(f"invitations/?{query}")

    assert outcome(answer) == (400, "unknown_parameter")


def test_pages_meet_without_gap_or_repeat(acme: World) -> None:
    for number in range(7):
        make_invitation(acme.admin, f"p{number}@x.example")
    client = client_of(acme.admin)
    answer = client.get("invitations/?limit=3&ordering=created_at")

    pages = [emails(answer)]
    while (link := answer.json()["next"]) is not None:
        parts = urlsplit(link)
        answer = client.get(f"{parts.path}?{parts.query}")
        pages.append(emails(answer))

    assert [len(page) for page in pages] == [3, 3, 1]
    assert [each for page in pages for each in page] == [f"p{n}@x.example" for n in range(7)]


@pytest.mark.parametrize("who", ["admin", "manager"])
@pytest.mark.parametrize("count", [2, 30])
def test_a_page_costs_the_same_for_two_and_for_thirty(
    acme: World, django_assert_num_queries: Any, who: str, count: int
) -> None:
    for number in range(count):
        inviter = make_member(acme.company, Role.COMPANY_ADMIN, f"a{number}@acme.example")
        make_invitation(inviter, f"p{number}@x.example", department=acme.support)
    client = client_of(getattr(acme, who))

    with django_assert_num_queries(2):
        answer = client.get("invitations/?limit=100")

    assert len(answer.json()["results"]) == count


def test_one_row_costs_two_queries(acme: World, django_assert_num_queries: Any) -> None:
    row, _token = make_invitation(acme.admin, department=acme.support)
    client = client_of(acme.admin)

    with django_assert_num_queries(2):
        client.get(f"invitations/{row.id}/")
