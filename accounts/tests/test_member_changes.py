"""PATCH members/{id}/, deactivate/ and reactivate/."""

from typing import Any

import pytest

from accounts.models import Membership, Session
from accounts.tests.factories import PASSWORD, make_member
from companies.models import CompanyState
from conftest import World, client_of
from tokdesk.common.ids import new_id
from tokdesk.common.models import Event
from tokdesk.common.roles import Role
from tokdesk.common.testing import ApiClient, recorded_events
from tokdesk.tests.answers import faults, outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


def test_an_admin_gives_role_name_and_capacity(acme: World) -> None:
    client = client_of(acme.admin)
    before = CompanyState.unscoped.get().access_version

    with recorded_events() as events:
        answer = client.patch(
            f"members/{acme.agent.id}/", {"role": "manager", "name": "Lara", "capacity": 3}
        )

    shown = answer.json()
    assert answer.status_code == 200
    assert (shown["role"], shown["name"], shown["capacity"]) == ("manager", "Lara", 3)
    assert (shown["version"], answer.headers["ETag"]) == (2, '"2"')
    assert shown["departments"] == [{"id": str(acme.support.id), "name": "Support"}]
    assert events == ["member.role_changed", "member.changed"]
    changed = Event.objects.get(type="member.changed")
    assert changed.payload == {"member_id": str(acme.agent.id), "fields": ["capacity", "name"]}
    assert (changed.company_id, changed.actor_member) == (acme.company.id, acme.admin.id)
    assert CompanyState.unscoped.get().access_version == before + 1
    acme.agent.user.refresh_from_db()
    assert acme.agent.user.name == "Agent"


def test_a_name_alone_changes_no_rights(acme: World) -> None:
    client = client_of(acme.admin)

    with nothing_changes(without=("accounts.Membership", "common.Event", "common.Job")):
        answer = client.patch(f"members/{acme.agent.id}/", {"name": "Lara"})

    assert answer.json()["name"] == "Lara"


@pytest.mark.parametrize("body", [{}, {"name": "Agent", "capacity": 10}, {"version": 1}])
def test_the_same_again_is_no_change(acme: World, body: dict[str, Any]) -> None:
    client = client_of(acme.admin)

    with nothing_changes():
        answer = client.patch(f"members/{acme.agent.id}/", body)

    assert (answer.status_code, answer.json()["version"]) == (200, 1)


def test_who_becomes_a_customer_leaves_the_staff(acme: World) -> None:
    client, theirs = client_of(acme.admin), client_of(acme.agent)

    answer = client.patch(f"members/{acme.agent.id}/", {"role": "user"})

    assert (answer.status_code, answer.json()["role"]) == (200, "user")
    assert outcome(client.get(f"members/{acme.agent.id}/")) == (404, "not_found")
    assert client.get(f"customers/{acme.agent.id}/").json()["name"] == "Agent"
    assert outcome(theirs.get("members/")) == (403, "permission_denied")


def test_a_customer_with_an_account_becomes_staff(acme: World) -> None:
    client = client_of(acme.admin)

    answer = client.patch(f"members/{acme.customer.id}/", {"role": "agent"})

    assert (answer.status_code, answer.json()["role"]) == (200, "agent")
    assert client.get(f"members/{acme.customer.id}/").status_code == 200


def test_who_stays_a_customer_is_not_found_among_staff(acme: World) -> None:
    client = client_of(acme.admin)

    with nothing_changes():
        answer = client.patch(f"members/{acme.customer.id}/", {"role": "user", "name": "Other"})

    assert outcome(answer) == (404, "not_found")


def test_a_contact_without_an_account_becomes_no_staff(acme: World) -> None:
    client = client_of(acme.admin)
    contact = client.post("customers/", {"name": "Carla"}).json()

    with nothing_changes():
        answer = client.patch(f"members/{contact['id']}/", {"role": "agent"})

    assert outcome(answer) == (404, "not_found")


