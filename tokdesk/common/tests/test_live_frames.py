"""Frames are read strictly: what is no frame is refused, whatever it is."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tokdesk.common.live.frames import (
    BadFrame,
    Shape,
    decode,
    encode,
    one_of,
    ref_of,
    seq,
    uuid,
    word,
)

ID = "01a20816-b38b-75b6-b447-bcff209e8541"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        '"op"',
        "{}",
        '{"op": 1}',
        '{"op": "sub"',
        '{"op": "sub", "op": "send"}',
        '{"op": "sub", "n": NaN}',
        '{"op": "sub", "n": 1e999}',
        '{"op": "sub", "n": 99999999999999999999}',
        '{"op": "sub", "a": "\\u0000"}',
        '{"op": "sub", "a": "\\ud800"}',
        '{"op": "sub", "ref": true}',
        '{"op": "sub", "ref": {}}',
        '{"op": "sub", "ref": "' + "x" * 129 + '"}',
        '{"op": "sub", "a": ' + "[" * 9 + "]" * 9 + "}",
        "[" * 100_000,
        '{"op": "sub"}' + "\ud800",
    ],
)
def test_what_is_no_frame_is_refused(text: str) -> None:
    with pytest.raises(BadFrame):
        decode(text)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_a_frame_or_refused(text: str) -> None:
    try:
        frame = decode(text)
    except BadFrame:
        return
    assert isinstance(frame["op"], str)


def test_a_frame_may_nest_as_deep_as_any_of_the_protocol() -> None:
    text = '{"op": "sub", "a": ' + "[" * 7 + "]" * 7 + ', "ref": 7}'

    assert decode(text)["ref"] == 7


def test_a_shape_takes_what_it_names_and_no_more() -> None:
    shape = Shape({"conv": uuid}, {"seq": seq})

    assert shape.read({"op": "sub", "ref": "a", "conv": ID}) == {"conv": UUID(ID)}
    assert shape.read({"op": "sub", "conv": ID, "seq": 3}) == {"conv": UUID(ID), "seq": 3}
    for frame in ({"seq": 3}, {"conv": ID, "more": 1}, {"conv": ID, "seq": None}):
        with pytest.raises(BadFrame):
            shape.read({"op": "sub", **frame})


@pytest.mark.parametrize(
    ("reader", "value"),
    [
        (uuid, 7),
        (uuid, "{" + ID + "}"),
        (uuid, "urn:uuid:" + ID),
        (uuid, "x" * 36),
        (uuid, ID[:-1]),
        (uuid, "0123456789abcdef0123456789abcde-"),
        (seq, True),
        (seq, -1),
        (seq, 1.0),
        (seq, "1"),
        (seq, 2**53 + 1),
        (word, 1),
        (word, "x" * 201),
        (one_of(1), True),
        (one_of(1), "1"),
        (one_of("a"), ["a"]),
    ],
)
def test_a_wrong_value_is_refused(reader: Any, value: Any) -> None:
    with pytest.raises(BadFrame):
        reader(value)


def test_a_uuid_may_come_without_dashes_and_in_capitals() -> None:
    assert uuid(ID.replace("-", "")) == uuid(ID.upper()) == UUID(ID)


def test_an_encoded_frame_is_compact_and_knows_its_bytes() -> None:
    frame = encode("ack", id=UUID(ID), text="سلام")

    assert frame.text == f'{{"op":"ack","id":"{ID}","text":"سلام"}}'
    assert frame.size == len(frame.text.encode())


def test_an_answer_repeats_the_reference_of_its_question() -> None:
    assert ref_of({"op": "sub", "ref": 0}) == {"ref": 0}
    assert ref_of({"op": "sub", "ref": None}) == ref_of({"op": "sub"}) == {}
