"""A switch beside other writers of the same session."""

from typing import Any

import pytest

from accounts.models import Session, User
from accounts.services.platform import end_account_sessions
from accounts.tests.devices import device
from accounts.tests.factories import PASSWORD, actor_for, make_member
from companies.models import Company, CompanyState
from conftest import World
from tokdesk.common.roles import Role
from tokdesk.common.testing import ApiClient, race
from tokdesk.tests.answers import outcome
from tokdesk.tests.interleaving import just_before

pytestmark = [pytest.mark.contract, pytest.mark.django_db(transaction=True)]


def access_versions() -> dict[str, int]:
    return dict(CompanyState.unscoped.values_list("company__slug", "access_version"))


@pytest.fixture
def pair(acme: World, globex: World) -> dict[str, Any]:
    """A person in both companies, signed in to Acme."""
    make_member(globex.company, Role.USER, "agent@acme.example")
    login = {"email": "agent@acme.example", "password": PASSWORD, "company": "acme"}
    body: dict[str, Any] = device().post("auth/login/", login).json()
    return body


def test_a_refresh_in_between_spoils_no_switch(pair: dict[str, Any]) -> None:
    def refresh() -> Any:
        return device().post("auth/refresh/", {"refresh": pair["refresh"]})

    with just_before("FOR NO KEY UPDATE", refresh) as between:
        switched = device(access=pair["access"]).post("auth/switch/", {"company": "globex"})

    assert outcome(between[0]) == outcome(switched) == (200, "")
    me = ApiClient(switched.json()["access"]).get("me/")
    assert (me.status_code, me.json()["company"]["slug"]) == (200, "globex")
    again = device().post("auth/refresh/", {"refresh": switched.json()["refresh"]})
    assert again.status_code == 200


def test_a_logout_in_between_wins_over_the_switch(pair: dict[str, Any]) -> None:
    def leave() -> Any:
        return device(access=pair["access"]).post("auth/logout/")

    with just_before('UPDATE "companies_companystate"', leave) as between:
        switched = device(access=pair["access"]).post("auth/switch/", {"company": "globex"})

    assert outcome(between[0]) == (204, "")
    assert outcome(switched) == (401, "session_ended")
    assert Session.objects.get().end_reason == "logout"


def test_who_switches_while_being_signed_out_is_out_in_the_other_company(
    pair: dict[str, Any], staff: User
) -> None:
    seen = access_versions()
    person = User.objects.get(email="agent@acme.example")

    def switch() -> Any:
        return device(access=pair["access"]).post("auth/switch/", {"company": "globex"})

    with just_before('UPDATE "companies_companystate"', switch) as between:
        ended = end_account_sessions(actor=actor_for(staff), user=person)

    assert (outcome(between[0]), ended) == ((200, ""), 1)
    assert Session.objects.get().end_reason == "staff"
    # The switch counted for Acme, the end for Globex, where the session was by then.
    assert access_versions() == {slug: count + 1 for slug, count in seen.items()}


def test_twenty_switches_answer_no_refresh_token_twice(pair: dict[str, Any]) -> None:
    answers = race(
        lambda _: device(access=pair["access"]).post("auth/switch/", {"company": "globex"}), 20
    )

    done = [answer.json() for answer in answers if answer.status_code == 200]
    assert {outcome(answer) for answer in answers} <= {(200, ""), (401, "session_ended")}
    assert done
    assert len({body["refresh"] for body in done}) == len(done)
    session = Session.objects.get()
    assert session.company == Company.objects.get(slug="globex")
    assert all(ApiClient(body["access"]).get("me/").status_code == 200 for body in done)
