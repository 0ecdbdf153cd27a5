"""Names that people give to things: how they are written, and what makes two of them the same."""

import unicodedata

# Break lines, or nothing. Joiners stay: Persian words and many emoji are written with them.
NO_WIDTH = dict.fromkeys(map(ord, "\u00ad\u180e\u200b\u2060\ufeff"))
JOINERS = "\u200c\u200d"
# Drawn as an empty place: the fillers of Hangul, and the Braille cell without dots.
FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def tidy(name: str) -> str:
    """One space between words, and nothing without width but between letters."""
    words = name.translate(NO_WIDTH).split()
    return " ".join(words).strip(JOINERS)


def folded(name: str, longest: int) -> str:
    """What two names share when people would call them the same, or see no difference.

    `longest` is what the column of the keys holds: three times as much as that of the names, since
    folding turns one letter into up to three. The rare sign that stands for more is cut short.
    """
    drawn = "".join(each for each in name if _is_drawn(each))
    plain = unicodedata.normalize("NFKC", drawn).casefold()
    key = " ".join(unicodedata.normalize("NFKC", plain).split())
    return key[:longest].rstrip()


def _is_drawn(character: str) -> bool:
    return unicodedata.category(character) != "Cf" and character not in FILLERS
