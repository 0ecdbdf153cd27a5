"""Coming in to the staff site."""

from urllib.parse import unquote, urljoin, urlsplit

import pytest
from django.test import Client

from accounts.authentication import SESSION_KEY
from accounts.choices import SessionKind
from accounts.models import Session, User
from accounts.tests.factories import make_user, sign_in_as
from conftest import World
from tokdesk.common.testing import recorded_events
from tokdesk.tests.staffsite import LOGIN, asks_to_sign_in, browser_of, sign_in, text_of

WRONG = "The e-mail or the password is not right."


def test_staff_come_in_and_have_a_platform_session_of_ours(staff: User) -> None:
    client = Client()

    with recorded_events() as events:
        response = sign_in(client, staff)

    session = Session.objects.get(user=staff)
    assert (response.status_code, response["Location"]) == (302, "/admin/")
    assert events == ["session.started"]
    assert (session.kind, session.member_id, session.ended_at) == (SessionKind.BROWSER, None, None)
    assert client.session[SESSION_KEY] == str(session.id)
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize("role", ["admin", "manager", "agent", "customer"])
def test_nobody_of_a_company_comes_in(acme: World, role: str) -> None:
    client = Client()

    with recorded_events() as events:
        response = sign_in(client, getattr(acme, role).user)

    assert response.status_code == 200
    assert WRONG in text_of(response)
    assert events == []
    assert not Session.objects.exists()
    assert asks_to_sign_in(client.get("/admin/"))


@pytest.mark.parametrize("password", ["wrong", "", "tokdesk-demo "])
def test_a_wrong_password_is_refused(staff: User, password: str) -> None:
    client = Client()

    response = sign_in(client, staff, password)

    assert response.status_code == 200
    assert not Session.objects.exists()
    assert asks_to_sign_in(client.get("/admin/"))


def test_wrong_password_and_unknown_address_read_the_same(staff: User) -> None:
    known = text_of(sign_in(Client(), staff, "wrong"))
    unknown = text_of(sign_in(Client(), staff, "wrong", username="nobody@tokdesk.example"))

    assert WRONG in known
    assert WRONG in unknown


def test_deactivated_staff_stay_out(db: None) -> None:
    closed = make_user("closed@tokdesk.example", is_super_admin=True, is_active=False)

    response = sign_in(Client(), closed)

    assert WRONG in text_of(response)
    assert not Session.objects.exists()


@pytest.mark.parametrize("way", ["ours", "django's", "both"])
def test_a_company_admin_stays_out_whatever_the_browser_holds(acme: World, way: str) -> None:
    client = Client()
    if way != "ours":
        client.force_login(acme.admin.user)
    if way != "django's":
        stored = client.session
        stored[SESSION_KEY] = str(sign_in_as(acme.admin).id)
        stored.save()
        client.cookies["sessionid"] = stored.session_key

    response = client.get("/admin/")

    assert asks_to_sign_in(response)


def test_a_session_of_ours_opens_only_its_own_account(staff: User) -> None:
    other = make_user("other@tokdesk.example", is_super_admin=True)
    client = browser_of(staff)
    stored = client.session
    stored[SESSION_KEY] = str(sign_in_as(other).id)
    stored.save()

    response = client.get("/admin/")

    assert asks_to_sign_in(response)


def test_a_forged_sign_in_is_refused(staff: User) -> None:
    client = Client(enforce_csrf_checks=True)

    response = sign_in(client, staff)

    assert response.status_code == 403
    assert not Session.objects.exists()


def test_too_many_tries_say_how_long_to_wait(staff: User, settings) -> None:
    settings.RATE_LIMITS_ENABLED = True
    settings.GUESS_LIMITS = {**settings.GUESS_LIMITS, "login_account": (2, 300)}
    client = Client()
    for _ in range(2):
        sign_in(client, staff, "wrong")

    response = sign_in(client, staff)

    assert response.status_code == 200
    assert "Too many tries. Try again in 5 minutes." in text_of(response)
    assert not Session.objects.exists()