@pytest.mark.parametrize("who", ["manager", "agent", "customer"])
@pytest.mark.parametrize(
    "body", [{"role": "company_admin"}, {"name": "Mine"}, {"capacity": 99}, {}]
)
def test_nobody_else_changes_anybody(acme: World, who: str, body: dict[str, Any]) -> None:
    client = client_of(getattr(acme, who))

    with nothing_changes():
        answers = [
            client.patch(f"members/{each.id}/", body) for each in (acme.agent, getattr(acme, who))
        ]

    assert [outcome(answer) for answer in answers] == [(403, "permission_denied")] * 2


@pytest.mark.parametrize("who", ["customer", "stranger", "unknown"])
@pytest.mark.parametrize("deed", ["", "deactivate/", "reactivate/"])
def test_only_staff_of_the_company_are_found(
    acme: World, globex: World, who: str, deed: str
) -> None:
    client = client_of(acme.admin)
    member_id = {"customer": acme.customer.id, "stranger": globex.agent.id}.get(who, new_id())

    with nothing_changes():
        answer = client.send("POST" if deed else "PATCH", f"members/{member_id}/{deed}", {})

    assert outcome(answer) == (404, "not_found")


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"role": "super_admin"}, "role", "invalid_choice"),
        ({"role": "owner"}, "role", "invalid_choice"),
        ({"role": ""}, "role", "invalid_choice"),
        ({"role": None}, "role", "null"),
        ({"role": ["agent"]}, "role", "invalid_choice"),
        ({"name": ""}, "name", "blank"),
        ({"name": "x" * 121}, "name", "max_length"),
        ({"capacity": -1}, "capacity", "min_value"),
        ({"capacity": 1001}, "capacity", "max_value"),
        ({"capacity": "5"}, "capacity", "invalid"),
        ({"capacity": None}, "capacity", "null"),
        ({"version": 0}, "version", "min_value"),
    ],
)
def test_a_wrong_value_is_named(acme: World, body: Any, field: str, code: str) -> None:
    client = client_of(acme.admin)

    with nothing_changes():
        answer = client.patch(f"members/{acme.agent.id}/", body)

    assert outcome(answer) == (400, "invalid")
    assert faults(answer) == {field: [code]}


@pytest.mark.parametrize(
    "field", ["email", "status", "user", "attributes", "availability", "departments", "company"]
)
def test_nothing_else_is_written_here(acme: World, field: str) -> None:
    client = client_of(acme.admin)

    with nothing_changes():
        answer = client.patch(f"members/{acme.agent.id}/", {"name": "Lara", field: "x"})

    assert faults(answer) == {field: ["unknown_field"]}


@pytest.mark.parametrize(("body", "headers"), [({"version": 1}, {}), ({}, {"If_Match": '"1"'})])
def test_a_stale_version_is_refused(
    acme: World, body: dict[str, Any], headers: dict[str, str]
) -> None:
    client = client_of(acme.admin)
    client.patch(f"members/{acme.agent.id}/", {"name": "First"})

    with nothing_changes(without=("companies.CompanyState",)):
        answer = client.patch(
            f"members/{acme.agent.id}/", {"name": "Second", "role": "manager", **body}, **headers
        )

    assert outcome(answer) == (409, "stale_version")
    assert answer.json()["current"] == 2


@pytest.mark.parametrize(
    ("deed", "body"), [("", {"role": "agent"}), ("deactivate/", {}), ("", {"role": "user"})]
)
def test_the_last_admin_stays(acme: World, deed: str, body: dict[str, str]) -> None:
    client = client_of(acme.admin)

    with nothing_changes():
        answer = client.send("POST" if deed else "PATCH", f"members/{acme.admin.id}/{deed}", body)

    assert outcome(answer) == (409, "last_admin")


