"""What no log line may carry: secrets, addresses, and line ends that would forge another line."""

import logging
import re
import traceback
from collections.abc import Mapping
from typing import Any

from tokdesk.common.http import current_request_id

HIDDEN = "[hidden]"

_PLAIN = frozenset(vars(logging.LogRecord("", 0, "", 0, "", (), None))) | {"message", "asctime"}
_CREDENTIAL = re.compile(r"\b(Bearer|Api-Key|Basic)\s+[^\s\"',;]+", re.IGNORECASE)
_JWT = re.compile(r"\beyJ[\w-]+(?:\.[\w-]*)+")
_URL_PASSWORD = re.compile(r"(://[^\s/@:]*:)[^\s/@]+@")
_WORDS = "password|passwd|secret|token|refresh|api[-_]?key|cookie|sessionid"
# Bounded, so that a long line of such words costs no more than its length.
_NAMES = rf"[\w-]{{0,40}}(?:{_WORDS})[\w-]{{0,40}}"
_SECRET_NAME = re.compile(_NAMES, re.IGNORECASE)
_PAIR = re.compile(
    rf"""(["']?{_NAMES}["']?\s*[=:]\s*)("(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|[^\s,;&}})\]]+)""",
    re.IGNORECASE,
)
# What stands between the delimiters of addresses, paths and query strings.
_PIECE = re.compile(r"""([/?&=]?)((?!')[^\s"<>()\[\]{},;:/?&=]+(?<!'))""")
# Everything that moves the cursor, ends a line or starts a terminal sequence; tabs may stay.
_CONTROLS = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")


class RequestIdFilter(logging.Filter):
    """Gives every record the id of the request it belongs to ("-" outside of requests)."""

    def filter(self, record: logging.LogRecord) -> bool:
        # Django logs a refused request after the middleware, when only the record still knows it.
        request = getattr(record, "request", None)
        record.request_id = current_request_id() or getattr(request, "request_id", "-")
        return True


class SecretsFilter(logging.Filter):
    """Rewrites message, extra facts and traceback of a record before any formatter sees them."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = clean(_message_of(record)), None
        for name in vars(record).keys() - _PLAIN:
            setattr(record, name, _clean_extra(getattr(record, name)))
        if record.exc_info and record.exc_info[0]:
            record.exc_text = clean_lines("".join(traceback.format_exception(*record.exc_info)))
            record.exc_info = None
        return True


def clean(text: str) -> str:
    """One line without secrets."""
    return _CONTROLS.sub(_escaped, hide_secrets(text))


def clean_lines(text: str) -> str:
    """A traceback: its lines stay, set in so that none of them can pass for a record."""
    lines = hide_secrets(text).rstrip().split("\n")
    return "\n".join("    " + _CONTROLS.sub(_escaped, line) for line in lines)


def hide_secrets(text: str) -> str:
    text = _CREDENTIAL.sub(rf"\1 {HIDDEN}", text)
    text = _JWT.sub(HIDDEN, text)
    text = _URL_PASSWORD.sub(rf"\1{HIDDEN}@", text)
    text = _PAIR.sub(rf"\1{HIDDEN}", text)
    return _PIECE.sub(_without_address, text)


def _without_address(found: re.Match[str]) -> str:
    """Half an address counts too where somebody asked for it, in a path or a query string."""
    delimiter, piece = found.groups()
    name, at, domain = piece.partition("@")
    is_address = at if delimiter else name and "." in domain
    return delimiter + HIDDEN if is_address or "%40" in piece else found.group()


def _message_of(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError):
        return str(record.msg)


def _clean_extra(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {name: _clean_pair(str(name), one) for name, one in value.items()}
    if isinstance(value, list | tuple | set):
        return [_clean_extra(one) for one in value]
    return clean(str(value))


def _clean_pair(name: str, value: Any) -> Any:
    return HIDDEN if _SECRET_NAME.fullmatch(name) else _clean_extra(value)


def _escaped(found: re.Match[str]) -> str:
    return found.group().encode("unicode_escape").decode("ascii")
