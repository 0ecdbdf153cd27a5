"""Names that strangers typed, made safe for a sentence, a subject and a mail reader."""

import re
import unicodedata

from django.utils import translation

from tokdesk.common.api.fields import TURNING

JOINER = "\u2060"
ISOLATE, END = "\u2068", "\u2069"
# What mail readers turn into links by themselves: a scheme, and a dot inside a word.
SCHEME, INNER_DOT = re.compile(r":(?=//)"), re.compile(r"(?<=\S)[.\u3002\uff0e\uff61](?=\S)")


def spoken(name: str) -> str:
    """On one line, turning no other text around, and no link.

    A company is easily named "Win at evil.example", and then our own mail would carry the link. An
    invisible joiner behind the dot keeps readers from making one.
    """
    line = " ".join("".join(" " if _is_control(each) else each for each in name).split())
    harmless = INNER_DOT.sub(lambda dot: dot.group() + JOINER, SCHEME.sub(":" + JOINER, line))
    return f"{ISOLATE}{harmless}{END}" if _runs_against_the_text(harmless) else harmless


def _is_control(letter: str) -> bool:
    return letter in TURNING or unicodedata.category(letter) == "Cc"


def _runs_against_the_text(name: str) -> bool:
    """Right-to-left letters in a left-to-right language; Arabic sentences isolate every name."""
    if translation.get_language_bidi():
        return False
    return any(unicodedata.bidirectional(each) in {"R", "AL"} for each in name)
