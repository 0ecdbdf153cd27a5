"""/accounts/confirm-company/, confirm/ and reset/: what a click in a mail opens."""

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import Membership, Registration, User
from accounts.tests.factories import PASSWORD
from accounts.tests.forms import GOOD_PASSWORD, customer_token, founder_token, reset_token
from conftest import World
from notifications.tests.mailbox import delivered, link_in
from tokdesk.common.testing import ApiClient
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

PAGES = {"confirm-company": founder_token, "confirm": customer_token}
TOKEN = "A" * 43


def url(page: str, token: str = "") -> str:
    return f"/accounts/{page}/" + (f"?token={token}" if token else "")


def browser() -> Client:
    return Client(enforce_csrf_checks=True)


def press(client: Client, page: str, token: str, **fields: str) -> Any:
    """Open the page and press its button, as a person does."""
    opened = client.get(url(page, token)).content.decode()
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', opened)
    assert found is not None
    data = {"csrfmiddlewaretoken": found.group(1), "token": token, **fields}
    return client.post(url(page, token), data)


@pytest.mark.parametrize("page", ["confirm-company", "confirm", "reset"])
def test_a_look_changes_nothing(acme: World, page: str) -> None:
    """Mail scanners open every link; only the button uses the token."""
    token = reset_token("agent@acme.example") if page == "reset" else PAGES[page]()

    with nothing_changes():
        answers = [browser().get(url(page, token)), browser().head(url(page, token))]

    assert [answer.status_code for answer in answers] == [200, 200]


def test_the_link_of_the_mail_opens_its_page(acme: World) -> None:
    with delivered() as mails:
        ApiClient().post("auth/password/forgot/", {"email": "agent@acme.example"})

    path = link_in(mails[0]).removeprefix("https://desk.example")
    answer = browser().get(path)

    assert answer.status_code == 200
    assert path.partition("=")[2] in answer.content.decode()


def test_the_button_makes_the_founder_an_admin() -> None:
    answer = press(browser(), "confirm-company", founder_token("initech"))

    assert answer.status_code == 200
    assert Membership.unscoped.get().role == "company_admin"


def test_the_button_makes_a_customer_and_signs_nobody_in(acme: World) -> None:
    client = browser()

    answer = press(client, "confirm", customer_token())

    assert answer.status_code == 200
    assert Membership.unscoped.get(email="carla@home.example").role == "user"
    assert "sessionid" not in client.cookies


def test_the_button_sets_the_new_password(acme: World) -> None:
    token = reset_token("agent@acme.example")

    answer = press(browser(), "reset", token, password=GOOD_PASSWORD)

    assert answer.status_code == 200
    assert GOOD_PASSWORD not in answer.content.decode()
    assert User.objects.get(email="agent@acme.example").check_password(GOOD_PASSWORD)


def test_a_weak_password_can_be_corrected_on_the_page(acme: World) -> None:
    token, client = reset_token("agent@acme.example"), browser()

    with nothing_changes():
        weak = press(client, "reset", token, password="short")
    again = press(client, "reset", token, password=GOOD_PASSWORD)

    assert (weak.status_code, again.status_code) == (400, 200)
    assert b'role="alert"' in weak.content
    assert b"short" not in re.sub(rb"too short", b"", weak.content)


@pytest.mark.parametrize("page", ["confirm-company", "confirm"])
def test_a_used_link_says_so(acme: World, page: str) -> None:
    token = PAGES[page]()
    press(browser(), page, token)

    with nothing_changes():
        answer = press(browser(), page, token)

    assert answer.status_code == 410
    assert b'role="alert"' in answer.content


@pytest.mark.parametrize("page", ["confirm-company", "confirm", "reset"])
def test_an_unknown_link_is_404_and_half_a_link_400(acme: World, page: str) -> None:
    with nothing_changes():
        unknown = press(browser(), page, TOKEN, password=GOOD_PASSWORD)
        half = press(browser(), page, "half", password=GOOD_PASSWORD)

    assert (unknown.status_code, half.status_code) == (404, 400)


@pytest.mark.parametrize("page", ["confirm-company", "confirm", "reset"])
def test_a_foreign_page_presses_no_button(acme: World, page: str) -> None:
    token = reset_token("agent@acme.example") if page == "reset" else PAGES[page]()

    with nothing_changes():
        answer = browser().post(url(page), {"token": token, "password": GOOD_PASSWORD})

    assert answer.status_code == 403
    assert Registration.unscoped.filter(used_at__isnull=False).count() == 0
    assert User.objects.get(email="agent@acme.example").check_password(PASSWORD)


@pytest.mark.parametrize("page", ["confirm-company", "confirm", "reset"])
def test_the_token_in_the_address_is_told_to_nobody(acme: World, page: str) -> None:
    answer = browser().get(url(page, TOKEN))

    assert answer.headers["Cache-Control"] == "no-store"
    # Not "no-referrer": then browsers send "Origin: null" with the form, which CSRF refuses.
    assert answer.headers["Referrer-Policy"] == "strict-origin"
    assert "http" not in re.sub(r"<!doctype html>", "", answer.content.decode())


def test_where_a_password_is_asked_for_it_can_be_shown(acme: World) -> None:
    scripts = {
        page: browser().get(url(page, TOKEN)).content.decode().count("<script")
        for page in ("confirm-company", "confirm", "reset")
    }

    assert scripts == {"confirm-company": 0, "confirm": 0, "reset": 1}


@pytest.mark.parametrize(
    "token", ['"><script>alert(1)</script>', "{{ 7*7 }}", "%00", "' onfocus='x"]
)
def test_what_stands_in_the_address_is_text(acme: World, token: str) -> None:
    answer = browser().get("/accounts/reset/", {"token": token})

    text = answer.content.decode()
    assert answer.status_code in (200, 400)
    assert "<script>alert" not in text
    assert "49" not in re.sub(r"csrfmiddlewaretoken.*?>", "", text)
    assert "' onfocus='" not in text


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("ar", "rtl")])
def test_the_page_speaks_the_readers_language(language: str, direction: str) -> None:
    client = Client(headers={"Accept-Language": language})

    answer = client.get(url("reset", TOKEN))

    assert f'<html lang="{language}" dir="{direction}">' in answer.content.decode()


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_do_nothing(method: str) -> None:
    assert getattr(Client(), method)(url("reset", TOKEN)).status_code == 405
