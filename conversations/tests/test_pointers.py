"""POST conversations/{id}/read/ and unread/: never back, never beyond, in one's own numbering."""

from typing import Any

import pytest

from conftest import World, client_of
from conversations.models import Conversation, Participant
from conversations.services import clockwork
from conversations.tests.factories import make_conversation, note, reloaded, say
from tokdesk.common.models import Event
from tokdesk.common.testing import recorded_events
from tokdesk.tests.answers import faults

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


@pytest.fixture
def talk(acme: World) -> Conversation:
    """Entries 2 to 7: public, note, public, note, public, note; customers count 2, 3, 4."""
    conversation = make_conversation(acme.customer, "2")
    for number in range(3, 8):
        (note if number % 2 else say)(acme.agent, conversation, str(number))
    return conversation


def point(client: Any, conversation: Conversation, deed: str, seq: int) -> Any:
    answer = client.post(f"conversations/{conversation.pk}/{deed}/", {"seq": seq})
    assert answer.status_code == 200
    return answer.json()


def shown(client: Any, conversation: Conversation) -> tuple[int, bool]:
    row = client.get(f"conversations/{conversation.pk}/").json()
    return row["unread"], row["marked_unread"]


def test_reading_moves_forward_only(acme: World, talk: Conversation) -> None:
    client = client_of(acme.manager)

    answers = [point(client, talk, "read", seq) for seq in (0, 3, 2, 3, 6, 7)]

    assert answers == [
        {"seq": 0, "unread": 6},
        {"seq": 3, "unread": 4},
        {"seq": 3, "unread": 4},
        {"seq": 3, "unread": 4},
        {"seq": 6, "unread": 1},
        {"seq": 7, "unread": 0},
    ]


@pytest.mark.parametrize("seq", [8, 300, 2**53])
def test_reading_ends_at_the_head(acme: World, talk: Conversation, seq: int) -> None:
    assert point(client_of(acme.manager), talk, "read", seq) == {"seq": 7, "unread": 0}
    assert point(client_of(acme.customer), talk, "read", seq) == {"seq": 4, "unread": 0}


def test_a_customers_number_is_that_of_the_public_entry(acme: World, talk: Conversation) -> None:
    client = client_of(acme.customer)

    answers = [point(client, talk, "read", seq) for seq in (2, 3, 2, 4)]

    assert answers == [
        {"seq": 2, "unread": 2},
        {"seq": 3, "unread": 1},
        {"seq": 3, "unread": 1},
        {"seq": 4, "unread": 0},
    ]
    row = Participant.unscoped.get(conversation=talk, member=acme.customer)
    assert row.read_seq == 7


def test_a_note_is_nothing_new_for_a_customer(acme: World, talk: Conversation) -> None:
    client = client_of(acme.customer)
    point(client, talk, "read", 4)

    note(acme.agent, talk, "Psst")

    assert shown(client, talk) == (0, False)
    assert point(client, talk, "read", 4) == {"seq": 4, "unread": 0}


@pytest.mark.parametrize("seq", [2, 7, 2**53])
def test_a_mark_reads_nothing(acme: World, talk: Conversation, seq: int) -> None:
    client = client_of(acme.manager)

    assert point(client, talk, "unread", seq)["unread"] == 6
    assert shown(client, talk) == (6, True)


def test_unread_sets_a_mark_that_the_next_read_clears(acme: World, talk: Conversation) -> None:
    client = client_of(acme.manager)
    point(client, talk, "read", 7)

    assert point(client, talk, "unread", 6) == {"seq": 6, "unread": 2}
    assert shown(client, talk) == (2, True)
    assert len(client.get("conversations/?unread=true").json()["results"]) == 1
    assert point(client, talk, "read", 1) == {"seq": 7, "unread": 0}
    assert shown(client, talk) == (0, False)
    assert client.get("conversations/?unread=true").json()["results"] == []


@pytest.mark.parametrize(
    ("seq", "answer"),
    [
        (0, {"seq": 1, "unread": 3}),
        (2, {"seq": 2, "unread": 3}),
        (3, {"seq": 3, "unread": 2}),
        (4, {"seq": 4, "unread": 1}),
        (99, {"seq": 4, "unread": 1}),
    ],
)
def test_a_customer_marks_the_public_entry_whatever_notes_stand_behind_it(
    acme: World, talk: Conversation, seq: int, answer: Any
) -> None:
    client = client_of(acme.customer)
    point(client, talk, "read", 4)

    assert point(client, talk, "unread", seq) == answer
    assert shown(client, talk) == (answer["unread"], True)


def test_a_customer_points_at_messages_whose_entries_were_pruned(
    acme: World, talk: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clockwork, "KEPT_ENTRIES", 1)
    monkeypatch.setattr(clockwork, "LEAST_PRUNED", 1)
    Event.objects.update(at="2020-01-01T00:00:00Z")
    assert clockwork.prune_logs(acme.company.pk) == 6
    client = client_of(acme.customer)

    deeds = [("read", 2), ("unread", 2), ("unread", 3), ("read", 3), ("unread", 4), ("read", 4)]
    answers = [point(client, talk, deed, seq) for deed, seq in deeds]

    assert answers == [
        {"seq": 2, "unread": 2},
        {"seq": 2, "unread": 3},
        {"seq": 3, "unread": 2},
        {"seq": 3, "unread": 1},
        {"seq": 4, "unread": 1},
        {"seq": 4, "unread": 0},
    ]


def test_pointers_are_ones_own_and_no_events(acme: World, talk: Conversation) -> None:
    before, client = reloaded(talk), client_of(acme.manager)

    with recorded_events() as events:
        point(client, talk, "read", 5)

    assert events == []
    assert reloaded(talk).last_seq == before.last_seq
    assert shown(client_of(acme.admin), talk) == (6, False)


def test_looking_makes_nobody_a_participant_that_shows(acme: World, talk: Conversation) -> None:
    point(client_of(acme.manager), talk, "read", 5)

    path = f"conversations/{talk.pk}/participants/"
    rows = client_of(acme.agent).get(path).json()["results"]
    assert [row["member"]["name"] for row in rows] == ["Customer", "Agent"]


@pytest.mark.parametrize("seq", [-1, 2**53 + 1, "1", 1.5, None, True])
@pytest.mark.parametrize("deed", ["read", "unread"])
def test_a_position_is_a_whole_number(acme: World, talk: Conversation, deed: str, seq: Any) -> None:
    answer = client_of(acme.agent).post(f"conversations/{talk.pk}/{deed}/", {"seq": seq})

    assert (answer.status_code, list(faults(answer))) == (400, ["seq"])
