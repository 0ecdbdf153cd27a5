"""What `make run` starts, on its embedded parts, in the hands of a newcomer."""

from pathlib import Path

from playwright.sync_api import expect

from tokdesk.tests.browser.house import BROWSER, House
from tokdesk.tests.browser.inbox import Inbox
from tokdesk.tests.browser.test_inbox import begin, customer_says
from tokdesk.tests.servers import free_port
from tokdesk.tests.test_quickstart import start
from tokdesk.tests.waiting import wait_until

pytestmark = BROWSER


def test_a_newcomer_plays_both_sides(house: House, tmp_path: Path) -> None:
    """It takes its time: a whole desk is made first."""
    desk = start(tmp_path / "data", free_port())
    try:
        wait_until(desk.is_ready, seconds=90, on_timeout=desk.said)
        assert f"http://127.0.0.1:{desk.port}/try/" in desk.said()
        customer = house.window(base=f"http://127.0.0.1:{desk.port}")
        customer.goto("/try/")
        expect(customer.locator("#state[data-state=live]")).to_be_visible()
        begin(customer, "Is anybody there?")
        with customer.expect_popup() as opened:
            customer.click("text=Open the inbox")
        agent = Inbox(opened.value).ready()
        agent.go("/app/v/unassigned").open("Is anybody there?")
        agent.say("I am")
        expect(customer.locator(".bubble", has_text="I am")).to_be_visible()
        customer_says(customer, "Good to know")

        expect(agent.message("Good to know")).to_have_count(1)
    finally:
        # Before their desk, which they would look for.
        house.close_windows()
        desk.process.terminate()
        desk.process.wait(30)
