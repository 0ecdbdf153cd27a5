"""GET conversations/{id}/messages/: pages in each numbering."""

from typing import Any

import pytest
from django.core.cache import cache as django_cache

from conftest import World, client_of
from conversations.tests.factories import make_conversation, note, say
from tokdesk.common import cache

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


def test_pages_of_messages_go_both_ways_in_each_numbering(acme: World) -> None:
    conversation = make_conversation(acme.customer, "m2")
    for number in range(3, 9):
        (note if number % 2 else say)(acme.agent, conversation, f"m{number}")
    path = f"conversations/{conversation.pk}/messages/"

    def bodies(who: Any, query: str) -> Any:
        page = client_of(who).get(f"{path}?{query}").json()
        return [row["body"] for row in page["results"]], page["has_before"], page["has_after"]

    agent, customer = acme.agent, acme.customer
    assert bodies(agent, "limit=3") == (["m6", "m7", "m8"], True, False)
    assert bodies(agent, "before=6&limit=3") == (["m3", "m4", "m5"], True, True)
    assert bodies(agent, "after=2&limit=2") == (["m3", "m4"], True, True)
    assert bodies(agent, "around=5&limit=3") == (["m4", "m5", "m6"], True, True)
    assert bodies(agent, "after=8") == ([], True, False)
    assert bodies(agent, "before=0") == ([], False, True)
    assert bodies(customer, "") == (["m2", "m4", "m6", "m8"], False, False)
    assert bodies(customer, "after=2&limit=1") == (["m4"], True, True)
    assert bodies(customer, "before=4") == (["m2", "m4"], False, True)


@pytest.mark.parametrize(
    "query", ["before=-1", "after=x", "around=1.5", "limit=0", "limit=101", "before=1&after=2"]
)
def test_a_wrong_page_is_refused(acme: World, query: str) -> None:
    conversation = make_conversation(acme.customer, "Hello")

    path = f"conversations/{conversation.pk}/messages/?{query}"
    assert client_of(acme.agent).get(path).status_code == 400


def test_the_newest_page_alone_is_kept(acme: World) -> None:
    conversation = make_conversation(acme.customer, "Hello")
    client, path = client_of(acme.agent), f"conversations/{conversation.pk}/messages/"
    client.get(path)
    kept = len(django_cache._cache)

    for tail in ("?limit=24", "?before=9", "?before=10", "?after=1", "?around=1"):
        assert client.get(path + tail).status_code == 200

    assert len(django_cache._cache) == kept


def test_a_page_that_is_very_long_is_not_kept(acme: World) -> None:
    conversation = make_conversation(acme.customer, "Hello")
    for _ in range(7):
        say(acme.agent, conversation, "x" * 10_000)
    before = cache.counters()

    page = client_of(acme.agent).get(f"conversations/{conversation.pk}/messages/").json()
    again = client_of(acme.agent).get(f"conversations/{conversation.pk}/messages/").json()

    assert again == page
    after = cache.counters()
    # Each time the page is missing; the second time none of its eight messages is.
    assert {name: after[name] - before[name] for name in after} == {"hits": 8, "misses": 10}


def test_a_message_that_was_changed_is_shown_so_on_the_next_page(acme: World) -> None:
    conversation = make_conversation(acme.customer, "Hello")
    path = f"conversations/{conversation.pk}/messages/"
    said, client = say(acme.agent, conversation, "Frist"), client_of(acme.agent)
    customer = client_of(acme.customer)

    def bodies() -> list[str]:
        return [row["body"] for row in customer.get(path).json()["results"]]

    assert bodies() == ["Hello", "Frist"]
    client.patch(f"{path}{said.pk}/", {"body": "First"})
    assert bodies() == ["Hello", "First"]
    client.delete(f"{path}{said.pk}/")
    assert bodies() == ["Hello", ""]
