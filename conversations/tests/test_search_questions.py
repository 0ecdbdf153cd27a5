"""What may be asked of a search, and that no question hurts."""

import time
from urllib.parse import quote

import pytest

from conftest import World, client_of
from conversations.search.text import LONGEST_WORD, Term, index_text, question_terms, words_of
from conversations.tests.factories import make_conversation
from tokdesk.tests.answers import faults

pytestmark = [pytest.mark.django_db, pytest.mark.contract]


@pytest.mark.parametrize(
    "question",
    [
        "",
        "a",
        " a ",
        "a!",
        "م",
        "مــــ",
        "#",
        "!?",
        "'\"",
        "&|!()",
        ":*",
        "َُِّ",
        "\u200b\u200c\u200f",
        "x" * 201,
        "a b c d e f g h i j k",
        "a-b-c-d-e-f-g-h-i-j-k",
        "ﷺ" * 200,
    ],
)
def test_a_question_of_too_little_or_too_much_is_invalid(acme: World, question: str) -> None:
    answer = client_of(acme.agent).get(f"conversations/?q={quote(question)}")

    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid"
    assert faults(answer) == {"q": ["invalid"]}


@pytest.mark.parametrize(
    "question",
    [
        "#1",
        "ab",
        "a b c d e f g h i j",
        "x" * 200,
        "hello' OR 1=1 --",
        'hello" OR "1"="1',
        "hello:*",
        "hello & !world | (x)",
        "NEAR(hello world, 5)",
        "hello AND NOT world",
        "text:hello",
        "conversations_search : hello",
        "{text}: hello",
        "^hello + world",
        "hello \\ \\' world",
        "%hello_%",
        "(aa+)+$",
        "((((((((ab*)*)*)*)*)*)*)*)",
        "$$hello$$ ::tsquery",
        "@hello {}%s %(x)s",
        "hello\ufffdworld\ud7ff",
        "\U0001f600 hello",
        "hello\u0085world\u2028x",
        "ß" * 100,
        "ﷺ",
    ],
)
def test_no_question_hurts(acme: World, question: str) -> None:
    make_conversation(acme.customer, "Hello world, is this a text?")
    client = client_of(acme.agent)
    started = time.monotonic()

    answer = client.get(f"conversations/?q={quote(question)}")

    assert answer.status_code == 200
    assert time.monotonic() - started < 1


@pytest.mark.parametrize("question", ["%00%00", "hello%00", "%ed%a0%80%ed%b0%80", "%ff%fe%fd"])
def test_bytes_that_are_no_text_are_a_bad_request(acme: World, question: str) -> None:
    assert client_of(acme.agent).get(f"conversations/?q={question}").status_code == 400


def test_words_of_operators_are_words(acme: World) -> None:
    conversation = make_conversation(acme.customer, "Come near or not and stay")
    client = client_of(acme.agent)

    for question, count in (("NEAR or NOT and", 1), ("not here", 0), ("-near", 1)):
        answer = client.get(f"conversations/?q={quote(question)}").json()
        assert [row["id"] for row in answer["results"]] == [str(conversation.pk)] * count


def test_the_index_holds_each_word_once_and_no_longer_than_it_is_told() -> None:
    assert index_text("To be, or not to be: THAT", "is. to") == "to be or not that is"
    assert list(words_of("x" * 100)) == ["x" * LONGEST_WORD]
    assert index_text("", "  ...  ") == ""


def test_the_last_word_may_go_on_but_a_number_after_its_sign() -> None:
    assert question_terms("Two wor") == [Term("two"), Term("wor", is_prefix=True)]
    assert question_terms("see #12") == [Term("see"), Term("12")]
    assert question_terms("see #١٢") == [Term("see"), Term("12")]
    assert question_terms("see 12") == [Term("see"), Term("12", is_prefix=True)]


def test_a_message_of_the_longest_expansion_is_folded_in_no_time() -> None:
    started = time.monotonic()

    words = index_text("ﷺ" * 10_000).split()

    assert len(words) <= 19
    assert time.monotonic() - started < 1