def test_the_session_id_changes_at_sign_in(staff: User) -> None:
    client = Client()
    planted = client.session
    planted["planted"] = "yes"
    planted.save()
    client.cookies["sessionid"] = planted.session_key

    sign_in(client, staff)

    thief = Client()
    thief.cookies["sessionid"] = planted.session_key
    assert client.cookies["sessionid"].value != planted.session_key
    assert asks_to_sign_in(thief.get("/admin/"))


def test_signing_in_again_ends_the_session_that_this_browser_had(staff: User) -> None:
    client = browser_of(staff)
    first = Session.objects.get(user=staff)

    sign_in(client, staff)

    first.refresh_from_db()
    assert first.end_reason == "logout"
    assert Session.objects.filter(user=staff, ended_at=None).count() == 1
    assert client.get("/admin/").status_code == 200


def test_a_failed_try_keeps_the_session_that_this_browser_has(staff: User) -> None:
    client = browser_of(staff)

    sign_in(client, staff, "wrong")

    assert client.get("/admin/").status_code == 200


HOSTILE = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "https:evil.example",
    "https://evil.example",
    "http:///evil.example",
    "javascript:alert(1)",
    "%2f%2fevil.example",
    "/%2fevil.example",
    "%5c%5cevil.example",
    "//testserver@evil.example",
    "\x01//evil.example",
]


@pytest.mark.parametrize("target", HOSTILE)
@pytest.mark.parametrize("place", ["body", "query"])
def test_sign_in_never_leads_to_another_site(staff: User, target: str, place: str) -> None:
    client = Client()
    values = {"username": staff.email, "password": "tokdesk-demo"}
    page = client.get(LOGIN, {"next": target} if place == "query" else {})
    url = LOGIN if place == "body" else page.wsgi_request.get_full_path()

    response = client.post(url, {**values, "next": target} if place == "body" else values)

    assert response.status_code == 302
    assert host_after(response["Location"]) == "testserver"


@pytest.mark.parametrize("target", HOSTILE)
def test_changing_the_language_never_leads_to_another_site(db: None, target: str) -> None:
    response = Client().post("/admin/language/", {"language": "ar", "next": target})

    assert response.status_code == 302
    assert host_after(response["Location"]) == "testserver"


def test_sign_in_leads_to_the_page_that_was_asked_for(staff: User) -> None:
    client = Client()
    asked = client.get("/admin/companies/company/?q=acme")

    response = sign_in(client, staff, next=unquote(asked["Location"].partition("next=")[2]))

    assert asks_to_sign_in(asked)
    assert response["Location"] == "/admin/companies/company/?q=acme"


@pytest.mark.parametrize(
    ("language", "direction", "other"), [("en", "ltr", "العربيّة"), ("ar", "rtl", "English")]
)
def test_the_sign_in_page_speaks_the_browsers_language(
    db: None, language: str, direction: str, other: str
) -> None:
    response = Client(headers={"accept-language": language}).get(LOGIN)

    page = text_of(response)
    assert response.status_code == 200
    assert f'<html lang="{language}" dir="{direction}">' in page
    assert f">{other}</button>" in page


def test_the_chosen_language_stays(staff: User) -> None:
    client = browser_of(staff)

    response = client.post("/admin/language/", {"language": "ar", "next": "/admin/"}, follow=True)

    assert '<html lang="ar" dir="rtl">' in text_of(response)
    assert '<html lang="ar" dir="rtl">' in text_of(client.get("/admin/"))


def host_after(location: str) -> str:
    """Where a browser goes: it reads a backslash as a slash, and skips control characters."""
    seen = "".join(each for each in location.replace("\\", "/") if each > " ")
    return urlsplit(urljoin(f"http://testserver{LOGIN}", seen)).netloc
