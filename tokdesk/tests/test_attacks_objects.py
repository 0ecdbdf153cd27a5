"""A01, A03, A05: what is not one's own answers as if it did not exist, and no list shows it."""

from typing import Any

import pytest

from accounts.models import User
from accounts.tests.factories import PASSWORD, make_member, sign_in_as
from conftest import World, client_of
from tokdesk.common.ids import new_id
from tokdesk.common.roles import Role
from tokdesk.common.testing import ApiClient, without_request_id
from tokdesk.tests.answers import outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

ROLES = ["admin", "manager", "agent", "customer"]
METHODS = ["GET", "PATCH", "PUT", "DELETE", "POST"]


@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize("method", METHODS)
def test_a_foreign_company_answers_like_an_unknown_one(
    acme: World, globex: World, who: str, method: str
) -> None:
    client = client_of(getattr(acme, who))

    with nothing_changes():
        foreign = client.send(method, f"companies/{globex.company.id}/", {})
        unknown = client.send(method, f"companies/{new_id()}/", {})

    assert foreign.status_code in (403, 405)
    assert foreign.status_code == unknown.status_code
    assert without_request_id(foreign) == without_request_id(unknown)


@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize("method", METHODS)
def test_a_foreign_session_answers_like_an_unknown_one(
    acme: World, globex: World, who: str, method: str
) -> None:
    client, theirs = client_of(getattr(acme, who)), sign_in_as(globex.agent)

    with nothing_changes():
        foreign = client.send(method, f"me/sessions/{theirs.id}/", {})
        unknown = client.send(method, f"me/sessions/{new_id()}/", {})

    assert foreign.status_code in (404, 405)
    assert foreign.status_code == unknown.status_code
    assert without_request_id(foreign) == without_request_id(unknown)


@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize(
    ("method", "deed"), [*((each, "") for each in METHODS), ("POST", "deactivate/")]
)
@pytest.mark.parametrize("path", ["members", "customers"])
def test_a_foreign_person_answers_like_an_unknown_one(
    acme: World, globex: World, who: str, method: str, deed: str, path: str
) -> None:
    client = client_of(getattr(acme, who))
    theirs = globex.agent if path == "members" else globex.customer

    with nothing_changes():
        foreign = client.send(method, f"{path}/{theirs.id}/{deed}", {})
        unknown = client.send(method, f"{path}/{new_id()}/{deed}", {})

    assert foreign.status_code in (403, 404, 405)
    assert foreign.status_code == unknown.status_code
    assert without_request_id(foreign) == without_request_id(unknown)


def test_even_platform_staff_end_no_foreign_session_by_rest(acme: World, staff: User) -> None:
    theirs = sign_in_as(acme.agent)
    client = client_of(staff)

    with nothing_changes():
        answer = client.delete(f"me/sessions/{theirs.id}/")

    assert outcome(answer) == (404, "not_found")


def test_a_session_of_a_person_with_the_same_name_is_foreign(acme: World, globex: World) -> None:
    theirs = sign_in_as(globex.agent)

    assert client_of(acme.agent).delete(f"me/sessions/{theirs.id}/").status_code == 404


def test_the_id_of_another_kind_of_thing_is_unknown(acme: World, staff: User) -> None:
    client = client_of(staff)

    for wrong in (acme.agent.id, acme.agent.user_id, sign_in_as(acme.agent).id):
        assert outcome(client.get(f"companies/{wrong}/")) == (404, "not_found")
        assert outcome(client.delete(f"me/sessions/{wrong}/")) == (404, "not_found")


@pytest.mark.parametrize("field", ["company", "company_id", "member", "member_id", "user"])
def test_no_write_reaches_into_another_company(acme: World, globex: World, field: str) -> None:
    client, own = client_of(acme.admin), client_of(acme.agent)
    theirs = str(globex.company.id if "company" in field else globex.agent.id)

    with nothing_changes():
        answers = [
            client.patch("company/", {"name": "Forged", field: theirs}),
            own.patch("me/", {"name": "Forged", field: theirs}),
            own.put("me/preferences/", {field: theirs}),
            own.post("auth/logout/", {field: theirs}),
            own.post(
                "auth/password/change/",
                {"current_password": PASSWORD, "password": "correct-horse-battery", field: theirs},
            ),
        ]

    assert [outcome(answer) for answer in answers] == [(400, "unknown_field")] * 5


def test_one_persons_places_are_told_to_nobody_else(acme: World, globex: World) -> None:
    """Two companies know one address; neither learns it from anything the API says."""
    shared = "shared@home.example"
    here = make_member(acme.company, Role.USER, shared)
    there = make_member(globex.company, Role.AGENT, shared)
    sign_in_as(there)

    said = [
        client_of(acme.admin).get("me/").content,
        client_of(acme.admin).get("me/sessions/").content,
        client_of(acme.admin).get("company/").content,
    ]

    for body in said:
        for secret in (str(there.id), str(here.user_id), "globex", shared):
            assert secret.encode() not in body


@pytest.mark.parametrize("who", ROLES)
def test_lists_hold_ones_own_rows_alone(acme: World, globex: World, who: str) -> None:
    for member in [*acme.people(), *globex.people()]:
        sign_in_as(member)
    member = getattr(acme, who)
    client = client_of(member)

    sessions = client.get("me/sessions/").json()["results"]
    companies = client.get("companies/")

    assert {each["company"]["slug"] for each in sessions} == {"acme"}
    assert len(sessions) == 2
    assert outcome(companies) == (403, "permission_denied")


def test_platform_staff_see_companies_but_nothing_inside_them(acme: World, staff: User) -> None:
    client = client_of(staff)

    shown = client.get("companies/").content + client.get(f"companies/{acme.company.id}/").content

    for member in acme.people():
        assert str(member.id).encode() not in shown
        assert str(member.user_id).encode() not in shown
    assert b"agent@acme.example" not in shown


@pytest.mark.parametrize(
    "path", ["company/", "me/", "me/sessions/", "companies/", "me/preferences/"]
)
def test_a_company_in_a_header_or_the_address_is_not_heard(
    acme: World, globex: World, path: str
) -> None:
    client: Any = client_of(acme.admin)
    plain = client.get(path)

    named = client.get(path, X_Company=str(globex.company.id), X_Tenant="globex")
    asked = client.get(f"{path}?company={globex.company.id}")

    assert without_request_id(named) == without_request_id(plain)
    assert asked.status_code in (400, 403)


def test_who_is_nobody_sees_nothing(acme: World, nobody: ApiClient) -> None:
    session = sign_in_as(acme.agent)
    paths = ["company/", "companies/", f"companies/{acme.company.id}/", "me/", "me/preferences/"]

    for path in [*paths, "me/sessions/"]:
        assert outcome(nobody.get(path)) == (401, "not_authenticated")
    assert outcome(nobody.delete(f"me/sessions/{session.id}/")) == (401, "not_authenticated")
