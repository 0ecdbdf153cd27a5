"""departments/{id}/members/: who works there, placed and removed."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from accounts.models import Membership, User
from accounts.tests.factories import make_member
from conftest import World, client_of
from departments.models import DepartmentMember
from departments.tests.factories import make_department
from tokdesk.common.ids import new_id
from tokdesk.common.roles import Role
from tokdesk.common.testing import ApiClient, recorded_events, without_request_id
from tokdesk.tests.answers import faults, outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

DENIED, UNKNOWN = (403, "permission_denied"), (404, "not_found")


def path_of(department: Any, member: Any = None) -> str:
    path = f"departments/{department.id}/members/"
    return path if member is None else f"{path}{member.id}/"


def person(member: Membership) -> dict[str, Any]:
    return {"id": str(member.id), "name": member.name, "role": member.role, "avatar": None}


@pytest.mark.parametrize("who", ["admin", "manager", "agent", "agent2"])
def test_staff_see_who_works_in_any_department(acme: World, globex: World, who: str) -> None:
    answer = client_of(getattr(acme, who)).get(path_of(acme.support))

    assert answer.status_code == 200
    assert answer.json() == {
        "results": [person(acme.agent), person(acme.manager)],
        "next": None,
        "previous": None,
    }


def test_customers_platform_staff_and_nobody_see_no_members(
    acme: World, staff: User, nobody: ApiClient
) -> None:
    assert outcome(client_of(acme.customer).get(path_of(acme.support))) == DENIED
    assert outcome(client_of(staff).get(path_of(acme.support))) == DENIED
    assert outcome(nobody.get(path_of(acme.support))) == (401, "not_authenticated")


def test_pages_of_members_meet(acme: World) -> None:
    people = [make_member(acme.company, Role.AGENT, f"a{n}@acme.example") for n in range(5)]
    sales = make_department(acme.company, "Sales", *people)
    client = client_of(acme.agent)
    answer = client.get(f"{path_of(sales)}?limit=2&ordering=-name")

    pages = [answer.json()["results"]]
    while (link := answer.json()["next"]) is not None:
        parts = urlsplit(link)
        answer = client.get(f"{parts.path}?{parts.query}")
        pages.append(answer.json()["results"])

    assert [[each["name"] for each in page] for page in pages] == [
        ["A4", "A3"],
        ["A2", "A1"],
        ["A0"],
    ]


@pytest.mark.parametrize("name", ["q", "role", "member", "status"])
def test_an_unknown_parameter_is_refused(acme: World, name: str) -> None:
    answer = client_of(acme.agent).get(f"{path_of(acme.support)}?{name}=x")

    assert outcome(answer) == (400, "unknown_parameter")


@pytest.mark.parametrize("count", [2, 30])
def test_a_page_costs_the_same_for_two_and_for_thirty(
    acme: World, django_assert_num_queries: Any, count: int
) -> None:
    contacts = [
        make_member(acme.company, Role.AGENT, f"a{n}@acme.example", user=None) for n in range(count)
    ]
    sales = make_department(acme.company, "Sales", *contacts)
    client = client_of(acme.agent)

    with django_assert_num_queries(3):
        answer = client.get(f"{path_of(sales)}?limit=100")

    assert len(answer.json()["results"]) == count


def test_a_placed_person_is_answered_and_seen(acme: World) -> None:
    client = client_of(acme.admin)

    with recorded_events() as events:
        answer = client.post(path_of(acme.billing), {"member": str(acme.manager.id)})

    assert (answer.status_code, answer.json()) == (201, person(acme.manager))
    assert events == ["department.member_added"]
    listed = client.get(path_of(acme.billing)).json()["results"]
    assert listed == [person(acme.agent2), person(acme.manager)]


@pytest.mark.parametrize("who", ["admin", "manager"])
def test_who_is_there_already_is_answered_all_the_same(acme: World, who: str) -> None:
    client = client_of(getattr(acme, who))

    with recorded_events() as events:
        answer = client.post(path_of(acme.support), {"member": str(acme.agent.id)})

    assert (answer.status_code, answer.json(), events) == (200, person(acme.agent), [])
    assert DepartmentMember.unscoped.filter(department=acme.support).count() == 2


def test_a_manager_places_and_removes_agents_in_the_own_department(acme: World) -> None:
    client = client_of(acme.manager)

    placed = client.post(path_of(acme.support), {"member": str(acme.agent2.id)})
    removed = client.delete(path_of(acme.support, acme.agent))

    assert (placed.status_code, removed.status_code) == (201, 204)
    listed = client.get(path_of(acme.support)).json()["results"]
    assert listed == [person(acme.agent2), person(acme.manager)]


def test_a_manager_places_and_removes_nobody_else_and_nowhere_else(acme: World) -> None:
    client = client_of(acme.manager)

    with nothing_changes():
        answers = [
            client.post(path_of(acme.support), {"member": str(acme.admin.id)}),
            client.post(path_of(acme.billing), {"member": str(acme.agent.id)}),
            client.post(path_of(acme.billing), {"member": str(acme.manager.id)}),
            client.delete(path_of(acme.support, acme.manager)),
            client.delete(path_of(acme.billing, acme.agent2)),
        ]

    assert [outcome(answer) for answer in answers] == [DENIED] * 5


@pytest.mark.parametrize("who", ["agent", "agent2", "customer"])
def test_nobody_below_places_or_removes(acme: World, globex: World, who: str) -> None:
    client = client_of(getattr(acme, who))

    with nothing_changes():
        answers = [
            answer
            for department in (acme.support, globex.support)
            for answer in (
                client.post(path_of(department), {"no": 1}),
                client.delete(path_of(department, acme.agent)),
            )
        ]

    assert [outcome(answer) for answer in answers] == [DENIED] * 4


@pytest.mark.parametrize("who", ["admin", "manager"])
@pytest.mark.parametrize("state", [{"role": "user"}, {"status": "deactivated"}])
def test_only_active_staff_are_placed(acme: World, who: str, state: Any) -> None:
    Membership.unscoped.filter(pk=acme.agent2.pk).update(**state)
    client = client_of(getattr(acme, who))

    with nothing_changes():
        answer = client.post(path_of(acme.support), {"member": str(acme.agent2.id)})

    assert outcome(answer) == (400, "invalid")
    assert faults(answer) == {"member": ["not_staff"]}


def test_foreign_removed_and_unknown_people_are_told_alike(acme: World, globex: World) -> None:
    Membership.unscoped.filter(pk=acme.agent2.pk).update(is_deleted=True)
    client = client_of(acme.admin)
    ids = (new_id(), globex.agent.id, globex.support.id, acme.agent2.id, acme.agent.user_id)

    with nothing_changes():
        placed = [client.post(path_of(acme.support), {"member": str(each)}) for each in ids]
        removed = [client.delete(f"{path_of(acme.support)}{each}/") for each in ids]

    assert [faults(answer) for answer in placed] == [{"member": ["does_not_exist"]}] * 5
    assert [outcome(answer) for answer in removed] == [UNKNOWN] * 5
    assert len({without_request_id(answer) for answer in placed}) == 1
    assert len({without_request_id(answer) for answer in removed}) == 1


@pytest.mark.parametrize("who", ["admin", "manager"])
def test_a_foreign_department_is_unknown(acme: World, globex: World, who: str) -> None:
    client = client_of(getattr(acme, who))
    body = {"member": str(acme.agent.id)}

    with nothing_changes():
        pairs = [
            (
                client.send(method, f"departments/{globex.support.id}/{end}", sent),
                client.send(method, f"departments/{new_id()}/{end}", sent),
            )
            for method, end, sent in (
                ("GET", "members/", None),
                ("POST", "members/", body),
                ("DELETE", f"members/{acme.agent.id}/", None),
                ("DELETE", f"members/{globex.agent.id}/", None),
            )
        ]

    for foreign, unknown in pairs:
        assert outcome(foreign) == UNKNOWN
        assert without_request_id(foreign) == without_request_id(unknown)


@pytest.mark.parametrize(
    ("body", "code"),
    [({}, "required"), ({"member": None}, "null"), ({"member": 1}, "invalid")],
)
def test_a_person_is_needed(acme: World, body: Any, code: str) -> None:
    client = client_of(acme.admin)

    with nothing_changes():
        answer = client.post(path_of(acme.support), body)

    assert outcome(answer) == (400, "invalid")
    assert faults(answer) == {"member": [code]}


def test_no_other_field_is_taken(acme: World) -> None:
    client = client_of(acme.admin)
    body = {"member": str(acme.agent2.id), "department": str(acme.billing.id)}

    with nothing_changes():
        answer = client.post(path_of(acme.support), body)

    assert outcome(answer) == (400, "unknown_field")


def test_a_removed_person_is_gone_and_the_headship_with_the_place(acme: World) -> None:
    client = client_of(acme.admin)

    with recorded_events() as events:
        answer = client.delete(path_of(acme.support, acme.manager))

    assert (answer.status_code, answer.content) == (204, b"")
    assert events == [
        "department.member_removed",
        "department.changed",
        "department.head_changed",
    ]
    shown = client.get(f"departments/{acme.support.id}/").json()
    assert (shown["head"], shown["member_count"], shown["version"]) == (None, 1, 2)
    assert outcome(client.delete(path_of(acme.support, acme.manager))) == UNKNOWN


def test_who_is_placed_elsewhere_is_not_there(acme: World) -> None:
    client = client_of(acme.admin)

    with nothing_changes():
        answers = [
            client.delete(path_of(acme.support, member)) for member in (acme.agent2, acme.customer)
        ]

    assert [outcome(answer) for answer in answers] == [UNKNOWN, UNKNOWN]


def test_a_lost_place_counts_on_the_next_request(acme: World) -> None:
    manager, path = client_of(acme.manager), f"departments/{acme.support.id}/"
    assert manager.patch(path, {"description": "Ours."}).status_code == 200

    client_of(acme.admin).delete(path_of(acme.support, acme.manager))

    assert outcome(manager.patch(path, {"description": "Still ours."})) == DENIED


def test_a_repeated_request_answers_the_person_again(acme: World) -> None:
    client = client_of(acme.admin)

    def place() -> Any:
        body = {"member": str(acme.agent.id)}
        return client.post(path_of(acme.billing), body, Idempotency_Key="agent")

    first, again = place(), place()
    client.delete(path_of(acme.billing, acme.agent))
    late = place()

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json() == person(acme.agent)
    assert outcome(late) == UNKNOWN
