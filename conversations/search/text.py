"""Text as search knows it: the words of it, folded so that people's spellings meet.

A word is letters and digits alone, so that none means anything to an engine.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

# Of a longer word only its beginning counts; no engine takes words of any length.
LONGEST_WORD = 64
LONGEST_QUESTION, SHORTEST_QUESTION, MOST_WORDS = 200, 2, 10
# The forms that unicode keeps apart and people do not. Those with a hamza or a madda on top fall
# apart into letter and mark before they come here.
LETTERS = str.maketrans(
    {
        "\u0671": "\u0627",  # alef wasla
        "\u0649": "\u064a",  # alef maksura is yeh
        "\u06cc": "\u064a",  # Persian yeh
        "\u06a9": "\u0643",  # Persian kaf
        "\u0629": "\u0647",  # teh marbuta is heh
        "\u0640": None,  # tatweel
    }
)
JOINERS_THAT_PART = "\u200b\u200c"
NUMBER = re.compile(r"#\d+")
ASCII_GAPS = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Term:
    """One word of a question; a prefix finds all words that begin with it."""

    word: str
    is_prefix: bool = False


def words_of(text: str) -> Iterator[str]:
    """The words of a text in their order, folded: case, accents, marks, digits, Arabic letters."""
    for word in _folded(text).split():
        yield word[:LONGEST_WORD]


def index_text(*texts: str) -> str:
    """What an entry of the index holds: each word once, between single spaces."""
    return " ".join(dict.fromkeys(word for text in texts for word in words_of(text)))


def question_terms(question: str) -> list[Term]:
    """The words to find; the last one may go on, unless it is a number such as #1042.

    Empty for a question that is too long, or too short to tell conversations apart.
    """
    words = list(words_of(question)) if len(question) <= LONGEST_QUESTION else []
    is_number = bool(words) and NUMBER.fullmatch(question.split()[-1]) is not None
    is_short = sum(map(len, words)) < SHORTEST_QUESTION and not is_number
    if is_short or len(words) > MOST_WORDS:
        return []
    return list(dict.fromkeys([*map(Term, words[:-1]), Term(words[-1], not is_number)]))


def joined_digits(text: str) -> str:
    """A phone number as people type it who leave out what stands between its digits."""
    return "".join(character for character in _folded(text) if character.isdigit())


def _folded(text: str) -> str:
    """Words and gaps; letters, digits and spacing marks are words, everything else is a gap."""
    if text.isascii():
        return ASCII_GAPS.sub(" ", text.lower())
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(_kept(unicodedata.normalize("NFKD", plain).translate(LETTERS)))


def _kept(characters: Iterable[str]) -> Iterator[str]:
    for character in characters:
        category = unicodedata.category(character)
        if category == "Nd":
            yield str(unicodedata.decimal(character))
        elif category[0] in "LN" or category == "Mc":
            yield character
        elif category not in ("Mn", "Me", "Cf") or character in JOINERS_THAT_PART:
            yield " "
