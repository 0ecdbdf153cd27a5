"""Narrow, enlarged, without motion, mirrored: nothing is cut and nothing moves that should not."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tokdesk.tests.browser.house import BROWSER, House
from tokdesk.tests.browser.inbox import Inbox

pytestmark = BROWSER

# Elements that reach over the edge of what is seen, by a pixel of rounding at most.
OVER = """() => [...document.querySelectorAll('body *')].filter((each) => {
  const { left, right, width } = each.getBoundingClientRect();
  const hidden = each.closest('.unseen, .sr-only, [aria-hidden=true], [class*=overflow]');
  return width > 0 && !hidden && (left < -1 || right > innerWidth + 1);
}).map((each) => each.outerHTML.slice(0, 120))"""


def opened(house: House, company: str, **options: Any) -> Page:
    page = house.sign_in(f"agent@{company}.example", "/app/v/all", **options)
    inbox = Inbox(page).ready()
    assert page.evaluate(OVER) == []
    inbox.rows.first.click()
    expect(inbox.messages.first).to_be_visible()
    return page


@pytest.mark.parametrize("company", ["acme", "globex"])
@pytest.mark.parametrize("width", [320, 640, 1000, 1600])
def test_nothing_reaches_over_the_edge(house: House, company: str, width: int) -> None:
    page = opened(house, company, viewport={"width": width, "height": 700})

    assert page.evaluate(OVER) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_who_wants_less_motion_gets_none(house: House) -> None:
    page = opened(house, "acme", reduced_motion="reduce")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog")).to_be_visible()

    running = "document.getAnimations().filter((each) => each.playState === 'running').length"
    assert page.evaluate(running) == 0


def test_with_forced_colours_all_is_there(house: House) -> None:
    page = opened(house, "acme", forced_colors="active")

    expect(page.get_by_role("button", name="Resolve", exact=True)).to_be_visible()
    expect(Inbox(page).text).to_be_visible()


def test_arabic_is_the_mirror_of_english(house: House) -> None:
    """Sidebar, list, thread and details stand in the opposite order and are as wide."""
    places = [
        opened(house, company, viewport={"width": 1280, "height": 800}).evaluate(
            """() => ['nav', '#list', '#thread', 'aside'].map((each) => {
              const { left, right, width } = document.querySelector(each).getBoundingClientRect();
              const fromStart = document.dir === 'rtl' ? innerWidth - right : left;
              return [Math.round(fromStart), Math.round(width)];
            })"""
        )
        for company in ("acme", "globex")
    ]

    for english, arabic in zip(*places, strict=True):
        assert abs(english[0] - arabic[0]) <= 2
        assert abs(english[1] - arabic[1]) <= 2
