"""Conversations as staff see them: that they are there and how they move, never a word of them."""

import re
from typing import Any

import pytest

from accounts.models import User
from conftest import World, client_of
from conversations.models import Conversation
from conversations.services.log import stream_of
from conversations.tests.factories import make_conversation, make_room, note, say
from tokdesk.common.models import Event
from tokdesk.tests.rows import nothing_changes
from tokdesk.tests.staffsite import asks_to_sign_in, browser_of, page_of, text_of

pytestmark = pytest.mark.django_db

LIST = "/admin/conversations/conversation/"
# Whatever people wrote: in subjects, messages, notes, tags and attributes.
WORDS = ("Sesame", "Aubergine", "Papaya", "Quince", "Rhubarb", "Tamarind", "Walnut")


def rows_in(page: str) -> list[list[str]]:
    """The cells of each row as text."""
    table = page.partition('id="result_list"')[2].partition("</tbody>")[0]
    rows = [re.findall(r"<t[dh] class.*?</t[dh]>", row, re.DOTALL) for row in table.split("<tr>")]
    return [[re.sub(r"<[^>]*>", "", cell).strip() for cell in row] for row in rows if row]


@pytest.fixture
def talk(acme: World) -> Conversation:
    """One with every word in it."""
    row = make_conversation(acme.customer, "Aubergine", subject="Sesame")
    admin, path = client_of(acme.admin), f"conversations/{row.pk}/"
    gone = say(acme.agent, row, "Quince")
    client_of(acme.agent).delete(f"{path}messages/{gone.pk}/")
    note(acme.agent, row, "Papaya")
    admin.post("attributes/", {"key": "nut", "label": "Nut", "kind": "text"})
    changes: dict[str, Any] = {"tags": ["Rhubarb"], "attributes": {"nut": "Walnut"}}
    assert admin.patch(path, changes).status_code == 200
    draft = {"body": "Tamarind"}
    assert client_of(acme.agent).put(f"{path}draft/?visibility=note", draft).status_code == 200
    return row


def test_the_list_shows_conversations_by_their_activity(
    staff: User, acme: World, globex: World, talk: Conversation
) -> None:
    room = make_room(acme.agent, acme.agent2)
    say(acme.agent, room, "Quince")
    make_conversation(globex.customer)

    rows = rows_in(text_of(browser_of(staff).get(LIST)))

    assert [row[:6] for row in rows] == [
        ["#1", "Globex", "Customer", "Open", "Support", "0"],
        ["Direct", "Acme", "Direct", "–", "–", "1"],
        ["#1", "Acme", "Customer", "Open", "Support", "3"],
    ]


def test_no_page_shows_a_word_of_what_was_written(
    staff: User, acme: World, talk: Conversation
) -> None:
    client = browser_of(staff)
    changes = {"subject": "Walnut"}
    assert client_of(acme.agent).patch(f"conversations/{talk.pk}/", changes).status_code == 200
    events = [page_of(event) for event in Event.objects.filter(stream=stream_of(talk.pk))]
    plain = (LIST, "/admin/", "/admin/conversations/", "/admin/common/event/")
    assert len(events) == 8

    for path in (*plain, page_of(talk), *events):
        response = client.get(path)
        page = text_of(response)
        assert response.status_code == 200
        assert [word for word in WORDS if word.lower() in page.lower()] == [], path


def test_a_page_says_who_wrote_when_and_how_much(
    staff: User, acme: World, talk: Conversation
) -> None:
    page = text_of(browser_of(staff).get(page_of(talk)))
    lines = re.findall(r"<bdi dir='auto'>([^<]*)</bdi> · ([^<]*)</div>", page)

    assert lines == [
        ("Agent", "6 characters"),
        ("Agent", "Deleted"),
        ("Customer", "9 characters"),
    ]
    assert str(talk.pk) in page


@pytest.mark.parametrize("word", WORDS)
def test_nothing_is_found_by_what_was_written(staff: User, talk: Conversation, word: str) -> None:
    assert rows_in(text_of(browser_of(staff).get(f"{LIST}?q={word}"))) == []


def test_conversations_are_searched_and_filtered(
    staff: User, acme: World, globex: World, talk: Conversation
) -> None:
    make_room(acme.agent, acme.agent2)
    other = make_conversation(globex.customer)
    client = browser_of(staff)

    found = {
        "?q=1": ["Globex", "Acme"],
        "?q=acme": ["Acme", "Acme"],
        f"?q={other.pk}": ["Globex"],
        "?q=nothing": [],
        "?kind__exact=direct": ["Acme"],
        "?status__exact=open": ["Globex", "Acme"],
        "?is_archived__exact=1": [],
    }

    assert {
        query: [row[1] for row in rows_in(text_of(client.get(LIST + query)))] for query in found
    } == found


@pytest.mark.parametrize("order", ["1", "-1", "2", "3", "6", "7", "8"])
def test_every_column_sorts(staff: User, globex: World, talk: Conversation, order: str) -> None:
    make_conversation(globex.customer)

    assert len(rows_in(text_of(browser_of(staff).get(f"{LIST}?o={order}")))) == 2


def test_nobody_writes_here(staff: User, talk: Conversation) -> None:
    client = browser_of(staff)

    with nothing_changes():
        codes = [
            client.post(page_of(talk), {"subject": "Mine"}).status_code,
            client.get(f"{LIST}add/").status_code,
            client.post(f"{LIST}add/", {"subject": "Mine"}).status_code,
            client.post(page_of(talk).replace("change/", "delete/"), {"post": "yes"}).status_code,
        ]

    assert codes == [403, 403, 403, 403]


def test_no_others_than_staff_see_it(client: Any, acme: World, talk: Conversation) -> None:
    for path in (LIST, page_of(talk)):
        assert asks_to_sign_in(client.get(path))


def test_a_deleted_conversation_has_no_page(staff: User, acme: World, talk: Conversation) -> None:
    client_of(acme.admin).delete(f"conversations/{talk.pk}/")
    client = browser_of(staff)

    assert rows_in(text_of(client.get(LIST))) == []
    assert client.get(page_of(talk)).status_code == 302


def test_more_conversations_ask_no_more_queries(
    staff: User, acme: World, django_assert_num_queries: Any
) -> None:
    client = browser_of(staff)
    for _ in range(20):
        make_conversation(acme.customer, "Hello")

    with django_assert_num_queries(4):
        response = client.get(LIST)

    assert len(rows_in(text_of(response))) == 20
