"""Signing in and out and changing the company on plain pages, without a script."""

from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from accounts.choices import MemberStatus, SessionKind
from accounts.models import Membership, Session, User
from accounts.tests.browsers import Browser
from accounts.tests.factories import make_member
from accounts.tests.forms import GOOD_PASSWORD, sign_up_form
from accounts.tests.pages import Visitor
from companies.choices import Status
from companies.models import Company
from conftest import World
from notifications.tests.mailbox import delivered
from tokdesk.common.roles import Role
from tokdesk.common.tenancy import company_scope
from tokdesk.common.testing import ApiClient
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

SIGN_IN = "/accounts/sign-in/"


def live_sessions(email: str) -> list[Session]:
    rows = Session.objects.filter(user__email=email, ended_at__isnull=True)
    return list(rows.order_by("created_at"))


def close_company(company: Company, status: str, reason: str = "") -> None:
    rows = Company.objects.filter(pk=company.pk)
    rows.update(status=status, status_reason=reason, status_changed_at=timezone.now())


def test_signing_in_opens_a_browser_s_session(acme: World) -> None:
    visitor = Visitor()

    answer = visitor.sign_in("agent@acme.example")

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert [each.kind for each in live_sessions("agent@acme.example")] == [SessionKind.BROWSER]
    assert "Acme" in visitor.open("/").content.decode()
    assert visitor.client.get("/api/v1/me/").json()["member"]["email"] == "agent@acme.example"


def test_a_browser_forgets_who_does_not_want_to_be_kept(acme: World) -> None:
    kept, forgotten = Visitor(), Visitor()

    kept.sign_in("agent@acme.example", is_kept="on")
    forgotten.sign_in("agent@acme.example")

    lifetime = int(settings.SESSION_IDLE_LIFETIME.total_seconds())
    assert kept.cookies["sessionid"]["max-age"] == lifetime
    assert forgotten.cookies["sessionid"]["max-age"] == ""


def test_signing_in_again_ends_the_session_of_before(acme: World) -> None:
    visitor = Visitor()
    visitor.sign_in("agent@acme.example")
    first = visitor.cookies["sessionid"].value
    visitor.client.get("/accounts/sign-out/")
    page = visitor.press("/", at=SIGN_IN, email="agent@acme.example", password="tokdesk-demo")

    assert page.status_code == 302
    assert visitor.cookies["sessionid"].value != first
    assert len(live_sessions("agent@acme.example")) == 1


@pytest.mark.parametrize(
    ("email", "password"),
    [("agent@acme.example", "wrong-password"), ("nobody@acme.example", "tokdesk-demo")],
)
def test_a_wrong_password_and_an_unknown_address_read_alike(
    acme: World, email: str, password: str
) -> None:
    answer = Visitor().sign_in(email, password)

    text = answer.content.decode()
    assert answer.status_code == 401
    assert "The e-mail or the password is not right." in text
    assert f'value="{email}"' in text
    assert password not in text


def test_what_is_missing_is_said_where_it_is(acme: World) -> None:
    answer = Visitor().sign_in("", "")

    text = answer.content.decode()
    assert answer.status_code == 400
    assert text.count('aria-invalid="true"') == 2
    assert '<a href="#id_email">' in text
    assert 'aria-describedby="id_email_error"' in text


def test_who_guesses_too_often_is_told_how_long_to_wait(acme: World, settings: Any) -> None:
    settings.RATE_LIMITS_ENABLED = True
    visitor = Visitor()
    for _ in range(10):
        visitor.sign_in("agent@acme.example", "wrong-password")

    answer = visitor.sign_in("agent@acme.example")

    assert answer.status_code == 429
    assert "Too many tries. Try again in " in answer.content.decode()


def test_whoever_was_on_the_way_to_a_page_gets_there(acme: World) -> None:
    visitor = Visitor()

    refused = visitor.open("/accounts/switch/")
    answer = visitor.press(
        refused["Location"],
        email="agent@acme.example",
        password="tokdesk-demo",
        next="/accounts/switch/",
    )

    assert refused["Location"] == "/accounts/sign-in/?next=%2Faccounts%2Fswitch%2F"
    assert answer["Location"] == "/accounts/switch/"


@pytest.mark.parametrize(
    "where",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", ""],
)
def test_nobody_is_sent_to_another_site(acme: World, where: str) -> None:
    assert Visitor().sign_in("agent@acme.example", next=where)["Location"] == "/"


def test_who_is_signed_in_already_goes_on(acme: World) -> None:
    visitor = Visitor()
    visitor.sign_in("agent@acme.example")

    assert visitor.open(SIGN_IN)["Location"] == "/"
    assert visitor.open(f"{SIGN_IN}?next=/accounts/switch/")["Location"] == "/accounts/switch/"


def test_platform_staff_come_to_their_site(staff: User) -> None:
    visitor = Visitor()

    answer = visitor.sign_in("super@tokdesk.example")

    assert answer["Location"] == "/admin/"
    assert visitor.open("/admin/").status_code == 200


def test_pages_speak_the_language_of_who_signs_in(acme: World) -> None:
    User.objects.filter(email="agent@acme.example").update(language="ar")
    visitor = Visitor()
    visitor.sign_in("agent@acme.example")

    assert '<html lang="ar" dir="rtl">' in visitor.open("/").content.decode()


def test_the_language_can_be_chosen_without_an_account(db: None) -> None:
    visitor = Visitor()

    answer = visitor.press(SIGN_IN, at="/language/", language="ar", next=SIGN_IN)

    assert answer["Location"] == SIGN_IN
    assert '<html lang="ar" dir="rtl">' in visitor.open(SIGN_IN).content.decode()


