"""The agents' inbox, end to end: a customer on one side, agents on the other."""

import re

import pytest
from playwright.sync_api import Page, expect

from tokdesk.tests.browser.house import BROWSER, PHONE, House
from tokdesk.tests.browser.inbox import Inbox

pytestmark = BROWSER


def inbox_of(house: House, email: str, path: str = "/app/", **options: object) -> Inbox:
    return Inbox(house.sign_in(email, path, **options)).ready()


def customer_of(house: House, company: str = "acme", **options: object) -> Page:
    page = house.window(**options)
    page.goto(f"/try/?company={company}")
    expect(page.locator("#state[data-state=live]")).to_be_visible()
    return page


def begin(page: Page, words: str) -> None:
    """A new conversation of the customer."""
    page.click("[data-open='']")
    customer_says(page, words)
    expect(page.locator(".own .foot").last).to_have_text(re.compile("Sent|أُرسلت"))


def customer_says(page: Page, words: str) -> None:
    page.fill("#text", words)
    page.press("#text", "Enter")


def test_a_conversation_from_the_first_word_to_its_end(house: House) -> None:
    """The customer sits at one server, the agent at the other."""
    customer = customer_of(house, base=house.other)
    agent = inbox_of(house, "agent@acme.example", "/app/v/all")
    begin(customer, "My saw stands still")
    agent.open("My saw stands still")

    agent.text.press_sequentially("Which")
    agent.say("Which saw is it?")
    expect(customer.locator(".bubble", has_text="Which saw is it?")).to_be_visible()
    customer_says(customer, "The *small* one")
    expect(agent.message("The small one").locator("em")).to_have_text("small")

    agent.page.get_by_role("tab", name="Private note").click()
    agent.say("He bought it last week")
    expect(agent.message("He bought it last week")).to_have_count(1)
    agent.page.get_by_role("tab", name="Reply").click()
    agent.say("A new one is on its way")
    expect(customer.locator(".bubble", has_text="A new one is on its way")).to_be_visible()
    expect(customer.locator(".bubble", has_text="He bought it last week")).to_have_count(0)

    agent.page.get_by_role("button", name="Resolve", exact=True).click()
    expect(agent.row("A new one is on its way")).to_have_count(0)
    agent.go("/app/v/resolved")
    expect(agent.row("A new one is on its way")).to_be_visible()


def test_typing_is_seen_on_both_sides(house: House) -> None:
    customer, agent = customer_of(house), inbox_of(house, "agent@acme.example", "/app/v/all")
    begin(customer, "Does anybody read this?")
    agent.open("Does anybody read this?")
    agent.say("I do")
    expect(customer.locator(".bubble", has_text="I do")).to_be_visible()
    # Signs of typing go out every three seconds.
    agent.text.press_sequentially("And I am here", delay=350)
    expect(customer.locator("#signs")).to_have_text("Grace Miller is typing …")

    customer.locator("#text").press_sequentially("Good")
    expect(agent.page.get_by_text("Dana Foster is typing").first).to_be_visible()


def test_a_second_answer_is_stopped(house: House) -> None:
    """Of two agents one was away while the other answered."""
    customer = customer_of(house)
    first = inbox_of(house, "agent@acme.example", "/app/v/all")
    second = inbox_of(house, "manager@acme.example", "/app/v/all")
    begin(customer, "Who answers first?")
    for each in (first, second):
        each.open("Who answers first?")
    second.page.context.set_offline(True)
    second.say("I think it is broken")
    first.say("It is repaired already")
    expect(first.message("It is repaired already")).to_have_count(1)
    second.page.context.set_offline(False)

    expect(second.message("It is repaired already")).to_have_count(1)
    held = second.page.locator("[data-key]", has_text="I think it is broken")
    expect(held).to_be_visible()
    expect(customer.locator(".bubble", has_text="I think it is broken")).to_have_count(0)
    house.forgive("ERR_INTERNET_DISCONNECTED", "409")


def test_what_is_written_offline_survives_a_reload_and_is_sent_once(house: House) -> None:
    customer, agent = customer_of(house), inbox_of(house, "agent@acme.example", "/app/v/all")
    begin(customer, "Five answers, please")
    agent.open("Five answers, please")
    agent.page.context.set_offline(True)
    words = [f"Answer number {number}" for number in range(1, 6)]
    for each in words:
        agent.say(each)
    agent.page.context.set_offline(False)
    agent.page.reload()
    expect(customer.locator(".bubble", has_text="Answer number")).to_have_count(5)

    assert customer.locator(".bubble", has_text="Answer number").all_inner_texts() == words
    agent.ready()
    expect(agent.message("Answer number")).to_have_count(5)
    house.forgive("ERR_INTERNET_DISCONNECTED")


def test_a_draft_is_there_again_after_the_tab_has_died(house: House) -> None:
    agent = inbox_of(house, "agent@acme.example", "/app/v/all")
    agent.open("Drill stops")
    place = agent.page.url
    agent.text.fill("Half a sent")
    agent.text.press_sequentially("ence")
    context = agent.page.context
    agent.page.close(run_before_unload=False)
    again = context.new_page()
    again.goto(place)

    expect(Inbox(again).text).to_have_value("Half a sentence")
    Inbox(again).text.fill("")


def test_nothing_is_read_while_nobody_looks(house: House) -> None:
    customer, agent = customer_of(house), inbox_of(house, "agent@acme.example", "/app/v/all")
    begin(customer, "Look at me")
    agent.open("Look at me")
    agent.say("I look")
    expect(customer.locator(".bubble", has_text="I look")).to_be_visible()
    away = agent.page.context.new_page()
    away.goto("/")
    away.bring_to_front()
    customer_says(customer, "And now?")
    expect(agent.message("And now?")).to_have_count(1)

    expect(customer.locator(".own .foot").last).to_have_text(re.compile("Sent"))
    agent.page.bring_to_front()
    expect(customer.locator(".own .foot").last).to_have_text(re.compile("Seen"))


@pytest.mark.parametrize("company", ["acme", "globex"])
def test_it_fits_a_phone(house: House, company: str) -> None:
    agent = inbox_of(house, f"agent@{company}.example", "/app/v/all", viewport=PHONE)
    assert wide(agent.page) == PHONE["width"]
    agent.rows.first.click()
    expect(agent.messages.first).to_be_visible()

    assert wide(agent.page) == PHONE["width"]
    box = agent.text.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]


def wide(page: Page) -> int:
    width: int = page.evaluate("document.documentElement.scrollWidth")
    return width
