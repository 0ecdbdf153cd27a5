"""`/try/`: a newcomer plays both sides."""

import re

import pytest
from playwright.sync_api import Page, expect

from tokdesk.tests.browser.house import BROWSER, PHONE, House

pytestmark = BROWSER


def begin(house: House, path: str = "/try/", **options: object) -> Page:
    page = house.window(**options)
    page.goto(path)
    expect(page.locator("#state[data-state=live]")).to_be_visible()
    return page


def say(page: Page, text: str) -> None:
    page.fill("#text", text)
    page.press("#text", "Enter")


def test_a_customer_writes_on_one_server_and_is_heard_on_the_other(house: House) -> None:
    here, there = begin(house), begin(house, base=house.other)
    here.click("[data-open='']")
    say(here, "My **drill** smokes")
    expect(here.locator(".own strong")).to_have_text("drill")
    entry = there.locator("#talks button", has_text="My drill smokes")
    expect(entry).to_be_visible()
    entry.click()
    say(there, "It is the blue one")

    expect(here.locator(".bubble", has_text="It is the blue one")).to_be_visible()
    expect(here.locator(".own .foot").last).to_have_text(re.compile("Sent"))


def test_what_is_said_without_a_connection_is_sent_later(house: House) -> None:
    page, other = begin(house), begin(house)
    page.context.set_offline(True)
    expect(page.locator("#state[data-state=offline]")).to_be_visible()
    say(page, "Written in a tunnel")
    expect(page.locator(".queued")).to_have_count(1)
    page.context.set_offline(False)

    expect(page.locator(".queued")).to_have_count(0)
    expect(other.locator(".bubble", has_text="Written in a tunnel")).to_have_count(1)
    house.forgive("ERR_INTERNET_DISCONNECTED")


@pytest.mark.parametrize("viewport", [PHONE, {"width": 320, "height": 640}])
@pytest.mark.parametrize("company", ["acme", "globex"])
def test_nothing_is_cut_on_a_phone(house: House, company: str, viewport: dict[str, int]) -> None:
    page = begin(house, f"/try/?company={company}", viewport=viewport)

    width = page.evaluate("document.documentElement.scrollWidth")
    assert width == viewport["width"]
    box = page.locator("#composer").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= viewport["width"]
