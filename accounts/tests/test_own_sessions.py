"""GET me/sessions/ and DELETE me/sessions/{id}/: one's own devices."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Session, User
from accounts.tests.devices import device
from accounts.tests.factories import PASSWORD, make_member, sign_in_as
from conftest import World, client_of
from tokdesk.common.ids import new_id
from tokdesk.common.roles import Role
from tokdesk.common.testing import ApiClient, recorded_events, without_request_id
from tokdesk.tests.answers import outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


def sign_in(agent: str = "Firefox", **fields: str) -> dict[str, Any]:
    login = {"email": "agent@acme.example", "password": PASSWORD, **fields}
    body: dict[str, Any] = device(agent=agent).post("auth/login/", login).json()
    return body


def test_a_session_is_shown_as_a_device(acme: World) -> None:
    client = ApiClient(sign_in("Firefox/145")["access"])

    answer = client.get("me/sessions/")

    assert answer.status_code == 200
    [shown] = answer.json()["results"]
    session = Session.objects.get()
    assert shown == {
        "id": str(session.id),
        "kind": "api",
        "company": {
            "id": str(acme.company.id),
            "name": "Acme",
            "slug": "acme",
            "status": "active",
        },
        "created_at": shown["created_at"],
        "renewed_at": shown["renewed_at"],
        "expires_at": shown["expires_at"],
        "ip": "192.0.2.10",
        "user_agent": "Firefox/145",
        "current": True,
    }
    assert (answer.json()["next"], answer.json()["previous"]) == (None, None)


def test_only_the_asking_session_is_current_and_the_newest_stands_first(acme: World) -> None:
    with time_machine.travel(timezone.now() - timedelta(hours=1)):
        old = Session.objects.get(pk=sign_in_as(acme.agent).pk)
    client = ApiClient(sign_in()["access"])

    shown = client.get("me/sessions/").json()["results"]

    assert [each["current"] for each in shown] == [True, False]
    assert shown[1]["id"] == str(old.id)


def test_sessions_in_all_companies_are_shown_and_no_dead_ones(acme: World, globex: World) -> None:
    both = make_member(globex.company, Role.USER, "agent@acme.example")
    sign_in_as(both)
    ended = sign_in_as(acme.agent)
    Session.objects.filter(pk=ended.pk).update(ended_at=timezone.now())
    expired = sign_in_as(acme.agent)
    Session.objects.filter(pk=expired.pk).update(expires_at=timezone.now())

    shown = client_of(acme.agent).get("me/sessions/").json()["results"]

    assert sorted(each["company"]["slug"] for each in shown) == ["acme", "globex"]


def test_nobody_sees_the_sessions_of_others(acme: World, globex: World) -> None:
    for member in [*acme.people(), *globex.people()]:
        sign_in_as(member)

    shown = client_of(acme.admin).get("me/sessions/").json()["results"]

    assert len(shown) == 2
    mine = Session.objects.filter(user_id=acme.admin.user_id)
    assert {each["id"] for each in shown} == {str(session.id) for session in mine}


def test_platform_staff_see_their_sessions_without_a_company(staff: User) -> None:
    [shown] = client_of(staff).get("me/sessions/").json()["results"]

    assert shown["company"] is None


def test_ending_another_device_signs_it_out_at_once(acme: World) -> None:
    other = sign_in("Phone")
    client = client_of(acme.agent)
    session = Session.objects.get(user_agent="Phone")

    with recorded_events() as events:
        answer = client.delete(f"me/sessions/{session.id}/")

    assert (answer.status_code, answer.content) == (204, b"")
    assert events == ["session.ended"]
    assert outcome(ApiClient(other["access"]).get("me/")) == (401, "session_ended")
    assert outcome(device().post("auth/refresh/", {"refresh": other["refresh"]})) == (
        401,
        "session_ended",
    )
    assert client.get("me/").status_code == 200


def test_a_device_that_is_signed_in_to_another_company_can_be_ended(
    acme: World, globex: World
) -> None:
    both = make_member(globex.company, Role.USER, "agent@acme.example")
    elsewhere = sign_in_as(both)
    client = client_of(acme.agent)

    answer = client.delete(f"me/sessions/{elsewhere.id}/")

    assert answer.status_code == 204
    assert Session.objects.get(pk=elsewhere.pk).ended_at is not None


def test_ending_the_current_session_is_a_logout(acme: World) -> None:
    client = client_of(acme.agent)

    answer = client.delete(f"me/sessions/{Session.objects.get().id}/")

    assert answer.status_code == 204
    assert outcome(client.get("me/")) == (401, "session_ended")


def test_a_dead_session_is_unknown(acme: World) -> None:
    dead = sign_in_as(acme.agent)
    client = client_of(acme.agent)
    client.delete(f"me/sessions/{dead.id}/")

    assert outcome(client.delete(f"me/sessions/{dead.id}/")) == (404, "not_found")


@pytest.mark.parametrize("whose", ["colleague", "stranger", "staff"])
def test_the_session_of_somebody_else_answers_like_an_unknown_one(
    acme: World, globex: World, staff: User, whose: str
) -> None:
    who = {"colleague": acme.agent, "stranger": globex.agent, "staff": staff}[whose]
    theirs = sign_in_as(who)
    client = client_of(acme.admin)

    with nothing_changes():
        foreign = client.delete(f"me/sessions/{theirs.id}/")
        unknown = client.delete(f"me/sessions/{new_id()}/")

    assert outcome(foreign) == (404, "not_found")
    assert without_request_id(foreign) == without_request_id(unknown)


def test_an_undashed_id_is_the_same_id(acme: World) -> None:
    other = sign_in_as(acme.agent)

    assert client_of(acme.agent).delete(f"me/sessions/{other.id.hex}/").status_code == 204


@pytest.mark.parametrize("text", ["1", "me", "{id}", "urn:uuid:{id}", "..%2f{id}"])
def test_what_is_no_id_is_404(acme: World, text: str) -> None:
    other = sign_in_as(acme.agent)
    client = client_of(acme.agent)

    with nothing_changes():
        answer = client.delete(f"me/sessions/{text.format(id='{' + str(other.id) + '}')}/")

    assert outcome(answer) == (404, "not_found")


@pytest.mark.parametrize("method", ["GET", "PATCH", "PUT", "POST"])
def test_a_session_is_not_edited(acme: World, method: str) -> None:
    other = sign_in_as(acme.agent)
    client = client_of(acme.agent)

    with nothing_changes():
        answer = client.send(method, f"me/sessions/{other.id}/")

    assert outcome(answer) == (405, "method_not_allowed")


def test_the_list_has_no_filter_by_person(acme: World, globex: World) -> None:
    client = client_of(acme.admin)

    for query in (f"user={globex.admin.user_id}", f"user_id={globex.admin.user_id}", "member=1"):
        assert outcome(client.get(f"me/sessions/?{query}")) == (400, "unknown_parameter")
