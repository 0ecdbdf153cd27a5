"""POST departments/ and PATCH departments/{id}/."""

from typing import Any

import pytest

from accounts.models import User
from conftest import World, client_of
from departments.models import Department
from departments.tests.factories import make_department
from tokdesk.common.ids import new_id
from tokdesk.common.models import Event
from tokdesk.common.testing import ApiClient, recorded_events, without_request_id
from tokdesk.tests.answers import faults, outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

DENIED = (403, "permission_denied")


def test_an_admin_makes_a_department(acme: World) -> None:
    client = client_of(acme.admin)

    with recorded_events() as events:
        answer = client.post(
            "departments/",
            {"name": "  Sales ", "description": "Offers.\r\nOrders.", "head": str(acme.agent.id)},
        )

    assert answer.status_code == 201
    made = answer.json()
    assert made == {
        "id": made["id"],
        "name": "Sales",
        "description": "Offers.\nOrders.",
        "head": {"id": str(acme.agent.id), "name": "Agent", "role": "agent", "avatar": None},
        "is_default": False,
        "member_count": 1,
        "version": 1,
        "created_at": made["created_at"],
        "updated_at": made["updated_at"],
    }
    assert answer.headers["ETag"] == '"1"'
    assert events == ["department.created", "department.member_added"]
    assert client.get(f"departments/{made['id']}/").json() == made


def test_a_name_is_enough(acme: World) -> None:
    made = client_of(acme.admin).post("departments/", {"name": "المبيعات"}).json()

    assert (made["name"], made["description"], made["head"]) == ("المبيعات", "", None)
    assert made["member_count"] == 0


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "name", "required"),
        ({"name": ""}, "name", "blank"),
        ({"name": "   "}, "name", "blank"),
        ({"name": "\u200d"}, "name", "blank"),
        ({"name": None}, "name", "null"),
        ({"name": 1}, "name", "invalid"),
        ({"name": "a\nb"}, "name", "invalid"),
        ({"name": "x\u0007"}, "name", "invalid"),
        ({"name": "x" * 121}, "name", "max_length"),
        ({"description": "x" * 2001}, "description", "max_length"),
        ({"description": None}, "description", "null"),
        ({"head": "x"}, "head", "invalid"),
        ({"head": 1}, "head", "invalid"),
        ({"head": "{" + str(new_id()) + "}"}, "head", "invalid"),
        ({"head": str(new_id())}, "head", "does_not_exist"),
    ],
)
def test_a_wrong_value_is_named(acme: World, body: Any, field: str, code: str) -> None:
    client = client_of(acme.admin)
    whole = {"name": "Sales", **body} if body else body

    with nothing_changes():
        answer = client.post("departments/", whole)

    assert outcome(answer) == (400, "invalid")
    assert faults(answer) == {field: [code]}


def test_the_longest_values_fit(acme: World) -> None:
    body = {"name": "ع" * 120, "description": "x" * 2000}

    made = client_of(acme.admin).post("departments/", body)

    assert made.status_code == 201
    assert {name: made.json()[name] for name in body} == body


@pytest.mark.parametrize(
    "field",
    ["id", "company", "is_default", "version", "is_deleted", "member_count", "name_key", "members"],
)
def test_what_is_not_the_senders_is_an_unknown_field(acme: World, field: str) -> None:
    client = client_of(acme.admin)

    with nothing_changes():
        answer = client.post("departments/", {"name": "Sales", field: 1})

    assert outcome(answer) == (400, "unknown_field")
    assert faults(answer) == {field: ["unknown_field"]}


@pytest.mark.parametrize(
    "field", ["id", "company", "archived_into", "is_deleted", "created_at", "name_key", "members"]
)
def test_a_change_takes_no_other_field(acme: World, field: str) -> None:
    client = client_of(acme.admin)

    with nothing_changes():
        answer = client.patch(f"departments/{acme.support.id}/", {"name": "Care", field: 1})

    assert outcome(answer) == (400, "unknown_field")


