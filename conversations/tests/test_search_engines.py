"""Every way of looking finds the same; the index is what it is made of, also when made anew."""

from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from accounts.tests.factories import actor_for
from conftest import World, make_world
from conversations.choices import SearchPart
from conversations.models import Conversation, SearchEntry
from conversations.search.engines import by_comparison, with_word
from conversations.search.text import Term
from conversations.services import delete_conversation, delete_message
from conversations.tests.factories import make_conversation, note, say
from tokdesk.common.models.event import Audience
from tokdesk.common.tenancy import company_scope
from tokdesk.tests.commands import run_command

pytestmark = [pytest.mark.django_db, pytest.mark.contract]

TERMS = [
    Term("invoice"),
    Term("inv", is_prefix=True),
    Term("inv"),
    Term("voice", is_prefix=True),
    Term("late"),
    Term("for"),
    Term("الفات", is_prefix=True),
    Term("نور"),
    Term("acme"),
    Term("x", is_prefix=True),
]


def entries() -> list[tuple[Any, ...]]:
    columns = ("company_id", "conversation_id", "message_id", "part", "audience", "text")
    return sorted(SearchEntry.unscoped.values_list(*columns), key=str)


@pytest.fixture
def written(acme: World, globex: World) -> Conversation:
    conversation = make_conversation(acme.customer, "Invoice for نور", subject="Late")
    note(acme.agent, conversation, "الفاتورة is late")
    say(acme.customer, conversation, "xylophone")
    make_conversation(acme.customer, subject="Without a word")
    make_conversation(globex.customer, "Invoice too")
    return conversation


@pytest.mark.parametrize("term", TERMS, ids=str)
def test_the_engine_finds_what_plain_comparison_finds(
    acme: World, written: Conversation, term: Term
) -> None:
    with company_scope(acme.company.pk):
        rows = SearchEntry.objects.all()

        assert set(with_word(rows, term)) == set(by_comparison(rows, term))


def test_an_engine_without_text_search_compares(
    acme: World, written: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "vendor", "mongodb")

    with company_scope(acme.company.pk):
        found = SearchEntry.objects.conversations_with(Term("invo", is_prefix=True))
        assert list(found) == [written.pk]


def test_each_part_is_for_whom_its_text_is(acme: World, written: Conversation) -> None:
    rows = SearchEntry.unscoped.filter(conversation=written).values_list("part", "audience", "text")

    assert set(rows) == {
        (SearchPart.SUBJECT, Audience.ALL, f"{written.number} late"),
        (SearchPart.NAME, Audience.ALL, "customer"),
        (SearchPart.CONTACT, Audience.STAFF, "customer acme example"),
        (SearchPart.MESSAGE, Audience.ALL, "invoice for نور"),
        (SearchPart.MESSAGE, Audience.STAFF, "الفاتوره is late"),
        (SearchPart.MESSAGE, Audience.ALL, "xylophone"),
    }


def test_contact_data_for_everybody_is_refused(written: Conversation) -> None:
    contacts = SearchEntry.unscoped.filter(part=SearchPart.CONTACT)

    with pytest.raises(IntegrityError), transaction.atomic():
        contacts.update(audience=Audience.ALL)


def test_a_rebuild_writes_the_same_again(acme: World, written: Conversation) -> None:
    message = say(acme.customer, written, "Taken back")
    delete_message(actor=actor_for(acme.customer), message=message)
    gone = make_conversation(acme.customer, "Gone")
    delete_conversation(actor=actor_for(acme.admin), conversation=gone)
    before = entries()
    SearchEntry.unscoped.filter(part=SearchPart.MESSAGE).delete()
    SearchEntry.unscoped.update(text="wrong")

    outcome = run_command("rebuild_search", "--json")

    assert outcome.code == 0
    assert outcome.json == {
        "dry_run": False,
        "companies": 2,
        "conversations": 3,
        "entries": len(before),
        "next": "nothing.",
    }
    assert entries() == before
    with company_scope(acme.company.pk):
        rows = SearchEntry.objects.all()
        assert set(with_word(rows, Term("late"))) == set(by_comparison(rows, Term("late")))
        assert not with_word(rows, Term("wrong")).exists()
    compare_fts5()


def test_a_rebuild_of_one_company_leaves_the_others(acme: World, written: Conversation) -> None:
    SearchEntry.unscoped.update(text="wrong")

    outcome = run_command("rebuild_search", "--company", "acme")

    assert outcome.out.splitlines() == ["Wrote 9 entries of 2 conversations.", "Next: nothing."]
    assert SearchEntry.unscoped.filter(text="wrong").count() == 4


def test_a_rebuild_can_be_counted_first(acme: World, written: Conversation) -> None:
    before = entries()

    outcome = run_command("rebuild_search", "--company", "acme", "--dry-run")

    assert outcome.out.splitlines()[0] == "Would write 9 entries of 2 conversations."
    assert entries() == before


def test_a_company_that_is_not_there_is_told(acme: World) -> None:
    outcome = run_command("rebuild_search", "--company", "nowhere")

    assert (outcome.code, outcome.err) == (1, "There is no company with the address 'nowhere'.")


@pytest.mark.django_db(transaction=True)
def test_what_is_flushed_is_found_no_more(written: Conversation) -> None:
    call_command("flush", interactive=False, verbosity=0)
    # On SQLite its entries get the ids of those that went.
    world = make_world("acme")
    make_conversation(world.customer, "Something else", subject="Different")
    say(world.agent, make_conversation(world.customer), "Entirely")

    with company_scope(world.company.pk):
        found = SearchEntry.objects.conversations_with
        assert not found(Term("invoice")).exists()
        assert found(Term("entirely")).count() == 1
    compare_fts5()


def compare_fts5() -> None:
    """Raises DatabaseError where SQLite's table of words differs from the entries."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO conversations_search (conversations_search, rank)"
                " VALUES ('integrity-check', 1)"
            )
