"""Connections break again and again; on the screen nothing is missing and nothing stands twice."""

import random

import pytest
from playwright.sync_api import expect

from tokdesk.tests.browser.house import BROWSER, House
from tokdesk.tests.browser.test_inbox import begin, customer_of, customer_says, inbox_of

pytestmark = BROWSER
SEED = 7


@pytest.mark.parametrize("cycles", [8, pytest.param(200, marks=pytest.mark.proof)])
def test_after_every_cut_all_is_there_once_and_in_order(house: House, cycles: int) -> None:
    """Both sides talk while both lose their connection in turns."""
    chance = random.Random(SEED)
    customer, agent = customer_of(house), inbox_of(house, "agent@acme.example", "/app/v/all")
    begin(customer, f"Cut me {cycles} times")
    agent.open(f"Cut me {cycles} times")
    said = []
    for number in range(cycles):
        cut = chance.choice([customer, agent.page])
        cut.context.set_offline(True)
        words = f"cycle {number} of {cycles}"
        if chance.random() < 0.5:
            customer_says(customer, words)
        else:
            agent.say(words)
        said.append(words)
        cut.context.set_offline(False)
        # The next words come after these on both sides, so that there is one order.
        expect(agent.message(words)).to_have_count(1)
        expect(customer.locator(".bubble", has_text=words)).to_have_count(1)

    shown = [each["words"].strip() for each in agent.told()]
    assert [words for words in shown if words.startswith("cycle")] == said[-len(shown) :]
    seqs = [each["seq"] for each in agent.told()]
    assert seqs == sorted(set(seqs))
    heard = customer.locator(".bubble", has_text="cycle").all_inner_texts()
    assert [words.strip() for words in heard] == said
    house.forgive("ERR_INTERNET_DISCONNECTED")
