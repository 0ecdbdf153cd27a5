"""`manage.py check_log`: a whole log is told so, and every kind of hole is found."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import F

from companies.models import CompanyState
from conftest import World, client_of
from conversations.models import Conversation, Message
from conversations.proof import check_company
from conversations.services.log import stream_of
from conversations.tests.factories import make_conversation, make_room, note, reloaded, say
from tokdesk.common.models import Event, Job
from tokdesk.common.testing import race
from tokdesk.tests.commands import run_command
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


@pytest.fixture
def talk(acme: World) -> Conversation:
    """Entries 1 to 6: created, three public messages, a note, and one for all again."""
    row = make_conversation(acme.customer, "One")
    say(acme.agent, row, "Two")
    note(acme.agent, row, "Between us")
    say(acme.customer, row, "Three")
    client_of(acme.agent).patch(f"conversations/{row.pk}/", {"subject": "New"})
    Job.objects.all().delete()
    return row


def entries(row: Conversation, **which: Any) -> Any:
    return Event.objects.filter(stream=stream_of(row.pk), **which)


def messages(row: Conversation, **which: Any) -> Any:
    return Message.unscoped.filter(conversation=row, **which)


def set_row(row: Conversation, **values: Any) -> None:
    Conversation.unscoped.filter(pk=row.pk).update(**values)


def faults_in(talk: Conversation) -> set[tuple[str, int, int]]:
    """What was found, of that conversation alone: what, how it should be, how it is."""
    outcome = run_command("check_log", "--json")
    assert outcome.code == 1
    found = outcome.json["faults"]
    assert {(each["company"], each["conversation"]) for each in found} == {("acme", str(talk.pk))}
    return {(each["what"], each["expected"], each["found"]) for each in found}


def test_whole_logs_have_no_hole(acme: World, globex: World, talk: Conversation) -> None:
    deleted = make_conversation(globex.customer, "Hello")
    client_of(globex.admin).delete(f"conversations/{deleted.pk}/")
    say(acme.agent, make_room(acme.agent, acme.agent2))
    said = say(acme.agent, talk, "Wrong")
    path = f"conversations/{talk.pk}/messages/{said.pk}/"
    client_of(acme.agent).patch(path, {"body": "Right"})
    client_of(acme.agent).delete(path)

    with nothing_changes():
        outcome = run_command("check_log", "--json")

    assert outcome.code == 0
    assert outcome.json == {"dry_run": False, "logs": 3, "faults": [], "next": "nothing."}


# What is done to a whole log -> what is found: what, how it should be, how it is.
HOLES: dict[str, tuple[Callable[[Conversation], Any], set[tuple[str, int, int]]]] = {
    "a public entry is gone": (
        lambda row: entries(row, seq=6).delete(),
        {
            ("entries", 6, 5),
            ("public entries", 5, 4),
            ("last entry", 6, 5),
            ("last public entry", 5, 4),
        },
    ),
    "a message's entry is gone": (
        lambda row: entries(row, seq=3).delete(),
        {("entries", 6, 5), ("public entries", 5, 4), ("entries of messages", 4, 3)},
    ),
    "a note's entry is gone": (
        lambda row: entries(row, seq=4).delete(),
        {("entries", 6, 5), ("entries of messages", 4, 3)},
    ),
    "the first entry is gone": (
        lambda row: entries(row, seq=1).delete(),
        {("entries", 6, 5), ("public entries", 5, 4), ("first entry", 1, 2)},
    ),
    "all entries are gone": (
        lambda row: entries(row).delete(),
        {
            ("entries", 6, 0),
            ("public entries", 5, 0),
            ("first entry", 1, 0),
            ("last entry", 6, 0),
            ("last public entry", 5, 0),
            ("entries of messages", 4, 0),
        },
    ),
    "an entry stands where none was given": (
        lambda row: entries(row, seq=6).update(seq=8),
        {("last entry", 6, 8)},
    ),
    "a message is gone": (
        lambda row: messages(row, body="Two").delete(),
        {("messages", 4, 3), ("places of messages", 4, 3), ("public messages", 3, 2)},
    ),
    "a note is gone": (
        lambda row: messages(row, body="Between us").delete(),
        {("messages", 4, 3), ("places of messages", 4, 3)},
    ),
    "the head is ahead": (
        lambda row: set_row(row, last_seq=F("last_seq") + 1),
        {("entries", 7, 6), ("last entry", 7, 6)},
    ),
    "the head of customers is behind": (
        lambda row: set_row(row, last_public_seq=F("last_public_seq") - 1),
        {("public entries", 4, 5), ("last public entry", 4, 5)},
    ),
    "a message is not counted": (
        lambda row: set_row(row, message_count=3, public_message_count=2),
        {
            ("messages", 3, 4),
            ("places of messages", 3, 4),
            ("public messages", 2, 3),
            ("entries of messages", 3, 4),
        },
    ),
    "two messages changed their places": (
        lambda row: [
            messages(row, body="Two").update(position=3),
            messages(row, body="Between us").update(position=2),
        ],
        {("misplaced messages", 0, 1)},
    ),
    "a message stands elsewhere than its entry": (
        lambda row: messages(row, body="Three").update(seq=9),
        {("misplaced messages", 0, 1)},
    ),
    "more was pruned than is told": (
        lambda row: entries(row, seq__lte=2).delete(),
        {
            ("entries", 6, 4),
            ("public entries", 5, 3),
            ("first entry", 1, 3),
            ("entries of messages", 4, 3),
        },
    ),
}


@pytest.mark.parametrize("hole", HOLES)
def test_a_hole_is_found(talk: Conversation, globex: World, hole: str) -> None:
    make_conversation(globex.customer, "Hello")
    dig, found = HOLES[hole]

    dig(talk)

    assert faults_in(talk) == found


def test_a_number_that_is_missing_is_found(acme: World, talk: Conversation) -> None:
    make_conversation(acme.customer)
    CompanyState.unscoped.filter(company=acme.company).update(next_number=4)

    outcome = run_command("check_log", "--json")

    fault = {"company": "acme", "conversation": None, "expected": 3, "found": 2}
    assert outcome.json["faults"] == [
        {**fault, "what": "numbers"},
        {**fault, "what": "last number"},
    ]


def test_a_number_that_jumped_is_found(acme: World, talk: Conversation) -> None:
    set_row(talk, number=5)

    outcome = run_command("check_log", "--json")

    fault = {"company": "acme", "conversation": None, "expected": 1, "found": 5}
    assert (outcome.code, outcome.json["faults"]) == (1, [{**fault, "what": "last number"}])


def test_one_company_is_looked_at_alone(acme: World, globex: World, talk: Conversation) -> None:
    entries(talk, seq=3).delete()

    ours, theirs = (run_command("check_log", "--company", slug) for slug in ("acme", "globex"))

    assert (ours.code, theirs.code) == (1, 0)
    assert f"acme {talk.pk}: entries 5 instead of 6" in ours.out
    assert ours.out.splitlines()[-2] == "3 faults in 1 logs."
    assert theirs.out.splitlines()[0] == "0 logs, no hole in any."


def test_a_dry_run_reads_no_log(acme: World, talk: Conversation) -> None:
    entries(talk).delete()

    outcome = run_command("check_log", "--dry-run", "--json")

    assert (outcome.code, outcome.json["companies"]) == (0, 1)


def test_an_unknown_company_is_told(acme: World) -> None:
    outcome = run_command("check_log", "--company", "nobody")

    assert (outcome.code, outcome.err) == (1, "There is no company with the address 'nobody'.")


def test_the_row_is_as_the_fixture_says(talk: Conversation) -> None:
    row = reloaded(talk)

    assert (row.last_seq, row.last_public_seq) == (6, 5)
    assert (row.message_count, row.public_message_count) == (4, 3)


@pytest.mark.django_db(transaction=True)
def test_who_writes_meanwhile_is_no_fault(acme: World) -> None:
    talk = make_conversation(acme.customer, "One")

    def work(number: int) -> Any:
        if number == 0:
            return [check_company(acme.company.id)[1] for _ in range(10)]
        return [say(acme.agent, talk, f"{number}.{each}").seq for each in range(10)]

    answers = race(work, 3)

    assert answers[0] == [[]] * 10
    assert sorted([*answers[1], *answers[2]]) == [*range(3, 23)]
