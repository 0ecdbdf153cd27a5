"""Frames on the wire: what comes in is read strictly, what goes out is encoded once for many."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tokdesk.common.api.parsers import read_json
from tokdesk.common.errors import Invalid, TokDeskError

LARGEST_FRAME = 64 * 1024
LARGEST_SEQ = 2**53
LONGEST_REF = 128
LONGEST_WORD = 200
DEEPEST = 8

Reader = Callable[[Any], Any]


class BadFrame(TokDeskError):
    """Something that is no frame of the protocol; the third of a socket closes it."""

    default_code = "bad_frame"
    default_detail = _("This is no frame of the protocol.")


class Frame(NamedTuple):
    """Ready to be sent to any number of sockets; `size` is in bytes."""

    text: str
    size: int


@dataclass(frozen=True)
class Shape:
    """The fields of one kind of frame, each with what reads it. `ref` may stand in all."""

    required: Mapping[str, Reader] = field(default_factory=dict)
    optional: Mapping[str, Reader] = field(default_factory=dict)

    def read(self, frame: Mapping[str, Any]) -> dict[str, Any]:
        """The values by name; what is left out is left out.

        Raises:
            BadFrame: a field is missing, unknown or wrong.
        """
        known = {**self.required, **self.optional}
        given = {name: value for name, value in frame.items() if name not in ("op", "ref")}
        if not self.required.keys() <= given.keys() or not given.keys() <= known.keys():
            raise BadFrame
        return {name: known[name](value) for name, value in given.items()}


def encode(op: str, **fields: Any) -> Frame:
    text = json.dumps({"op": op, **fields}, ensure_ascii=False, separators=(",", ":"), default=str)
    return Frame(text, len(text.encode()))


def decode(text: str) -> dict[str, Any]:
    """One object with an `op`.

    Raises:
        BadFrame: no JSON, no object, or too deep.
    """
    try:
        frame = read_json(text.encode())
    except (ValueError, Invalid) as error:
        raise BadFrame from error
    if not isinstance(frame, dict) or not isinstance(frame.get("op"), str) or _is_deep(frame):
        raise BadFrame
    reference = frame.get("ref")
    if reference is not None:
        _read_ref(reference)
    return frame


def ref_of(frame: Mapping[str, Any]) -> dict[str, Any]:
    """What an answer repeats, so that the client knows which question it answers."""
    return {"ref": frame["ref"]} if frame.get("ref") is not None else {}


def uuid(value: Any) -> UUID:
    """A UUID with or without dashes; braces and URNs are none here."""
    if isinstance(value, str) and len(value) in (32, 36):
        try:
            found = UUID(value)
        except ValueError as error:
            raise BadFrame from error
        if value.lower() in (str(found), found.hex):
            return found
    raise BadFrame


def seq(value: Any) -> int:
    """A position in a log; a boolean is no number."""
    if type(value) is int and 0 <= value <= LARGEST_SEQ:
        return value
    raise BadFrame


def word(value: Any) -> str:
    if isinstance(value, str) and len(value) <= LONGEST_WORD and "\0" not in value:
        return value
    raise BadFrame


def one_of(*values: Any) -> Reader:
    def read(value: Any) -> Any:
        if isinstance(value, bool) or value not in values:
            raise BadFrame
        return value

    return read


def anything(value: Any) -> Any:
    """For what a serializer reads later."""
    return value


def _read_ref(value: Any) -> None:
    is_number = type(value) is int and abs(value) <= LARGEST_SEQ
    if not is_number and not (isinstance(value, str) and len(value) <= LONGEST_REF):
        raise BadFrame


def _is_deep(value: Any, depth: int = 1) -> bool:
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, list):
        return False
    return depth > DEEPEST or any(_is_deep(each, depth + 1) for each in value)
