"""Names of files as others gave them, made harmless: they are shown and saved, never opened."""

import unicodedata
from pathlib import PurePosixPath

from conversations.models.attachment import LONGEST_NAME

NAMELESS = "file"
LONGEST_EXTENSION = 12
# Control, format (zero width and direction among them), surrogate, private, unassigned; separators.
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
# Letters that are drawn as nothing.
EMPTY = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")


def clean_name(given: str) -> str:
    """Without folders, invisible characters and dots at its ends, and no longer than we keep.

    In this order: what is left of a dot once something invisible before it went is still a dot.
    """
    last = given.replace("\\", "/").rstrip("/").rpartition("/")[2]
    seen = "".join(c for c in last if unicodedata.category(c) not in UNSEEN and c not in EMPTY)
    words = " ".join(unicodedata.normalize("NFC", seen).split())
    return _cut(words.strip(". ")) or NAMELESS


def extension_of(name: str) -> str:
    """The last one, in small letters and without its dot."""
    return PurePosixPath(name).suffix.removeprefix(".").lower()


def _cut(name: str) -> str:
    if len(name) <= LONGEST_NAME:
        return name
    suffix = PurePosixPath(name).suffix
    if len(suffix) > LONGEST_EXTENSION:
        suffix = ""
    return name[: LONGEST_NAME - len(suffix)].rstrip(". ") + suffix
