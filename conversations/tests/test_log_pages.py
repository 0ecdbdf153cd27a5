"""GET conversations/{id}/events/: positions, pages, and when to start anew."""

from typing import Any

import pytest
import time_machine

from companies.models import CompanyState
from conftest import World, client_of
from conversations.models import Conversation
from conversations.services import clockwork
from conversations.tests.factories import make_conversation, note, reloaded, say
from tokdesk.common.models import Event
from tokdesk.tests.answers import faults, outcome

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


@pytest.fixture
def talk(acme: World) -> Conversation:
    """Entries 1 to 8; 3, 5 and 7 are notes."""
    conversation = make_conversation(acme.customer, "2")
    for number in range(3, 9):
        (note if number % 2 else say)(acme.agent, conversation, str(number))
    return conversation


def page(who: Any, talk: Conversation, query: str = "") -> Any:
    return client_of(who).get(f"conversations/{talk.pk}/events/{query}")


def seqs(answer: Any) -> list[int]:
    return [each["seq"] for each in answer.json()["events"]]


def test_an_entry_says_who_did_what_when(acme: World, talk: Conversation) -> None:
    client = client_of(acme.agent)

    event = page(acme.agent, talk, "?after=7").json()["events"][0]

    path = f"conversations/{talk.pk}/messages/{event['data']['id']}/"
    assert event == {
        "conv": str(talk.pk),
        "seq": 8,
        "type": "message.created",
        "at": event["at"],
        "actor": {"id": str(acme.agent.pk), "name": "Agent", "role": "agent", "avatar": None},
        "data": client.get(path).json(),
    }


def test_what_the_desk_does_has_no_person(acme: World, talk: Conversation) -> None:
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        client_of(acme.agent).post(
            f"conversations/{talk.pk}/snooze/", {"until": "2026-03-01T13:00:00Z"}
        )
        clock.shift(3600)
        clockwork.wake_conversations(acme.company.pk)
        told = page(acme.agent, talk, "?after=9").json()["events"]

    assert [(each["actor"], each["data"]) for each in told] == [
        ({"kind": "system"}, {"snoozed_until": None})
    ]


@pytest.mark.parametrize(
    ("query", "expected", "complete"),
    [
        ("", [1, 2, 3, 4, 5, 6, 7, 8], True),
        ("?after=0&limit=3", [1, 2, 3], False),
        ("?after=3&limit=5", [4, 5, 6, 7, 8], True),
        ("?after=3&limit=4", [4, 5, 6, 7], False),
        ("?after=8", [], True),
        ("?after=7&limit=300", [8], True),
    ],
)
def test_staff_page_through_the_log(
    acme: World, talk: Conversation, query: str, expected: list[int], complete: bool
) -> None:
    answer = page(acme.agent, talk, query)

    assert (answer.status_code, seqs(answer)) == (200, expected)
    assert (answer.json()["complete"], answer.json()["head"]) == (complete, 8)


@pytest.mark.parametrize(
    ("query", "expected", "complete"),
    [
        ("", [1, 2, 3, 4, 5], True),
        ("?after=2&limit=2", [3, 4], False),
        ("?after=3&limit=2", [4, 5], True),
        ("?after=5", [], True),
    ],
)
def test_customers_page_through_numbers_without_holes(
    acme: World, talk: Conversation, query: str, expected: list[int], complete: bool
) -> None:
    answer = page(acme.customer, talk, query)

    assert seqs(answer) == expected
    assert (answer.json()["complete"], answer.json()["head"]) == (complete, 5)
    assert {each["data"].get("visibility") for each in answer.json()["events"]} <= {"public", None}


def test_a_position_ahead_of_the_head_starts_anew(acme: World, talk: Conversation) -> None:
    for who, head in ((acme.agent, 8), (acme.customer, 5)):
        answer = page(who, talk, f"?after={head + 1}")
        assert outcome(answer) == (409, "resync")
        problem = answer.json()
        assert (problem["reason"], problem["head"]) == ("ahead", head)


def test_another_epoch_starts_anew(acme: World, globex: World, talk: Conversation) -> None:
    epoch = page(acme.agent, talk).json()["epoch"]
    assert page(acme.agent, talk, f"?after=2&epoch={epoch}").status_code == 200
    CompanyState.unscoped.filter(company=acme.company).update(log_epoch="restored")

    answer = page(acme.agent, talk, f"?after=2&epoch={epoch}")

    assert outcome(answer) == (409, "resync")
    assert (answer.json()["reason"], answer.json()["epoch"]) == ("epoch", "restored")


def test_what_is_old_is_pruned_and_older_positions_start_anew(
    acme: World, talk: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clockwork, "KEPT_ENTRIES", 3)
    monkeypatch.setattr(clockwork, "LEAST_PRUNED", 2)
    assert clockwork.prune_logs(acme.company.pk) == 0
    Event.objects.update(at="2020-01-01T00:00:00Z")

    assert clockwork.prune_logs(acme.company.pk) == 5
    assert clockwork.prune_logs(acme.company.pk) == 0

    row = reloaded(talk)
    assert (row.pruned_seq, row.pruned_public_seq, row.last_seq) == (5, 3, 8)
    assert seqs(page(acme.agent, talk, "?after=5")) == [6, 7, 8]
    assert seqs(page(acme.customer, talk, "?after=3")) == [4, 5]
    for who, after, head in ((acme.agent, 4, 8), (acme.customer, 2, 5)):
        answer = page(who, talk, f"?after={after}")
        assert outcome(answer) == (409, "resync")
        assert (answer.json()["reason"], answer.json()["head"]) == ("pruned", head)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?after=-1", "after"),
        ("?after=x", "after"),
        ("?after=1.0", "after"),
        (f"?after={2**53 + 1}", "after"),
        ("?limit=0", "limit"),
        ("?limit=301", "limit"),
    ],
)
def test_a_wrong_position_is_named(acme: World, talk: Conversation, query: str, field: str) -> None:
    answer = page(acme.agent, talk, query)

    assert (answer.status_code, faults(answer)) == (400, {field: ["invalid"]})
