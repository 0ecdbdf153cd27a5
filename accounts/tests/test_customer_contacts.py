"""POST customers/, PATCH customers/{id}/, deactivate/ and reactivate/."""

from typing import Any

import pytest

from accounts.models import Membership
from accounts.tests.factories import PASSWORD, make_member
from conftest import World, client_of
from tokdesk.common.models import Event
from tokdesk.common.roles import Role
from tokdesk.common.testing import ApiClient, recorded_events
from tokdesk.tests.answers import faults, outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

CARLA = {
    "name": "Carla",
    "email": "Carla@Home.example",
    "phone": "+20 100",
    "language": "ar",
    "external_id": "C-1",
    "attributes": {"plan": "gold", "seats": 3, "vip": True, "note": None, "rate": 1.5},
}


@pytest.mark.parametrize("who", ["admin", "manager", "agent"])
def test_staff_write_a_customer_down(acme: World, who: str) -> None:
    client = client_of(getattr(acme, who))

    with recorded_events() as events:
        answer = client.post("customers/", CARLA)

    shown = answer.json()
    assert answer.status_code == 201
    assert {name: shown[name] for name in CARLA} == {**CARLA, "email": "carla@home.example"}
    assert (shown["role"], shown["status"], shown["is_registered"], shown["version"]) == (
        "user",
        "active",
        False,
        1,
    )
    assert shown == client.get(f"customers/{shown['id']}/").json()
    row = Membership.unscoped.get(pk=shown["id"])
    assert (row.user_id, row.company_id) == (None, acme.company.id)
    assert events == ["customer.created"]
    event = Event.objects.get(type="customer.created")
    assert event.payload == {"customer_id": shown["id"]}
    assert event.stream == f"member:{shown['id']}"
    assert (event.company_id, event.actor_member) == (acme.company.id, getattr(acme, who).id)


def test_a_name_is_enough_and_the_company_lends_its_language(acme: World) -> None:
    type(acme.company).objects.filter(pk=acme.company.pk).update(language="ar")

    shown = client_of(acme.agent).post("customers/", {"name": "Nobody Known"}).json()

    empty = ("email", "phone", "external_id", "attributes")
    assert [shown[name] for name in empty] == ["", "", "", {}]
    assert shown["language"] == "ar"


def test_a_contact_sent_twice_under_one_key_is_one(acme: World) -> None:
    client = client_of(acme.agent)

    first = client.post("customers/", CARLA, Idempotency_Key="k1")
    second = client.post("customers/", CARLA, Idempotency_Key="k1")

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert second.headers["Idempotent-Replay"] == "true"


def test_what_is_given_is_changed_and_nothing_else(acme: World) -> None:
    client = client_of(acme.agent)
    made = client.post("customers/", CARLA).json()

    with recorded_events() as events:
        answer = client.patch(
            f"customers/{made['id']}/", {"phone": "+20 200", "attributes": {"plan": "silver"}}
        )

    expected = {"phone": "+20 200", "attributes": {"plan": "silver"}, "version": 2}
    assert answer.status_code == 200
    assert answer.json() == {**made, **expected, "updated_at": answer.json()["updated_at"]}
    assert answer.headers["ETag"] == '"2"'
    assert events == ["customer.changed"]
    event = Event.objects.get(type="customer.changed")
    assert event.payload == {"customer_id": made["id"], "fields": ["attributes", "phone"]}


def test_what_is_optional_can_be_taken_away(acme: World) -> None:
    client = client_of(acme.agent)
    made = client.post("customers/", CARLA).json()

    answer = client.patch(
        f"customers/{made['id']}/", {"email": "", "phone": "", "external_id": "", "attributes": {}}
    )

    empty = [answer.json()[name] for name in ("email", "phone", "external_id", "attributes")]
    assert empty == ["", "", "", {}]


