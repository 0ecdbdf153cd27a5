"""GET conversations/?q=: every word must be found, whoever spells it how; the last as a prefix."""

from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership
from accounts.tests.factories import actor_for
from conftest import World, client_of
from conversations.models import Conversation
from conversations.services import (
    archive,
    delete_conversation,
    delete_message,
    edit_message,
    update_conversation,
)
from conversations.tests.factories import make_conversation, make_room, note, say
from tokdesk.common.testing import ApiClient, finish_jobs

pytestmark = [pytest.mark.django_db, pytest.mark.contract]


def asked(who: Membership | ApiClient, question: str) -> Any:
    client = who if isinstance(who, ApiClient) else client_of(who)
    return client.get(f"conversations/?q={quote(question, safe='')}")


def found(who: Membership | ApiClient, question: str) -> set[str]:
    answer = asked(who, question)
    assert answer.status_code == 200, answer.content
    return {row["id"] for row in answer.json()["results"]}


def is_found(who: Membership | ApiClient, question: str, conversation: Conversation) -> bool:
    return found(who, question) == {str(conversation.pk)}


@pytest.fixture
def invoice(acme: World) -> Conversation:
    make_conversation(acme.customer, "Something else entirely", subject="Delivery")
    text = "The total is wrong.\n\n**Please** correct it"
    return make_conversation(acme.customer, text, subject="Invoice for Café Zürich")


@pytest.mark.parametrize(
    "question",
    [
        "invoice",
        "INVOICE",
        "invoice total",
        "total invoice",
        "wrong cafe",
        "CAFÉ zurich",
        "ｔｏｔａｌ",
        "invoice wro",
        "in",
        "customer please",
        "zürich, (wrong)",
        "total total total",
    ],
)
def test_words_are_found_anywhere_in_a_conversation(
    acme: World, invoice: Conversation, question: str
) -> None:
    assert is_found(acme.agent, question, invoice)


@pytest.mark.parametrize(
    "question", ["invoices", "voice", "inv total", "invoice delivery", "tot wrong", "nothing"]
)
def test_nothing_is_found_by_a_part_or_by_a_word_too_many(
    acme: World, invoice: Conversation, question: str
) -> None:
    assert found(acme.agent, question) == set()


@pytest.mark.parametrize(
    ("written", "question"),
    [
        ("مشكلة في الفاتورة", "الفاتوره"),
        ("أريد إلغاء الاشتراك", "اريد الغاء"),
        ("آخر شحنة", "اخر شحنه"),
        ("ٱلسَّلَامُ عَلَيْكُم", "السلام عليكم"),
        ("الســـــلام", "السلام"),
        ("مستشفى", "مستشفي"),
        ("مسؤول شئون", "مسوول شيون"),
        ("الطلب رقم ١٠٤٢", "1042"),
        ("طلب ۵۶", "56"),
        ("می\u200cخواهم", "مي خواهم"),
        ("می خواهم", "می\u200cخواه"),
        ("کتاب", "كتاب"),
        ("order 1042", "١٠٤٢"),
        ("الفاتورة والشحن", "الفات"),
    ],
)
def test_arabic_is_found_however_it_is_spelled(acme: World, written: str, question: str) -> None:
    conversation = make_conversation(acme.customer, written)

    assert is_found(acme.agent, question, conversation)
    assert is_found(acme.agent, written, conversation)


def test_a_conversation_is_found_by_its_number(acme: World) -> None:
    first, second = (make_conversation(acme.customer, text) for text in ("One", "Two"))

    assert is_found(acme.agent, f"#{first.number}", first)
    assert is_found(acme.customer, f"#{second.number}", second)
    assert is_found(acme.agent, f"two #{second.number}", second)
    assert found(acme.agent, f"one #{second.number}") == set()


def test_a_bare_number_finds_the_conversation(acme: World) -> None:
    for number in range(1, 13):
        conversation = make_conversation(acme.customer, f"Text {number}")

    assert is_found(acme.agent, "12", conversation)


def test_staff_find_customers_by_contact_data_and_customers_do_not(acme: World) -> None:
    conversation = make_conversation(acme.customer, "Hello")
    say(acme.agent, conversation, "Hello yourself")

    for question in ("customer@acme.example", "acme"):
        assert is_found(acme.agent, question, conversation)
        assert found(acme.customer, question) == set()
    assert is_found(acme.customer, "customer", conversation)