def test_nobody_shuts_the_door_behind_themselves(acme: World) -> None:
    make_member(acme.company, Role.COMPANY_ADMIN, "second@acme.example")
    client = client_of(acme.admin)

    with nothing_changes():
        answer = client.post(f"members/{acme.admin.id}/deactivate/")

    assert outcome(answer) == (409, "own_account")


def test_access_is_withdrawn_with_every_session_and_given_back(acme: World) -> None:
    client, theirs = client_of(acme.admin), client_of(acme.agent)
    path = f"members/{acme.agent.id}"

    with recorded_events() as events:
        answer = client.post(f"{path}/deactivate/")

    assert (answer.status_code, answer.json()["status"]) == (200, "deactivated")
    assert answer.headers["ETag"] == '"2"'
    assert events == ["session.ended", "member.deactivated"]
    fact = Event.objects.get(type="member.deactivated")
    assert fact.payload == {"member_id": str(acme.agent.id), "reassign_to": None}
    assert outcome(theirs.get("me/")) == (401, "session_ended")
    assert Session.objects.get(member=acme.agent).end_reason == "deactivated"

    again = client.post(f"{path}/reactivate/")

    assert (again.status_code, again.json()["status"]) == (200, "active")
    body = {"email": "agent@acme.example", "password": PASSWORD}
    assert ApiClient().post("auth/login/", body).status_code == 200


@pytest.mark.parametrize("deed", ["deactivate", "reactivate"])
def test_the_same_deed_again_is_no_change(acme: World, deed: str) -> None:
    client = client_of(acme.admin)
    client.post(f"members/{acme.agent.id}/{deed}/")

    with nothing_changes(without=("companies.CompanyState",)):
        answer = client.post(f"members/{acme.agent.id}/{deed}/")

    assert answer.status_code == 200


def test_somebody_takes_over(acme: World) -> None:
    body = {"reassign_to": str(acme.agent2.id)}

    answer = client_of(acme.admin).post(f"members/{acme.agent.id}/deactivate/", body)

    assert answer.status_code == 200
    fact = Event.objects.get(type="member.deactivated")
    assert fact.payload == {
        "member_id": str(acme.agent.id),
        "reassign_to": str(acme.agent2.id),
    }


def test_nobody_need_take_over(acme: World) -> None:
    path = f"members/{acme.agent.id}/deactivate/"

    assert client_of(acme.admin).post(path, {"reassign_to": None}).status_code == 200


@pytest.mark.parametrize(
    ("heir", "code"),
    [
        ("oneself", "same_member"),
        ("customer", "not_staff"),
        ("deactivated", "not_staff"),
        ("stranger", "does_not_exist"),
        ("unknown", "does_not_exist"),
    ],
)
def test_who_cannot_take_over_is_named(acme: World, globex: World, heir: str, code: str) -> None:
    client = client_of(acme.admin)
    gone = make_member(acme.company, Role.AGENT, "gone@acme.example", status="deactivated")
    heirs = {
        "oneself": acme.agent.id,
        "customer": acme.customer.id,
        "deactivated": gone.id,
        "stranger": globex.agent.id,
        "unknown": new_id(),
    }

    with nothing_changes():
        answer = client.post(
            f"members/{acme.agent.id}/deactivate/", {"reassign_to": str(heirs[heir])}
        )

    expected = "same_member" if heir == "oneself" else "invalid"
    assert outcome(answer) == (400, expected)
    assert faults(answer) == {"reassign_to": [code]}


def test_a_deed_sent_twice_under_one_key_happens_once(acme: World) -> None:
    client = client_of(acme.admin)
    path, key = f"members/{acme.agent.id}/deactivate/", {"Idempotency_Key": "k1"}

    first = client.post(path, {}, **key)
    client.post(f"members/{acme.agent.id}/reactivate/")
    second = client.post(path, {}, **key)

    assert (first.status_code, second.status_code) == (200, 200)
    assert second.headers["Idempotent-Replay"] == "true"
    assert Membership.unscoped.get(pk=acme.agent.pk).status == "active"
