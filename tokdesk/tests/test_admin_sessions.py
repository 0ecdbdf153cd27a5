"""Staying in and going out: Django's session lives exactly as long as ours."""

import pytest
from django.contrib.sessions.models import Session as BrowserSession
from django.test import Client
from django.utils import timezone

from accounts.models import Session, User
from accounts.services.platform import deactivate_account, end_account_sessions
from accounts.services.sessions import end_session
from accounts.tests.factories import PASSWORD, actor_for, make_user
from tokdesk.common.testing import recorded_events
from tokdesk.tests.staffsite import LOGIN, asks_to_sign_in, browser_of, sign_in, text_of

NEW_PASSWORD = "another horse battery"


def test_signing_out_ends_our_session_and_djangos(staff: User) -> None:
    client = browser_of(staff)

    with recorded_events() as events:
        response = client.post("/admin/logout/")

    session = Session.objects.get(user=staff)
    assert response.status_code == 200
    assert "You are signed out." in text_of(response)
    assert (session.end_reason, session.ended_at is None) == ("logout", False)
    assert events == ["session.ended"]
    assert not BrowserSession.objects.exists()
    assert asks_to_sign_in(client.get("/admin/"))


def test_a_link_cannot_sign_anybody_out(staff: User) -> None:
    client = browser_of(staff)

    response = client.get("/admin/logout/")

    assert response.status_code == 405
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize("path", ["/admin/", "/admin/companies/company/", "/admin/jsi18n/"])
def test_a_session_that_ended_elsewhere_is_out_on_its_next_request(staff: User, path: str) -> None:
    client = browser_of(staff)
    end_session(actor=actor_for(staff), session=Session.objects.get(user=staff))

    response = client.get(path)

    assert asks_to_sign_in(response)


def test_an_ended_session_is_told_and_forgotten(staff: User) -> None:
    client = browser_of(staff)
    end_session(actor=actor_for(staff), session=Session.objects.get(user=staff))

    page = text_of(client.get("/admin/", follow=True))

    assert "Your session has ended. Sign in again." in page
    assert "are not authorized" not in page
    assert not BrowserSession.objects.exists()


def test_all_sessions_ended_by_a_colleague_are_out(staff: User) -> None:
    colleague = make_user("colleague@tokdesk.example", is_super_admin=True)
    client = browser_of(staff)
    end_account_sessions(actor=actor_for(colleague), user=staff)

    assert asks_to_sign_in(client.get("/admin/"))


def test_deactivated_staff_are_out_on_their_next_request(staff: User) -> None:
    colleague = make_user("colleague@tokdesk.example", is_super_admin=True)
    client = browser_of(staff)
    deactivate_account(actor=actor_for(colleague), user=staff)

    assert asks_to_sign_in(client.get("/admin/"))


def test_whoever_is_no_longer_staff_is_out_on_the_next_request(staff: User) -> None:
    client = browser_of(staff)
    User.objects.filter(pk=staff.pk).update(is_super_admin=False)

    assert asks_to_sign_in(client.get("/admin/"))


def test_an_expired_session_is_out(staff: User) -> None:
    client = browser_of(staff)
    Session.objects.filter(user=staff).update(expires_at=timezone.now())

    assert asks_to_sign_in(client.get("/admin/"))


def test_a_changed_password_keeps_this_browser_and_ends_the_others(staff: User) -> None:
    here, elsewhere = browser_of(staff), browser_of(staff)
    before = here.cookies["sessionid"].value
    values = {
        "old_password": PASSWORD,
        "new_password1": NEW_PASSWORD,
        "new_password2": NEW_PASSWORD,
    }

    with recorded_events() as events:
        response = here.post("/admin/password_change/", values)

    assert (response.status_code, response["Location"]) == (302, "/admin/password_change/done/")
    assert events == ["session.ended", "password.changed"]
    assert here.get("/admin/").status_code == 200
    assert here.cookies["sessionid"].value != before
    assert asks_to_sign_in(elsewhere.get("/admin/"))
    assert sign_in(Client(), staff, NEW_PASSWORD).status_code == 302


@pytest.mark.parametrize(
    ("old", "new", "again", "fault"),
    [
        ("wrong", NEW_PASSWORD, NEW_PASSWORD, "This is not your current password."),
        (PASSWORD, "short", "short", "at least 12 characters"),
        (PASSWORD, NEW_PASSWORD, "different horse", "The two password fields"),
    ],
)
def test_a_bad_password_change_changes_nothing(
    staff: User, old: str, new: str, again: str, fault: str
) -> None:
    client = browser_of(staff)
    values = {"old_password": old, "new_password1": new, "new_password2": again}

    with recorded_events() as events:
        response = client.post("/admin/password_change/", values)

    assert response.status_code == 200
    assert fault in text_of(response)
    assert events == []
    assert sign_in(Client(), staff, PASSWORD).status_code == 302


def test_guessing_the_own_password_is_limited(staff: User, settings) -> None:
    client = browser_of(staff)
    settings.RATE_LIMITS_ENABLED = True
    settings.GUESS_LIMITS = {**settings.GUESS_LIMITS, "password_account": (1, 60)}
    values = {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    client.post("/admin/password_change/", {**values, "old_password": "wrong"})

    response = client.post("/admin/password_change/", {**values, "old_password": PASSWORD})

    assert "Too many tries. Try again in 1 minute." in text_of(response)
    assert sign_in(Client(), staff, PASSWORD).status_code == 302


def test_the_sign_in_page_leads_signed_in_staff_on(staff: User) -> None:
    response = browser_of(staff).get(LOGIN)

    assert (response.status_code, response["Location"]) == (302, "/admin/")