@pytest.mark.parametrize("who", ["admin", "agent", "manager", "customer"])
def test_a_foreign_head_is_told_like_an_unknown_one(acme: World, globex: World, who: str) -> None:
    client, path = client_of(acme.admin), f"departments/{acme.billing.id}/"
    theirs, unknown = str(getattr(globex, who).id), str(new_id())

    with nothing_changes():
        made = [client.post("departments/", {"name": "X", "head": h}) for h in (theirs, unknown)]
        changed = [client.patch(path, {"head": h}) for h in (theirs, unknown)]

    for foreign, other in (made, changed):
        assert faults(foreign) == {"head": ["does_not_exist"]}
        assert without_request_id(foreign) == without_request_id(other)


def test_a_customer_heads_nothing(acme: World) -> None:
    client, head = client_of(acme.admin), {"head": str(acme.customer.id)}

    with nothing_changes():
        made = client.post("departments/", {"name": "Sales", **head})
        changed = client.patch(f"departments/{acme.billing.id}/", head)

    for answer in (made, changed):
        assert outcome(answer) == (400, "invalid")
        assert faults(answer) == {"head": ["not_staff"]}


@pytest.mark.parametrize("name", ["Support", "support", "SUPPORT "])
def test_a_taken_name_is_a_conflict(acme: World, name: str) -> None:
    client = client_of(acme.admin)

    with nothing_changes():
        made = client.post("departments/", {"name": name})
        changed = client.patch(f"departments/{acme.billing.id}/", {"name": name})

    assert outcome(made) == outcome(changed) == (409, "name_taken")


def test_another_companys_name_is_free(acme: World, globex: World) -> None:
    make_department(globex.company, "Sales")

    assert client_of(acme.admin).post("departments/", {"name": "Sales"}).status_code == 201


@pytest.mark.parametrize("who", ["manager", "agent", "customer"])
def test_only_an_admin_makes_one(acme: World, who: str) -> None:
    client = client_of(getattr(acme, who))

    with nothing_changes():
        answers = [client.post("departments/", body) for body in ({"name": "Sales"}, {"no": 1})]

    assert [outcome(answer) for answer in answers] == [DENIED, DENIED]


def test_an_admin_changes_what_is_given_and_nothing_else(acme: World, globex: World) -> None:
    client = client_of(acme.admin)

    answer = client.patch(
        f"departments/{acme.billing.id}/",
        {"name": "Money", "head": str(acme.agent.id), "is_default": True},
    )

    changed = answer.json()
    assert answer.status_code == 200
    assert (changed["name"], changed["description"]) == ("Money", "")
    assert changed["head"]["id"] == str(acme.agent.id)
    assert (changed["is_default"], changed["member_count"]) == (True, 2)
    assert (changed["version"], answer.headers["ETag"]) == (2, '"2"')
    assert client.get(f"departments/{acme.support.id}/").json()["is_default"] is False
    assert Department.unscoped.get(pk=globex.support.pk).is_default is True


def test_a_headship_is_ended_by_null(acme: World) -> None:
    answer = client_of(acme.admin).patch(f"departments/{acme.support.id}/", {"head": None})

    assert (answer.json()["head"], answer.json()["member_count"]) == (None, 2)


def test_the_same_again_and_nothing_at_all_change_nothing(acme: World) -> None:
    client = client_of(acme.manager)

    with nothing_changes():
        answers = [
            client.patch(f"departments/{acme.support.id}/", body)
            for body in ({}, {"name": "Support", "description": ""}, {"version": 1})
        ]

    assert [(a.status_code, a.json()["version"]) for a in answers] == [(200, 1)] * 3


def test_the_default_is_not_put_down(acme: World) -> None:
    client = client_of(acme.admin)

    with nothing_changes():
        answer = client.patch(f"departments/{acme.support.id}/", {"is_default": False})

    assert outcome(answer) == (400, "invalid")
    assert faults(answer) == {"is_default": ["invalid"]}


@pytest.mark.parametrize("value", [None, 1, "true", []])
def test_the_default_is_true_or_false(acme: World, value: Any) -> None:
    client = client_of(acme.admin)

    with nothing_changes():
        answer = client.patch(f"departments/{acme.support.id}/", {"is_default": value})

    assert outcome(answer) == (400, "invalid")
    assert list(faults(answer)) == ["is_default"]


def test_a_manager_changes_name_and_description_of_the_own_department(acme: World) -> None:
    changes = {"name": "Care", "description": "We care."}

    answer = client_of(acme.manager).patch(f"departments/{acme.support.id}/", changes)

    assert answer.status_code == 200
    assert {name: answer.json()[name] for name in changes} == changes
    event = Event.objects.get(type="department.changed")
    assert event.actor_member == acme.manager.id