@pytest.mark.parametrize("body", [{}, {**CARLA}, {"email": "CARLA@home.example"}])
def test_the_same_again_is_no_change(acme: World, body: dict[str, Any]) -> None:
    client = client_of(acme.agent)
    made = client.post("customers/", CARLA).json()

    with nothing_changes():
        answer = client.patch(f"customers/{made['id']}/", body)

    assert (answer.status_code, answer.json()["version"]) == (200, 1)


def test_true_is_not_one(acme: World) -> None:
    client = client_of(acme.agent)
    made = client.post("customers/", {"name": "Carla", "attributes": {"vip": 1}}).json()

    shown = client.patch(f"customers/{made['id']}/", {"attributes": {"vip": True}}).json()

    assert (shown["attributes"]["vip"] is True, shown["version"]) == (True, 2)


@pytest.mark.parametrize(("body", "headers"), [({"version": 1}, {}), ({}, {"If_Match": '"1"'})])
def test_a_stale_version_is_refused(
    acme: World, body: dict[str, Any], headers: dict[str, str]
) -> None:
    client = client_of(acme.agent)
    path = f"customers/{acme.customer.id}/"
    client.patch(path, {"name": "First"})

    with nothing_changes():
        answer = client.patch(path, {"name": "Second", **body}, **headers)

    assert outcome(answer) == (409, "stale_version")
    assert answer.json()["current"] == 2


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"email": "CUSTOMER@acme.example"}, "email_taken"),
        ({"email": "agent@acme.example"}, "email_taken"),
        ({"external_id": "X-9"}, "external_id_taken"),
    ],
)
def test_what_another_person_of_the_company_has_is_taken(
    acme: World, body: dict[str, str], code: str
) -> None:
    Membership.unscoped.filter(pk=acme.agent2.pk).update(external_id="X-9")
    client = client_of(acme.agent)
    made = client.post("customers/", {"name": "Carla"}).json()

    with nothing_changes():
        created = client.post("customers/", {"name": "Carla", **body})
        changed = client.patch(f"customers/{made['id']}/", body)

    assert outcome(created) == outcome(changed) == (409, code)


def test_what_a_person_of_another_company_or_a_removed_one_has_is_free(
    acme: World, globex: World
) -> None:
    Membership.unscoped.filter(pk=globex.agent.pk).update(external_id="C-1")
    make_member(
        acme.company, Role.USER, "carla@home.example", user=None, external_id="C-1", is_deleted=True
    )

    assert client_of(acme.agent).post("customers/", CARLA).status_code == 201


@pytest.mark.parametrize("field", ["email", "external_id"])
def test_two_contacts_without_it_do_not_collide(acme: World, field: str) -> None:
    client = client_of(acme.agent)

    answers = [client.post("customers/", {"name": "Carla", field: ""}) for _number in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"name": ""}, "name", "blank"),
    ({"name": None}, "name", "null"),
    ({"name": "x" * 121}, "name", "max_length"),
    ({"email": "carla"}, "email", "invalid"),
    ({"email": None}, "email", "null"),
    ({"email": "a" * 250 + "@x.example"}, "email", "max_length"),
    ({"phone": "1" * 41}, "phone", "max_length"),
    ({"phone": "1\n2"}, "phone", "invalid"),
    ({"language": "fr"}, "language", "invalid_choice"),
    ({"external_id": "x" * 121}, "external_id", "max_length"),
    ({"external_id": 7}, "external_id", "invalid"),
    ({"attributes": None}, "attributes", "null"),
    ({"attributes": []}, "attributes", "invalid"),
    ({"attributes": "x"}, "attributes", "invalid"),
    ({"attributes": {"a": []}}, "attributes", "invalid"),
    ({"attributes": {"a": {"b": 1}}}, "attributes", "invalid"),
    ({"attributes": {"a": 2**53 + 1}}, "attributes", "invalid"),
    ({"attributes": {"a": -1e300}}, "attributes", "invalid"),
    ({"attributes": {"a": "x" * 501}}, "attributes", "max_length"),
    ({"attributes": {"a": "x\u202ey"}}, "attributes", "invalid"),
    ({"attributes": {"A": 1}}, "attributes", "invalid_name"),
    ({"attributes": {"": 1}}, "attributes", "invalid_name"),
    ({"attributes": {"a b": 1}}, "attributes", "invalid_name"),
    ({"attributes": {"a\n": 1}}, "attributes", "invalid_name"),
    ({"attributes": {"$where": 1}}, "attributes", "invalid_name"),
    ({"attributes": {"a.b": 1}}, "attributes", "invalid_name"),
    ({"attributes": {"a" * 41: 1}}, "attributes", "invalid_name"),
    ({"attributes": {f"a{n}": n for n in range(51)}}, "attributes", "max_length"),
]


