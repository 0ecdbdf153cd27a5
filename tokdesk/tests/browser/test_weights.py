"""No page weighs more than a slow line carries."""

import pytest

from tokdesk.tests.browser.house import BROWSER, House
from tokdesk.tests.browser.inbox import Inbox
from tokdesk.tests.browser.weights import Weights

pytestmark = BROWSER
MOST_SCRIPTS, MOST_STYLES = 200, 20


@pytest.mark.parametrize(
    ("email", "most_fonts"), [("agent@acme.example", 32), ("agent@globex.example", 80)]
)
def test_the_inbox(house: House, email: str, most_fonts: int) -> None:
    """With a conversation open, as an agent leaves it and comes back."""
    page = house.sign_in(email, "/app/v/all")
    Inbox(page).ready().open_first()
    fresh = page.context.new_page()
    fresh.context.new_cdp_session(fresh).send("Network.setCacheDisabled", {"cacheDisabled": True})
    weights = Weights(fresh)
    fresh.goto(page.url, wait_until="networkidle")
    told = weights.told()

    assert 0 < told["scripts"] <= MOST_SCRIPTS
    assert 0 < told["styles"] <= MOST_STYLES
    assert 0 < told["fonts"] <= most_fonts


@pytest.mark.parametrize(("locale", "most_fonts"), [("en-US", 32), ("ar", 80)])
def test_signing_in(house: House, locale: str, most_fonts: int) -> None:
    page = house.window(locale=locale)
    weights = Weights(page)
    page.goto("/accounts/sign-in/", wait_until="networkidle")
    told = weights.told()

    assert told["scripts"] <= 30
    assert 0 < told["styles"] <= MOST_STYLES
    assert 0 < told["fonts"] <= most_fonts