def test_head_and_default_are_not_a_managers(acme: World) -> None:
    client = client_of(acme.manager)

    with nothing_changes():
        answers = [
            client.patch(f"departments/{acme.support.id}/", body)
            for body in (
                {"head": str(acme.manager.id)},
                {"head": None},
                {"is_default": True},
                {"is_default": False},
                {"name": "Mine", "head": str(acme.agent.id)},
            )
        ]

    assert [outcome(answer) for answer in answers] == [DENIED] * 5


def test_a_manager_does_not_change_other_departments(acme: World) -> None:
    client = client_of(acme.manager)

    with nothing_changes():
        answer = client.patch(f"departments/{acme.billing.id}/", {"name": "Mine"})

    assert outcome(answer) == DENIED


@pytest.mark.parametrize("who", ["agent", "customer"])
def test_nobody_below_changes_one(acme: World, globex: World, who: str) -> None:
    client = client_of(getattr(acme, who))

    with nothing_changes():
        answers = [
            client.patch(f"departments/{pk}/", {"no": 1})
            for pk in (acme.support.id, globex.support.id, new_id())
        ]

    assert [outcome(answer) for answer in answers] == [DENIED] * 3


@pytest.mark.parametrize("who", ["admin", "manager"])
def test_a_foreign_department_is_unknown(acme: World, globex: World, who: str) -> None:
    client = client_of(getattr(acme, who))

    with nothing_changes():
        foreign = client.patch(f"departments/{globex.support.id}/", {"name": "Mine"})
        unknown = client.patch(f"departments/{new_id()}/", {"name": "Mine"})

    assert outcome(foreign) == (404, "not_found")
    assert without_request_id(foreign) == without_request_id(unknown)


@pytest.mark.parametrize(("body", "headers"), [({"version": 1}, {}), ({}, {"If_Match": '"1"'})])
def test_a_stale_version_is_refused_with_the_current_one(
    acme: World, body: dict[str, Any], headers: dict[str, str]
) -> None:
    client, path = client_of(acme.admin), f"departments/{acme.support.id}/"
    client.patch(path, {"name": "First", "version": 1})

    with nothing_changes():
        answer = client.patch(path, {"name": "Second", **body}, **headers)

    assert outcome(answer) == (409, "stale_version")
    assert answer.json()["current"] == 2


def test_a_placed_person_does_not_count_as_a_version(acme: World) -> None:
    client, path = client_of(acme.admin), f"departments/{acme.support.id}/"

    client.post(f"{path}members/", {"member": str(acme.agent2.id)})

    assert client.get(path).json()["version"] == 1


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_department_is_not_replaced_or_deleted(acme: World, method: str) -> None:
    answer = client_of(acme.admin).send(method, f"departments/{acme.support.id}/", {"name": "x"})

    assert outcome(answer) == (405, "method_not_allowed")


def test_platform_staff_and_nobody_write_none(acme: World, staff: User, nobody: ApiClient) -> None:
    desk, path = client_of(staff), f"departments/{acme.support.id}/"

    with nothing_changes():
        for client, refusal in ((desk, DENIED), (nobody, (401, "not_authenticated"))):
            assert outcome(client.post("departments/", {"name": "x"})) == refusal
            assert outcome(client.patch(path, {"name": "x"})) == refusal


def test_the_same_request_twice_makes_one(acme: World) -> None:
    client = client_of(acme.admin)

    first, again = (
        client.post("departments/", {"name": "Sales"}, Idempotency_Key="sales") for _ in range(2)
    )
    other = client.post("departments/", {"name": "Other"}, Idempotency_Key="sales")

    assert (first.status_code, again.status_code) == (201, 201)
    assert (again.json(), again.headers["Idempotent-Replay"]) == (first.json(), "true")
    assert outcome(other) == (409, "idempotency_key_reused")


def test_a_refusal_is_told_in_the_readers_language(acme: World) -> None:
    english, arabic = (
        client_of(acme.admin).post("departments/", {"name": "Support"}, Accept_Language=language)
        for language in ("en", "ar")
    )

    assert english.json()["detail"] == "Another department has this name."
    assert (english.json()["code"], arabic.json()["code"]) == ("name_taken", "name_taken")
