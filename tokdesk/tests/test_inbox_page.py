"""`/app/`: who gets in, what comes with the page, and that none of it is anybody else's."""

import json
import re
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.tests.browsers import Browser
from companies.choices import Status
from companies.models import Company
from companies.services import rights_of
from conftest import World
from conversations.tests.factories import make_conversation
from tokdesk.pages.inbox import PAGE
from tokdesk.templatetags.bundle import MANIFEST

pytestmark = [pytest.mark.contract, pytest.mark.django_db]
BOOT = re.compile(r'<script id="boot" type="application/json">(.*?)</script>', re.DOTALL)


def opened(browser: Browser, path: str = "/app/") -> Any:
    return browser.client.get(path)


def boot_of(answer: Any) -> Any:
    found = BOOT.search(answer.content.decode())
    assert found is not None
    return json.loads(found.group(1))


def test_nobody_is_sent_to_sign_in_and_comes_back_to_the_same_place(nobody: Any) -> None:
    answer = nobody.send("GET", "/app/v/all/c/1?m=4")

    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/sign-in/?next=%2Fapp%2Fv%2Fall%2Fc%2F1%3Fm%3D4"


def test_a_customer_and_platform_staff_are_sent_where_they_belong(acme: World, staff: User) -> None:
    of_customer, of_staff = opened(Browser(acme.customer)), opened(Browser(staff))

    assert (of_customer.status_code, of_customer["Location"]) == (302, "/")
    assert (of_staff.status_code, of_staff["Location"]) == (302, "/admin/")


def test_staff_of_a_suspended_company_are_sent_to_sign_in(acme: World) -> None:
    browser = Browser(acme.agent)
    Company.objects.filter(pk=acme.company.pk).update(status=Status.SUSPENDED)

    answer = opened(browser)

    assert (answer.status_code, answer["Location"]) == (302, "/accounts/sign-in/?next=%2Fapp%2F")


@pytest.mark.parametrize("path", ["/app/", "/app/v/all", "/app/team/c/x", "/app/search?q=a"])
def test_every_place_in_it_is_served_and_kept_in_no_cache(acme: World, path: str) -> None:
    answer = opened(Browser(acme.agent), path)

    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"


def test_the_page_brings_what_it_shows_first(acme: World) -> None:
    talk = make_conversation(acme.customer, "Hello", subject="Order")
    browser = Browser(acme.agent)
    browser.send_with_token("POST", f"conversations/{talk.pk}/claim/")

    boot = boot_of(opened(browser))

    assert sorted(boot) == [
        *("bundle", "counts", "departments", "gives", "me", "now", "page", "preferences"),
        *("since", "views"),
    ]
    assert boot["since"]["epoch"] == rights_of([acme.company.pk])[acme.company.pk].epoch
    assert boot["since"]["as_of"] < boot["now"]
    assert boot["views"]["results"] == []
    assert boot["me"] == browser.send("GET", "me/").json()
    assert boot["preferences"] == {}
    assert boot["counts"] == browser.send("GET", "conversations/counts/").json()
    assert [each["name"] for each in boot["departments"]["results"]] == ["Billing", "Support"]
    assert [row["subject"] for row in boot["page"]["results"]] == ["Order"]


def test_the_first_page_goes_on_where_the_api_does(acme: World) -> None:
    browser = Browser(acme.agent)
    for number in range(PAGE + 1):
        talk = make_conversation(acme.customer, "Hello", subject=f"S{number}")
        browser.send_with_token("POST", f"conversations/{talk.pk}/claim/")

    page = boot_of(opened(browser))["page"]
    rest = browser.send("GET", page["next"].partition("/api/v1/")[2]).json()

    assert len(page["results"]) == PAGE
    assert [row["subject"] for row in rest["results"]] == [f"S{PAGE}"]


def test_nothing_of_another_company_is_in_it(acme: World, globex: World) -> None:
    make_conversation(globex.customer, "Secret", subject="Secret of Globex")

    text = opened(Browser(acme.agent), "/app/v/all").content.decode()

    assert "Secret" not in text
    assert "globex" not in text


def test_words_of_a_customer_cannot_end_the_script_that_holds_them(acme: World) -> None:
    subject = "</script><script>alert(1)</script>"
    talk = make_conversation(acme.customer, "Hello", subject=subject)
    browser = Browser(acme.agent)
    browser.send_with_token("POST", f"conversations/{talk.pk}/claim/")

    answer = opened(browser)

    assert subject not in answer.content.decode()
    assert [row["subject"] for row in boot_of(answer)["page"]["results"]] == [subject]


def test_it_speaks_the_language_and_wears_the_colours_of_its_person(acme: World) -> None:
    User.objects.filter(pk=acme.agent.user.pk).update(language="ar", theme="dark")

    text = opened(Browser(acme.agent)).content.decode()

    assert '<html lang="ar" dir="rtl" data-theme="dark">' in text


def test_its_scripts_stand_under_the_names_that_vite_gave_them(acme: World) -> None:
    told = json.loads((settings.BASE_DIR / "static" / "dist" / MANIFEST).read_text())
    entry = told["inbox/main.tsx"]

    answer = opened(Browser(acme.agent))
    text = answer.content.decode()

    assert f'src="/static/{entry["file"]}"' in text
    for name in ("core/messages/en.json", "inbox/messages/en.json"):
        assert f'<link rel="modulepreload" href="/static/{told[name]["file"]}">' in text
    assert f'href="/static/{entry["css"][0]}"' in text
    nonce = re.search(r'nonce="([^"]+)"', text)
    assert nonce is not None
    assert f"'nonce-{nonce.group(1)}'" in answer["Content-Security-Policy"]


def test_a_browser_keeps_what_vite_has_named_by_its_content(acme: World) -> None:
    told = json.loads((settings.BASE_DIR / "static" / "dist" / MANIFEST).read_text())

    answer = Browser(acme.agent).client.get(f"/static/{told['inbox/main.tsx']['file']}")

    assert answer.status_code == 200
    assert answer["Cache-Control"] == "max-age=315360000, public, immutable"
    answer.close()


def test_it_gives_the_token_without_which_nothing_can_be_changed(acme: World) -> None:
    answer = opened(Browser(acme.agent))

    assert answer.cookies["csrftoken"].value


def test_it_costs_the_same_however_much_there_is(acme: World) -> None:
    costs = []
    for times in (1, 3):
        browser = Browser(acme.agent)
        for _ in range(times):
            talk = make_conversation(acme.customer, "Hello")
            browser.send_with_token("POST", f"conversations/{talk.pk}/claim/")
        with CaptureQueriesContext(connection) as found:
            assert opened(browser).status_code == 200
        costs.append(sum("SAVEPOINT" not in each["sql"] for each in found))

    assert costs == [11, 11]


@pytest.mark.parametrize(
    ("who", "setting", "gives"),
    [("agent", False, False), ("agent", True, True), ("manager", False, True)],
)
def test_it_knows_whether_one_may_assign_to_others(
    acme: World, who: str, setting: bool, gives: bool
) -> None:
    Company.objects.filter(pk=acme.company.pk).update(settings={"agents_assign": setting})

    answer = opened(Browser(getattr(acme, who)))

    assert boot_of(answer)["gives"] is gives
