"""JSON bodies, read strictly: what is stored now is answered later and must be readable then."""

import json
import math
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from django.utils.http import parse_header_parameters
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.parsers import JSONParser

from tokdesk.common.errors import Invalid

DEEPEST = 100
LARGEST_INTEGER = 2**63 - 1


class StrictJSONParser(JSONParser):
    """One JSON object in UTF-8; an empty body counts as an empty object.

    Being a JSONParser it gets the body from memory, so the raw bytes can be read again for the
    idempotency key.

    Raises:
        Invalid: `malformed` for anything else, with doubled keys, NaN, NUL, lone surrogates, huge
            numbers and deep nesting among it.
    """

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        charset = parse_header_parameters(media_type or "")[1].get("charset", "utf-8")
        if charset.lower() not in ("utf-8", "utf8"):
            raise UnsupportedMediaType(media_type or "")
        raw = stream.read()
        value = read_json(raw) if raw.strip() else {}
        if not isinstance(value, dict):
            raise Invalid("malformed", _("The body must be one JSON object."))
        return value


def read_json(raw: bytes) -> Any:
    """Raises Invalid (`malformed`)."""
    try:
        value = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_constant=_refuse,
            parse_int=_integer,
            parse_float=_number,
        )
        _refuse_unstorable(value, DEEPEST)
    except (ValueError, RecursionError) as error:
        raise Invalid("malformed", _("The body is not valid JSON.")) from error
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _integer(text: str) -> int:
    value = int(text)
    if abs(value) > LARGEST_INTEGER:
        raise ValueError("the number is too large")
    return value


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("the number is too large")
    return value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _refuse_unstorable(value: Any, levels: int) -> None:
    """NUL ends a text in PostgreSQL; a lone surrogate is no UTF-8. Both are refused in keys too."""
    if isinstance(value, str):
        if "\x00" in value:
            raise ValueError("NUL")
        value.encode("utf-8")
        return
    if isinstance(value, dict | list) and levels == 0:
        raise ValueError("too deep")
    if isinstance(value, dict):
        for key in value:
            _refuse_unstorable(key, levels - 1)
        value = value.values()
    elif not isinstance(value, list):
        return
    for item in value:
        _refuse_unstorable(item, levels - 1)
