"""GET conversations/{id}/messages/: pages in each numbering."""

from typing import Any

import pytest

from conftest import World, client_of
from conversations.tests.factories import make_conversation, note, say

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