def test_a_phone_is_found_with_and_without_gaps(acme: World) -> None:
    client = client_of(acme.admin)
    told = client.post("customers/", {"name": "Nour", "phone": "+20 100-123 4567"})
    customer = Membership.unscoped.get(pk=told.json()["id"])
    conversation = make_conversation(acme.agent, "Called back", customer=customer)

    for question in ("+20 100 123 45", "201001234567", "+201001234567"):
        assert is_found(acme.agent, question, conversation)


def test_a_note_is_found_by_staff_alone(acme: World, invoice: Conversation) -> None:
    note(acme.agent, invoice, "Suspicious behaviour")

    assert is_found(acme.agent, "suspicious", invoice)
    assert is_found(acme.agent, "suspicious total", invoice)
    assert found(acme.customer, "suspicious") == set()
    assert found(acme.customer, "total suspicious") == set()
    assert is_found(acme.customer, "total", invoice)


def test_what_is_out_of_sight_is_not_found(acme: World, globex: World) -> None:
    make_conversation(acme.customer, "Secret plans", subject="Secret", department=acme.support)
    room = make_room(acme.agent, acme.manager)
    say(acme.agent, room, "Secret of two")

    assert len(found(acme.agent, "secret")) == 2
    assert len(found(acme.admin, "secret")) == 1
    for who in (acme.agent2, globex.admin, globex.agent, globex.customer):
        assert found(who, "secret") == set()
    assert len(found(acme.customer, "secret")) == 1


def test_other_filters_and_pages_narrow_as_ever(acme: World) -> None:
    rows = [make_conversation(acme.customer, f"Broken thing {number}") for number in range(3)]
    archive(actor=actor_for(acme.admin), conversation=rows[0])
    client = client_of(acme.agent)

    assert found(client, "broken") == {str(row.pk) for row in rows}
    for query, expected in (("archived=false", rows[1:]), ("archived=true", rows[:1])):
        answer = client.get(f"conversations/?q=broken&{query}").json()
        assert {row["id"] for row in answer["results"]} == {str(row.pk) for row in expected}
    page = client.get("conversations/?q=broken&limit=2&ordering=number").json()
    rest = client.get(page["next"].removeprefix("http://testserver")).json()
    assert [row["id"] for row in [*page["results"], *rest["results"]]] == [
        str(row.pk) for row in rows
    ]


def test_what_is_edited_or_deleted_changes_what_is_found(
    acme: World, invoice: Conversation
) -> None:
    actor, admin = actor_for(acme.agent), actor_for(acme.admin)
    answer = say(acme.agent, invoice, "Our misteak")

    edit_message(actor=actor, message=answer, body="Our mistake")
    update_conversation(actor=actor, conversation=invoice, changes={"subject": "Receipt"})

    assert is_found(acme.agent, "mistake receipt", invoice)
    assert is_found(acme.agent, f"#{invoice.number}", invoice)
    assert found(acme.agent, "misteak") == found(acme.agent, "cafe") == set()
    delete_message(actor=actor, message=answer)
    assert found(acme.agent, "mistake") == set()
    delete_conversation(actor=admin, conversation=invoice)
    assert found(acme.agent, "receipt") == set()


def test_a_customer_is_found_by_the_new_name_and_address(
    acme: World, invoice: Conversation
) -> None:
    path = f"customers/{acme.customer.pk}/"
    other = make_conversation(acme.customer, "Another")

    client_of(acme.admin).patch(path, {"name": "Björk", "email": "singer@iceland.example"})
    finish_jobs()

    assert is_found(acme.agent, "bjork invoice", invoice)
    assert is_found(acme.agent, "singer another", other)
    assert is_found(acme.customer, "bjork another", other)
    assert found(acme.agent, "invoice customer") == set()
    assert found(acme.agent, "another acme") == set()


def test_asking_costs_no_query_more(acme: World, invoice: Conversation) -> None:
    client = client_of(acme.agent)
    client.get("conversations/")

    with CaptureQueriesContext(
        connection,
    ) as plain:
        client.get("conversations/")
    with CaptureQueriesContext(connection) as searching:
        assert is_found(client, "invoice total wr", invoice)

    assert len(searching) == len(plain)


def test_a_message_costs_one_query_more_for_being_found(acme: World, invoice: Conversation) -> None:
    with CaptureQueriesContext(connection) as queries:
        say(acme.agent, invoice, "Hello")

    touching = [each["sql"] for each in queries if "searchentry" in each["sql"]]
    assert [sql.split()[0] for sql in touching] == ["INSERT"]
