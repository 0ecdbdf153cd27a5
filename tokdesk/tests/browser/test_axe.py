"""No rule of axe is broken on any page, in any theme and language."""

import pytest
from playwright.sync_api import expect

from tokdesk.tests.browser.axe import violations
from tokdesk.tests.browser.house import BROWSER, House
from tokdesk.tests.browser.inbox import Inbox

pytestmark = BROWSER

PLAIN = (
    "/",
    "/accounts/sign-in/",
    "/accounts/sign-up/",
    "/accounts/forgot/",
    "/accounts/register/",
    "/accounts/reset/?token=none",
)
LOOKS = [("light", "en-US"), ("dark", "ar")]


@pytest.mark.parametrize(("theme", "language"), LOOKS)
def test_plain_pages(house: House, theme: str, language: str) -> None:
    page = house.window(color_scheme=theme, locale=language)
    found = {}
    for path in PLAIN:
        page.goto(path)
        found[path] = violations(page)

    assert found == dict.fromkeys(PLAIN, [])
    house.forgive("404", "410")


@pytest.mark.parametrize(("theme", "company"), [("light", "acme"), ("dark", "globex")])
def test_the_customers_window(house: House, theme: str, company: str) -> None:
    page = house.window(color_scheme=theme)
    page.goto(f"/try/?company={company}")
    page.wait_for_selector("#state[data-state=live]")
    page.wait_for_selector("article")

    assert violations(page) == []


@pytest.mark.parametrize(
    ("theme", "email"), [("light", "agent@acme.example"), ("dark", "agent@globex.example")]
)
def test_the_inbox(house: House, theme: str, email: str) -> None:
    """The list, a conversation with its details, a note, the palette and the sheet of keys."""
    page = house.sign_in(email, "/app/v/all", color_scheme=theme)
    inbox = Inbox(page).ready()
    found = {"list": violations(page)}
    inbox.rows.first.click()
    expect(inbox.messages.first).to_be_visible()
    found["conversation"] = violations(page)
    page.get_by_role("tab").nth(1).click()
    found["note"] = violations(page)
    for name, key in (("palette", "Control+k"), ("keys", "?")):
        with inbox.dialog(key):
            found[name] = violations(page)
    page.goto("/app/v/snoozed")
    inbox.ready_or_empty()
    found["empty"] = violations(page)

    assert found == dict.fromkeys(found, [])
