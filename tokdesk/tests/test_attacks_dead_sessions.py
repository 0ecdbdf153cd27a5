"""A12: a token is dead on the request after its reason to live ended."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.authentication import SESSION_KEY
from accounts.models import Membership, Session, User
from accounts.services.members import deactivate_member
from accounts.services.platform import deactivate_account, end_account_sessions
from accounts.tests.factories import (
    PASSWORD,
    access_of,
    actor_for,
    change_role,
    make_user,
    sign_in_as,
)
from accounts.tests.forms import GOOD_PASSWORD, reset_token
from companies.services import delete_company, suspend_company
from conftest import World, client_of
from tokdesk.common.roles import Role
from tokdesk.common.testing import ApiClient
from tokdesk.tests.answers import outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

Ending = Callable[[World, User, ApiClient], Any]
EMAIL = "agent@acme.example"


def change_password(world: World, staff: User, client: ApiClient) -> None:
    body = {"current_password": PASSWORD, "password": GOOD_PASSWORD}
    assert client_of(world.agent).post("auth/password/change/", body).status_code == 204


def reset_password(world: World, staff: User, client: ApiClient) -> None:
    body = {"token": reset_token(EMAIL), "password": GOOD_PASSWORD}
    assert client.post("auth/password/reset/", body).status_code == 204


def end_by_list(world: World, staff: User, client: ApiClient) -> None:
    other = client_of(world.agent)
    for session in Session.objects.filter(user_id=world.agent.user_id).order_by("created_at")[:1]:
        assert other.delete(f"me/sessions/{session.id}/").status_code == 204


ENDINGS: dict[str, Ending] = {
    "logout": lambda world, staff, client: client.post("auth/logout/"),
    "password changed elsewhere": change_password,
    "password reset": reset_password,
    "ended from another device": end_by_list,
    "access withdrawn": lambda world, staff, client: deactivate_member(
        actor=actor_for(world.admin), member=world.agent
    ),
    "account closed": lambda world, staff, client: deactivate_account(
        actor=actor_for(staff), user=world.agent.user
    ),
    "signed out by staff": lambda world, staff, client: end_account_sessions(
        actor=actor_for(staff), user=world.agent.user
    ),
    "company suspended": lambda world, staff, client: suspend_company(
        actor=actor_for(staff), company=world.company, reason="Unpaid."
    ),
    "company deleted": lambda world, staff, client: delete_company(
        actor=actor_for(staff), company=world.company, reason="Asked for."
    ),
    "account deleted": lambda world, staff, client: User.objects.filter(email=EMAIL).update(
        is_deleted=True
    ),
    "membership removed": lambda world, staff, client: Membership.unscoped.filter(
        email=EMAIL
    ).update(is_deleted=True),
    "session expired": lambda world, staff, client: Session.objects.update(
        expires_at=timezone.now()
    ),
}


@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS.keys())
def test_every_request_after_the_end_is_refused(acme: World, staff: User, ending: Ending) -> None:
    client = client_of(acme.agent)
    assert client.get("me/").status_code == 200
    ending(acme, staff, client)

    with nothing_changes():
        answers = [
            client.get("me/"),
            client.get("me/sessions/"),
            client.get("company/"),
            client.patch("me/", {"name": "Ghost"}),
            client.put("me/preferences/", {}),
            client.post("auth/switch/", {"company": "acme"}),
            client.post("auth/logout/"),
        ]

    assert [outcome(answer) for answer in answers] == [(401, "session_ended")] * 7


@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS.keys())
def test_the_cookie_of_the_same_session_dies_with_it(
    acme: World, staff: User, ending: Ending
) -> None:
    session = sign_in_as(acme.agent)
    browser = Client(raise_request_exception=False)
    stored = browser.session
    stored[SESSION_KEY] = str(session.id)
    stored.save()
    assert browser.get("/api/v1/me/").status_code == 200

    if ending is ENDINGS["logout"]:
        Session.objects.filter(pk=session.pk).update(ended_at=timezone.now())
    ending(acme, staff, client_of(acme.agent))

    assert outcome(browser.get("/api/v1/me/")) == (401, "session_ended")


def test_a_colleague_notices_nothing(acme: World) -> None:
    colleague = client_of(acme.agent2)

    deactivate_member(actor=actor_for(acme.admin), member=acme.agent)

    assert colleague.get("me/").status_code == 200


def test_a_role_taken_away_is_gone_on_the_next_request(acme: World) -> None:
    second = client_of(acme.manager)
    change_role(actor=actor_for(acme.admin), member=acme.manager, role=Role.COMPANY_ADMIN)
    assert second.patch("company/", {"name": "Mine"}).status_code == 200

    change_role(actor=actor_for(acme.admin), member=acme.manager, role=Role.AGENT)

    assert outcome(second.patch("company/", {"name": "Mine again"})) == (403, "permission_denied")


def test_platform_staff_who_are_staff_no_more_are_out(staff: User) -> None:
    client = ApiClient(access_of(staff))
    User.objects.filter(pk=staff.pk).update(is_super_admin=False)

    assert outcome(client.get("companies/")) == (401, "session_ended")


def test_a_member_made_platform_staff_keeps_the_session_of_a_member(acme: World) -> None:
    client = client_of(acme.agent)
    User.objects.filter(pk=acme.agent.user_id).update(is_super_admin=True)

    assert outcome(client.get("companies/")) == (403, "permission_denied")


def test_a_dead_token_beside_a_living_cookie_is_refused(acme: World) -> None:
    browser = Client(raise_request_exception=False)
    stored = browser.session
    stored[SESSION_KEY] = str(sign_in_as(acme.agent).id)
    stored.save()
    dead = client_of(acme.agent)
    dead.post("auth/logout/")

    answer = browser.get("/api/v1/me/", headers={"Authorization": dead.headers["Authorization"]})

    assert outcome(answer) == (401, "session_ended")


def test_an_old_token_of_another_person_with_the_same_address_is_dead(acme: World) -> None:
    client = client_of(acme.agent)
    User.objects.filter(email=EMAIL).update(is_deleted=True)
    make_user(EMAIL)

    assert outcome(client.get("me/")) == (401, "session_ended")