def test_signing_out_ends_the_session(acme: World) -> None:
    visitor = Visitor()
    visitor.sign_in("agent@acme.example")

    answer = visitor.press("/", at="/accounts/sign-out/")

    assert answer["Location"] == SIGN_IN
    assert live_sessions("agent@acme.example") == []
    assert visitor.client.get("/api/v1/me/").status_code == 401


def test_a_link_signs_nobody_out(acme: World) -> None:
    visitor = Visitor()
    visitor.sign_in("agent@acme.example")

    assert visitor.open("/accounts/sign-out/").status_code == 405
    assert len(live_sessions("agent@acme.example")) == 1


@pytest.mark.parametrize("path", ["sign-in/", "sign-out/", "switch/", "forgot/", "sign-up/"])
def test_a_foreign_page_sends_no_form(acme: World, path: str) -> None:
    browser = Browser(acme.agent)

    with nothing_changes():
        answer = browser.client.post(f"/accounts/{path}", {"email": "agent@acme.example"})

    assert answer.status_code == 403


# Doors that are closed


@pytest.mark.parametrize(
    ("status", "sentence", "link"),
    [
        (Status.PENDING, "This company waits for approval.", "/accounts/sign-up/mail/?email="),
        (Status.REJECTED, "This company was not approved.", "/accounts/sign-up/again/?email="),
        (Status.SUSPENDED, "This company is suspended.", ""),
    ],
)
def test_a_closed_company_says_why(acme: World, status: str, sentence: str, link: str) -> None:
    close_company(acme.company, status, "The name is taken")

    answer = Visitor().sign_in("admin@acme.example")

    text = answer.content.decode()
    assert answer.status_code == 403
    assert f"<h1>{sentence}</h1>" in text
    assert "The name is taken" in text
    assert link in text
    assert live_sessions("admin@acme.example") == []


def test_whose_access_was_withdrawn_is_told_so(acme: World) -> None:
    with company_scope(acme.company.pk):
        rows = Membership.objects.filter(pk=acme.agent.pk)
        rows.update(status=MemberStatus.DEACTIVATED)

    answer = Visitor().sign_in("agent@acme.example")

    assert answer.status_code == 403
    assert "Your access to this company was withdrawn." in answer.content.decode()


def test_a_founder_who_has_not_opened_the_mail_can_have_it_again(db: None) -> None:
    ApiClient().post("companies/", sign_up_form())
    visitor = Visitor()

    closed = visitor.sign_in("bill@initech.example", GOOD_PASSWORD)
    with delivered() as mails:
        again = visitor.press(
            "/accounts/sign-up/mail/", email="bill@initech.example", password=GOOD_PASSWORD
        )

    assert closed.status_code == 403
    assert again.status_code == 200
    assert [mail.to for mail in mails] == [["bill@initech.example"]]


# Several companies


def in_both(acme: World, globex: World) -> Visitor:
    user = acme.agent.user
    make_member(globex.company, user=user, role=Role.MANAGER, name="Agent", email=user.email)
    visitor = Visitor()
    visitor.sign_in(user.email)
    return visitor


def test_the_companies_of_a_person_are_listed(acme: World, globex: World) -> None:
    text = in_both(acme, globex).open("/accounts/switch/").content.decode()

    assert "Acme" in text
    assert "Globex" in text
    assert text.count('name="company"') == 1
    assert text.count("You are here") == 1


def test_a_button_leads_into_the_other_company(acme: World, globex: World) -> None:
    visitor = in_both(acme, globex)
    before = visitor.client.get("/api/v1/me/").json()["company"]["slug"]
    other = ({"acme", "globex"} - {before}).pop()

    answer = visitor.press("/accounts/switch/", company=other)

    assert answer["Location"] == "/"
    assert visitor.client.get("/api/v1/me/").json()["company"]["slug"] == other


@pytest.mark.parametrize("slug", ["globex", "unknown", ""])
def test_nobody_switches_into_a_company_that_is_not_theirs(
    acme: World, globex: World, slug: str
) -> None:
    visitor = Visitor()
    visitor.sign_in("agent@acme.example")

    answer = visitor.press("/accounts/switch/", company=slug)

    assert answer.status_code == 400
    assert 'role="alert"' in answer.content.decode()
    assert visitor.client.get("/api/v1/me/").json()["company"]["slug"] == "acme"


def test_a_company_that_closed_is_no_place_to_go(acme: World, globex: World) -> None:
    visitor = in_both(acme, globex)
    before = visitor.client.get("/api/v1/me/").json()["company"]["slug"]
    other: Any = globex.company if before == "acme" else acme.company
    close_company(other, Status.SUSPENDED)

    answer = visitor.press("/accounts/switch/", company=other.slug)

    assert answer.status_code == 403
    assert "This company is suspended." in answer.content.decode()
    assert visitor.client.get("/api/v1/me/").json()["company"]["slug"] == before


# Forgotten passwords


def test_a_forgotten_password_has_one_answer(acme: World) -> None:
    with delivered() as mails:
        known = Visitor().press("/accounts/forgot/", email="agent@acme.example")
        unknown = Visitor().press("/accounts/forgot/", email="nobody@acme.example")

    assert [known.status_code, unknown.status_code] == [200, 200]
    sentence = "If this address has an account, its mail is on the way."
    assert all(sentence in each.content.decode() for each in (known, unknown))
    assert [mail.to for mail in mails] == [["agent@acme.example"]]
