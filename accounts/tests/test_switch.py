"""POST auth/switch/: the session moves to another company of the same person."""

from typing import Any

import pytest

from accounts.models import Membership, Session, User
from accounts.tests.devices import device
from accounts.tests.factories import PASSWORD, access_of, make_member
from companies.choices import Status
from companies.models import Company, CompanyState
from companies.tests.factories import make_company
from conftest import World, client_of
from tokdesk.common.roles import Role
from tokdesk.common.testing import ApiClient, recorded_events, without_request_id
from tokdesk.tests.answers import faults, outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

EMAIL = "both@work.example"


@pytest.fixture
def both(acme: World, globex: World) -> dict[str, Any]:
    """Signed in to Acme as an agent; a customer of Globex too."""
    make_member(acme.company, Role.AGENT, EMAIL)
    make_member(globex.company, Role.USER, EMAIL)
    login = {"email": EMAIL, "password": PASSWORD, "company": "acme"}
    body: dict[str, Any] = device().post("auth/login/", login).json()
    return body


def test_the_answer_is_that_of_a_sign_in(both: dict[str, Any]) -> None:
    answer = device(access=both["access"]).post("auth/switch/", {"company": "globex"})

    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == set(both)
    assert body["user"] == both["user"]
    assert (body["company"]["slug"], body["role"]) == ("globex", "user")
    assert body["member"]["id"] != both["member"]["id"]
    assert [each["slug"] for each in body["companies"]] == ["globex", "acme"]


def test_the_new_tokens_work_and_the_old_ones_do_not(both: dict[str, Any]) -> None:
    body = device(access=both["access"]).post("auth/switch/", {"company": "globex"}).json()

    assert ApiClient(body["access"]).get("company/").json()["slug"] == "globex"
    assert outcome(ApiClient(both["access"]).get("me/")) == (401, "session_ended")
    assert device().post("auth/refresh/", {"refresh": body["refresh"]}).status_code == 200


def test_it_stays_one_session_and_is_announced(both: dict[str, Any], acme: World) -> None:
    before = Session.objects.get()
    seen = CompanyState.unscoped.get(company=acme.company).access_version

    with recorded_events() as events:
        device(access=both["access"]).post("auth/switch/", {"company": "globex"})

    assert events == ["session.switched"]
    session = Session.objects.get()
    assert (session.id, session.previous_refresh_id) == (before.id, None)
    assert CompanyState.unscoped.get(company=acme.company).access_version == seen + 1


def test_the_next_sign_in_opens_where_one_switched_to(both: dict[str, Any]) -> None:
    device(access=both["access"]).post("auth/switch/", {"company": "globex"})

    answer = device().post("auth/login/", {"email": EMAIL, "password": PASSWORD})

    assert answer.json()["company"]["slug"] == "globex"


def test_to_the_same_company_means_fresh_tokens(both: dict[str, Any], acme: World) -> None:
    seen = CompanyState.unscoped.get(company=acme.company).access_version

    answer = device(access=both["access"]).post("auth/switch/", {"company": "acme"})

    assert answer.status_code == 200
    assert answer.json()["refresh"] != both["refresh"]
    assert ApiClient(both["access"]).get("me/").status_code == 200
    assert CompanyState.unscoped.get(company=acme.company).access_version == seen


def test_a_foreign_company_is_unknown(acme: World, globex: World) -> None:
    client = client_of(acme.agent)

    with nothing_changes():
        foreign = client.post("auth/switch/", {"company": "globex"})
        unknown = client.post("auth/switch/", {"company": "nowhere"})

    assert outcome(foreign) == (400, "invalid")
    assert faults(foreign) == {"company": ["does_not_exist"]}
    assert without_request_id(foreign) == without_request_id(unknown)


@pytest.mark.parametrize("status", [Status.PENDING, Status.REJECTED, Status.SUSPENDED])
def test_a_closed_company_is_told_as_at_sign_in(both: dict[str, Any], status: str) -> None:
    make_member(make_company("initech", status, status_reason="Because."), Role.AGENT, EMAIL)

    with nothing_changes():
        answer = device(access=both["access"]).post("auth/switch/", {"company": "initech"})

    assert outcome(answer) == (403, f"company_{status}")
    assert answer.json()["company"]["reason"] == "Because."


def test_a_deactivated_membership_is_told_as_at_sign_in(
    both: dict[str, Any], globex: World
) -> None:
    Membership.unscoped.filter(company=globex.company, email=EMAIL).update(status="deactivated")

    with nothing_changes():
        answer = device(access=both["access"]).post("auth/switch/", {"company": "globex"})

    assert outcome(answer) == (403, "membership_deactivated")


@pytest.mark.parametrize("hidden", ["company", "membership"])
def test_what_is_deleted_is_unknown(both: dict[str, Any], globex: World, hidden: str) -> None:
    if hidden == "company":
        Company.objects.filter(pk=globex.company.pk).update(is_deleted=True)
    else:
        Membership.unscoped.filter(company=globex.company, email=EMAIL).update(is_deleted=True)

    answer = device(access=both["access"]).post("auth/switch/", {"company": "globex"})

    assert outcome(answer) == (400, "invalid")


def test_nobody_switches_without_signing_in(acme: World, nobody: ApiClient) -> None:
    assert outcome(nobody.post("auth/switch/", {"company": "acme"})) == (401, "not_authenticated")


def test_platform_staff_have_nowhere_to_go(acme: World, staff: User) -> None:
    access = access_of(staff)

    with nothing_changes():
        answer = ApiClient(access).post("auth/switch/", {"company": "acme"})

    assert outcome(answer) == (400, "invalid")


def test_a_switch_names_the_company_by_its_address_alone(acme: World) -> None:
    client = client_of(acme.agent)

    answer = client.post("auth/switch/", {"company_id": str(acme.company.id)})

    assert outcome(answer) == (400, "unknown_field")
