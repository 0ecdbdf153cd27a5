"""POST departments/{id}/archive/."""

from typing import Any

import pytest

from accounts.models import User
from conftest import World, client_of
from departments.models import Department
from departments.tests.factories import make_department
from tokdesk.common.ids import new_id
from tokdesk.common.testing import ApiClient, recorded_events, without_request_id
from tokdesk.tests.answers import faults, outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


def archive(client: ApiClient, department: Department, move_to: Any, **headers: str) -> Any:
    path = f"departments/{department.id}/archive/"
    return client.post(path, {"move_to": str(move_to)}, **headers)


def test_an_admin_archives_one_and_sees_it_for_the_last_time(acme: World) -> None:
    client = client_of(acme.admin)

    with recorded_events() as events:
        answer = archive(client, acme.support, acme.billing.id)

    assert answer.status_code == 200
    shown = answer.json()
    assert (shown["id"], shown["name"]) == (str(acme.support.id), "Support")
    assert (shown["is_default"], shown["member_count"], shown["version"]) == (False, 0, 2)
    assert answer.headers["ETag"] == '"2"'
    assert events == ["department.changed", "department.archived"]
    assert outcome(client.get(f"departments/{acme.support.id}/")) == (404, "not_found")
    [left] = client.get("departments/").json()["results"]
    assert (left["name"], left["is_default"], left["version"]) == ("Billing", True, 2)


def test_an_archived_department_answers_like_an_unknown_one(acme: World) -> None:
    client = client_of(acme.admin)
    gone = make_department(acme.company, "Old", acme.agent, is_deleted=True)

    for method, end, body in (
        ("GET", "", None),
        ("PATCH", "", {"name": "New"}),
        ("POST", "archive/", {"move_to": str(acme.support.id)}),
        ("GET", "members/", None),
        ("POST", "members/", {"member": str(acme.agent.id)}),
        ("DELETE", f"members/{acme.agent.id}/", None),
    ):
        with nothing_changes():
            archived = client.send(method, f"departments/{gone.id}/{end}", body)
            unknown = client.send(method, f"departments/{new_id()}/{end}", body)
        assert outcome(archived) == (404, "not_found")
        assert without_request_id(archived) == without_request_id(unknown)


def test_nothing_is_archived_into_itself(acme: World) -> None:
    client = client_of(acme.admin)

    with nothing_changes():
        answer = archive(client, acme.support, acme.support.id)

    assert outcome(answer) == (400, "same_department")
    assert faults(answer) == {"move_to": ["same_department"]}


def test_the_target_is_a_living_department_of_the_own_company(acme: World, globex: World) -> None:
    client = client_of(acme.admin)
    gone = make_department(acme.company, "Old", is_deleted=True)

    with nothing_changes():
        answers = [
            archive(client, acme.support, target)
            for target in (new_id(), globex.support.id, gone.id, acme.agent.id)
        ]

    assert [faults(answer) for answer in answers] == [{"move_to": ["does_not_exist"]}] * 4
    assert len({without_request_id(answer) for answer in answers}) == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [({}, "required"), ({"move_to": None}, "null"), ({"move_to": "x"}, "invalid")],
)
def test_a_target_is_needed(acme: World, body: Any, code: str) -> None:
    client = client_of(acme.admin)

    with nothing_changes():
        answer = client.post(f"departments/{acme.support.id}/archive/", body)

    assert outcome(answer) == (400, "invalid")
    assert faults(answer) == {"move_to": [code]}


def test_the_last_department_has_nowhere_to_go(acme: World) -> None:
    client = client_of(acme.admin)
    archive(client, acme.billing, acme.support.id)

    with nothing_changes():
        answers = [
            archive(client, acme.support, target.id) for target in (acme.support, acme.billing)
        ]

    assert [faults(answer) for answer in answers] == [
        {"move_to": ["same_department"]},
        {"move_to": ["does_not_exist"]},
    ]


@pytest.mark.parametrize("who", ["manager", "agent", "customer"])
def test_only_an_admin_archives(acme: World, who: str) -> None:
    client = client_of(getattr(acme, who))

    with nothing_changes():
        answer = archive(client, acme.support, acme.billing.id)

    assert outcome(answer) == (403, "permission_denied")


def test_a_foreign_department_is_unknown(acme: World, globex: World, staff: User) -> None:
    client, desk = client_of(acme.admin), client_of(staff)

    with nothing_changes():
        foreign = archive(client, globex.support, acme.billing.id)
        both = archive(client, globex.support, globex.billing.id)
        platform = archive(desk, globex.support, globex.billing.id)

    assert outcome(foreign) == outcome(both) == (404, "not_found")
    assert outcome(platform) == (403, "permission_denied")


def test_a_repeated_request_shows_the_archived_one_again(acme: World) -> None:
    client = client_of(acme.admin)

    first, again = (
        archive(client, acme.support, acme.billing.id, Idempotency_Key="away") for _ in range(2)
    )

    assert (first.status_code, again.status_code) == (200, 200)
    assert (again.json(), again.headers["Idempotent-Replay"]) == (first.json(), "true")
    assert outcome(archive(client, acme.support, acme.billing.id)) == (404, "not_found")
