"""The pictures in docs/pictures, taken from the demo's people in a real browser.

`python -m bench.pictures` takes all of them anew; look at each before it is committed.
"""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tokdesk.tests.browser.house import LAPTOP, PHONE, House, open_house
from tokdesk.tests.browser.inbox import Inbox
from tokdesk.tests.steps import ROOT

FOLDER = ROOT / "docs" / "pictures"
GRACE, YOUSEF = "agent@acme.example", "agent@globex.example"


def conversation(page: Page) -> None:
    inbox = Inbox(page)
    inbox.rows.first.click()
    expect(inbox.messages.first).to_be_visible()


def note(page: Page) -> None:
    conversation(page)
    page.get_by_role("tab").nth(1).click()
    Inbox(page).text.fill("The recall covers it: a new battery, free of charge.")


def palette(page: Page) -> None:
    conversation(page)
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog")).to_be_visible()


def nothing(page: Page) -> None:
    """The list alone."""


PICTURES: dict[str, tuple[str, Callable[[Page], None], dict[str, Any]]] = {
    "inbox": (GRACE, conversation, {}),
    "inbox-dark": (GRACE, note, {"color_scheme": "dark"}),
    "inbox-arabic": (YOUSEF, conversation, {}),
    "inbox-palette": (GRACE, palette, {}),
    "inbox-phone": (GRACE, conversation, {"viewport": PHONE}),
    "inbox-phone-arabic": (YOUSEF, nothing, {"viewport": PHONE, "color_scheme": "dark"}),
}


def take(house: House) -> None:
    for name, (who, deed, options) in PICTURES.items():
        page = house.sign_in(who, "/app/v/all", **{"viewport": LAPTOP, **options})
        Inbox(page).ready()
        deed(page)
        page.mouse.move(2, 2)
        expect(page.locator("[aria-busy=true], .skeleton")).to_have_count(0)
        page.evaluate("document.fonts.ready")
        page.screenshot(path=str(FOLDER / f"{name}.png"))
    page = house.window()
    page.goto("/try/")
    page.wait_for_selector("#state[data-state=live]")
    page.wait_for_selector("article")
    page.screenshot(path=str(FOLDER / "try.png"))


if __name__ == "__main__":
    with open_house() as made:
        take(made)
