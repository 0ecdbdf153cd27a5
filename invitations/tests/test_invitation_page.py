"""/accounts/invitation/: what the button in an invitation's mail opens."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Membership, User
from accounts.tests.factories import PASSWORD, make_user
from accounts.tests.forms import GOOD_PASSWORD
from companies.choices import Status
from companies.models import Company
from conftest import World, client_of
from invitations.tests.factories import EMAIL, make_invitation, now
from notifications.tests.mailbox import delivered, link_in
from tokdesk.common.roles import Role
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

URL = "/accounts/invitation/"
TOKEN = "A" * 43


def browser(**headers: str) -> Client:
    return Client(enforce_csrf_checks=True, headers=headers)


def press(client: Client, token: str, **fields: str) -> Any:
    """Open the page and press its button, as a person does."""
    opened = client.get(URL, {"token": token}).content.decode()
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', opened)
    assert found is not None, opened
    return client.post(URL, {"csrfmiddlewaretoken": found.group(1), "token": token, **fields})


def text_of(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def member() -> Membership:
    return Membership.unscoped.select_related("user").get(user__email=EMAIL)


def test_the_link_of_the_mail_opens_the_page(acme: World) -> None:
    with delivered() as mails:
        client_of(acme.admin).post("invitations/", {"email": EMAIL, "role": "agent"})

    path = link_in(mails[0]).removeprefix("https://desk.example")
    answer = browser().get(path)

    assert path.startswith(f"{URL}?token=")
    assert answer.status_code == 200


def test_it_shows_who_invites_whereto_as_what(acme: World) -> None:
    _row, token = make_invitation(acme.manager, department=acme.support)

    answer = browser().get(URL, {"token": token})

    shown = "Company Acme Department Support Invited by Manager As Agent E-mail nour@new.example"
    assert shown in text_of(answer)


def test_it_wears_the_companys_colour_and_name(acme: World) -> None:
    Company.objects.filter(pk=acme.company.pk).update(colour="#0b6b5c")
    _row, token = make_invitation(acme.admin)

    page = browser().get(URL, {"token": token}).content.decode()

    assert 'fill="#0b6b5c"' in page
    assert "<strong><bdi>Acme</bdi></strong>" in page


@pytest.mark.parametrize("colour", ["", "url(#x)", "red"])
def test_a_colour_that_is_none_is_not_shown(acme: World, colour: str) -> None:
    Company.objects.filter(pk=acme.company.pk).update(colour=colour)
    _row, token = make_invitation(acme.admin)

    assert "<svg" not in browser().get(URL, {"token": token}).content.decode()


def test_a_customer_is_told_of_no_department(acme: World) -> None:
    _row, token = make_invitation(acme.manager, role=Role.USER, department=acme.support)

    assert "Department" not in text_of(browser().get(URL, {"token": token}))


def test_the_platform_is_no_name(acme: World, staff: User) -> None:
    _row, token = make_invitation(staff, role=Role.COMPANY_ADMIN, company=acme.company)

    answer = browser().get(URL, {"token": token})

    assert "Company Acme As Company admin E-mail" in text_of(answer)
    assert staff.name not in text_of(answer)


def test_a_look_changes_nothing(acme: World) -> None:
    """Mail scanners open every link; only the button uses the token."""
    _row, token = make_invitation(acme.admin)

    with nothing_changes():
        answers = [
            browser().get(URL, {"token": token}),
            browser().head(URL, {"token": token}),
        ]

    assert [answer.status_code for answer in answers] == [200, 200]


def test_somebody_new_comes_in_and_is_not_signed_in(acme: World) -> None:
    row, token = make_invitation(acme.admin, department=acme.support)
    client = browser()

    answer = press(client, token, name="Nour Haddad", password=GOOD_PASSWORD)

    assert answer.status_code == 200
    assert "You are in." in text_of(answer)
    assert GOOD_PASSWORD not in answer.content.decode()
    assert (member().name, member().role) == ("Nour Haddad", "agent")
    assert member().user.check_password(GOOD_PASSWORD)
    assert now(row).status == "accepted"
    assert "sessionid" not in client.cookies


def test_a_known_person_is_asked_for_the_own_password_alone(acme: World) -> None:
    make_user(EMAIL, name="Own Name")
    _row, token = make_invitation(acme.admin)
    client = browser()

    opened = client.get(URL, {"token": token}).content.decode()
    answer = press(client, token, password=PASSWORD)

    assert 'name="name"' not in opened
    assert 'autocomplete="current-password"' in opened
    assert answer.status_code == 200
    assert member().name == "Own Name"


def test_a_new_person_is_asked_for_a_name_and_a_new_password(acme: World) -> None:
    _row, token = make_invitation(acme.admin)

    opened = browser().get(URL, {"token": token}).content.decode()

    assert 'name="name"' in opened
    assert 'autocomplete="new-password"' in opened
    assert 'data-show="Show password"' in opened
    assert opened.count("<script") == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "", "password": ""},
        {"name": "", "password": GOOD_PASSWORD},
        {"name": "Nour", "password": "short"},
        {"name": "Nour\u202e", "password": GOOD_PASSWORD},
        {"name": "a" * 121, "password": GOOD_PASSWORD},
    ],
)
def test_a_mistake_can_be_corrected_on_the_page(acme: World, fields: dict[str, str]) -> None:
    _row, token = make_invitation(acme.admin)
    client = browser()

    with nothing_changes():
        wrong = press(client, token, **fields)
    right = press(client, token, name="Nour", password=GOOD_PASSWORD)

    assert (wrong.status_code, right.status_code) == (400, 200)
    assert b'role="alert"' in wrong.content
    assert "Company Acme" in text_of(wrong)
    assert not fields["password"] or fields["password"] not in re.sub(
        "too short", "", wrong.content.decode()
    )


@pytest.mark.parametrize("password", ["", "not-the-password", GOOD_PASSWORD])
def test_a_wrong_password_is_told_on_the_page(acme: World, password: str) -> None:
    make_user(EMAIL)
    row, token = make_invitation(acme.admin)

    with nothing_changes():
        answer = press(browser(), token, password=password, name="Evil")

    assert answer.status_code == 400
    assert "The e-mail or the password is not right." in text_of(answer)
    assert now(row).status == "pending"


def test_a_used_link_says_so(acme: World) -> None:
    _row, token = make_invitation(acme.admin)
    client = browser()
    press(client, token, name="Nour", password=GOOD_PASSWORD)

    answer = client.get(URL, {"token": token})

    assert answer.status_code == 410
    assert b'role="alert"' in answer.content
    assert "Acme" not in text_of(answer)


@pytest.mark.parametrize("end", ["revoked", "overdue", "suspended"])
def test_a_link_that_ended_while_the_page_was_open_says_so(acme: World, end: str) -> None:
    row, token = make_invitation(acme.admin)
    client = browser()
    opened = client.get(URL, {"token": token}).content.decode()
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', opened)
    assert found is not None
    if end == "suspended":
        Company.objects.filter(pk=acme.company.pk).update(status=Status.SUSPENDED)
    else:
        late = timezone.now() - timedelta(seconds=1)
        changes = {"status": "revoked"} if end == "revoked" else {"expires_at": late}
        type(row).unscoped.filter(pk=row.pk).update(**changes)

    data = {"csrfmiddlewaretoken": found.group(1), "token": token}
    with nothing_changes():
        answer = client.post(URL, {**data, "name": "Nour", "password": GOOD_PASSWORD})

    assert answer.status_code == 410


@pytest.mark.parametrize(
    ("query", "status"),
    [({}, 400), ({"token": ""}, 400), ({"token": "half"}, 400), ({"token": TOKEN}, 404)],
)
def test_half_a_link_is_400_and_an_unknown_one_404(query: dict[str, str], status: int) -> None:
    answer = browser().get(URL, query)

    assert answer.status_code == status
    assert b'role="alert"' in answer.content
    assert b"<form" not in answer.content


@pytest.mark.parametrize(("token", "status"), [("half", 400), (TOKEN, 404)])
def test_the_button_of_a_made_up_page_does_nothing(acme: World, token: str, status: int) -> None:
    with nothing_changes():
        answer = Client().post(URL, {"token": token, "name": "x", "password": GOOD_PASSWORD})

    assert answer.status_code == status


def test_a_foreign_page_presses_no_button(acme: World) -> None:
    _row, token = make_invitation(acme.admin)

    with nothing_changes():
        answer = browser().post(URL, {"token": token, "name": "Nour", "password": GOOD_PASSWORD})

    assert answer.status_code == 403


@pytest.mark.parametrize("query", [{}, {"token": TOKEN}])
def test_the_token_in_the_address_is_told_to_nobody(query: dict[str, str]) -> None:
    answer = browser().get(URL, query)

    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "strict-origin"


def test_the_page_loads_and_links_nothing_of_others(acme: World) -> None:
    _row, token = make_invitation(acme.admin)

    answer = browser().get(URL, {"token": token})

    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "strict-origin"
    assert "http" not in re.sub(r"<!doctype html>", "", answer.content.decode())


@pytest.mark.parametrize("field", ["company", "inviter"])
def test_what_people_wrote_is_text_on_the_page(acme: World, field: str) -> None:
    name = "<script>alert(1)</script>{{ 7|add:7 }}"
    if field == "company":
        Company.objects.filter(pk=acme.company.pk).update(name=name)
    else:
        Membership.unscoped.filter(pk=acme.admin.pk).update(name=name)
    _row, token = make_invitation(acme.admin)

    page = browser().get(URL, {"token": token}).content.decode()

    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7|add:7 }}" in page


@pytest.mark.parametrize(
    "token", ['"><script>alert(1)</script>', "{{ 7*7 }}", "%00", "' onfocus='x"]
)
def test_what_stands_in_the_address_is_not_shown(token: str) -> None:
    answer = browser().get(URL, {"token": token})

    assert answer.status_code == 400
    assert "alert(1)" not in answer.content.decode()
    assert "onfocus" not in answer.content.decode()


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("ar", "rtl")])
def test_the_page_speaks_the_readers_language(acme: World, language: str, direction: str) -> None:
    _row, token = make_invitation(acme.admin)

    answer = browser(**{"Accept-Language": language}).get(URL, {"token": token})

    assert f'<html lang="{language}" dir="{direction}">' in answer.content.decode()


@pytest.mark.parametrize("asked", [{}, {"Accept-Language": "fr, de;q=0.5, *;q=0.1"}])
def test_who_asks_for_no_language_of_ours_reads_the_companys(
    acme: World, asked: dict[str, str]
) -> None:
    Company.objects.filter(pk=acme.company.pk).update(language="ar")
    _row, token = make_invitation(acme.admin)
    client = browser(**asked)

    opened = client.get(URL, {"token": token})
    wrong = press(client, token, name="Nour", password="short")
    done = press(client, token, name="Nour", password=GOOD_PASSWORD)
    gone = client.get(URL, {"token": token})

    answers = [opened, wrong, done, gone]
    assert [each.status_code for each in answers] == [200, 400, 200, 410]
    for answer in answers:
        assert '<html lang="ar" dir="rtl">' in answer.content.decode()
        assert answer.headers["Content-Language"] == "ar"


@pytest.mark.parametrize("asked", ["en", "fr, en-GB;q=0.2"])
def test_who_asks_for_english_reads_english(acme: World, asked: str) -> None:
    Company.objects.filter(pk=acme.company.pk).update(language="ar")
    _row, token = make_invitation(acme.admin)

    answer = browser(**{"Accept-Language": asked}).get(URL, {"token": token})

    assert '<html lang="en" dir="ltr">' in answer.content.decode()


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_do_nothing(method: str) -> None:
    assert getattr(Client(), method)(f"{URL}?token={TOKEN}").status_code == 405