@pytest.mark.parametrize(("body", "field", "code"), WRONG)
def test_a_wrong_value_is_named(acme: World, body: Any, field: str, code: str) -> None:
    client = client_of(acme.agent)

    with nothing_changes():
        created = client.post("customers/", {"name": "Carla", **body})
        changed = client.patch(f"customers/{acme.customer.id}/", body)

    assert outcome(created) == outcome(changed) == (400, "invalid")
    assert faults(created) == faults(changed) == {field: [code]}


def test_the_largest_attributes_fit(acme: World) -> None:
    largest = {f"{n:02d}" + "a" * 38: "x" * 500 for n in range(50)}

    answer = client_of(acme.agent).post("customers/", {"name": "C", "attributes": largest})

    assert answer.json()["attributes"] == largest


@pytest.mark.parametrize(
    "field", ["role", "status", "user", "is_registered", "company", "password"]
)
def test_nothing_else_is_written_here(acme: World, field: str) -> None:
    client = client_of(acme.admin)

    with nothing_changes():
        created = client.post("customers/", {"name": "Carla", field: "x"})
        changed = client.patch(f"customers/{acme.customer.id}/", {field: "x"})

    assert faults(created) == faults(changed) == {field: ["unknown_field"]}


def test_nobody_of_the_staff_is_changed_here(acme: World) -> None:
    client = client_of(acme.admin)

    with nothing_changes():
        answers = [
            client.patch(f"customers/{acme.agent.id}/", {"name": "x"}),
            client.post(f"customers/{acme.agent.id}/deactivate/"),
            client.post(f"customers/{acme.agent.id}/reactivate/"),
        ]

    assert [outcome(answer) for answer in answers] == [(404, "not_found")] * 3


def test_an_admin_keeps_a_customer_out_and_lets_them_in_again(acme: World) -> None:
    client, theirs = client_of(acme.admin), client_of(acme.customer)
    path = f"customers/{acme.customer.id}"
    body = {"email": "customer@acme.example", "password": PASSWORD}

    out = client.post(f"{path}/deactivate/")

    assert (out.status_code, out.json()["status"]) == (200, "deactivated")
    assert outcome(theirs.get("me/")) == (401, "session_ended")
    assert outcome(ApiClient().post("auth/login/", body)) == (403, "membership_deactivated")

    back = client.post(f"{path}/reactivate/")

    assert (back.status_code, back.json()["status"], back.json()["version"]) == (200, "active", 3)
    assert ApiClient().post("auth/login/", body).status_code == 200


@pytest.mark.parametrize("who", ["manager", "agent"])
@pytest.mark.parametrize("deed", ["deactivate", "reactivate"])
def test_nobody_else_keeps_customers_out(acme: World, who: str, deed: str) -> None:
    client = client_of(getattr(acme, who))

    with nothing_changes():
        answer = client.post(f"customers/{acme.customer.id}/{deed}/")

    assert outcome(answer) == (403, "permission_denied")


def test_nobody_takes_over_for_a_customer(acme: World) -> None:
    client = client_of(acme.admin)

    with nothing_changes():
        answer = client.post(
            f"customers/{acme.customer.id}/deactivate/", {"reassign_to": str(acme.agent.id)}
        )

    assert faults(answer) == {"reassign_to": ["unknown_field"]}
