"""What a JSON body may be."""

from io import BytesIO

import pytest
from rest_framework.exceptions import UnsupportedMediaType

from tokdesk.common.api.parsers import StrictJSONParser
from tokdesk.common.errors import Invalid


def parse(body: bytes, media_type: str = "application/json") -> object:
    return StrictJSONParser().parse(BytesIO(body), media_type)


def nested(levels: int) -> bytes:
    """An object with lists inside: `levels` in all."""
    return b'{"a":' + b"[" * (levels - 1) + b"]" * (levels - 1) + b"}"


def test_an_object_is_read() -> None:
    body = '{"name": "Zoë", "n": [1, 2.5, null, true], "o": {"k": "v"}}'.encode()

    assert parse(body) == {"name": "Zoë", "n": [1, 2.5, None, True], "o": {"k": "v"}}


@pytest.mark.parametrize("body", [b"", b"  \n", b"{}"])
def test_an_empty_body_is_an_empty_object(body: bytes) -> None:
    assert parse(body) == {}


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"nonsense",
        b'{"a": 1,}',
        b"\xff\xfe{}",
        b"\xef\xbb\xbf{}",
        b'{"a": "\xc3"}',
        b'{"a": "\xed\xa0\x80"}',
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": -Infinity}',
        b'{"a": 1e999}',
        b'{"a": 1, "a": 2}',
        b'{"o": {"a": 1, "\\u0061": 2}}',
        b'{"a": "x\\u0000y"}',
        b'{"a\\u0000": 1}',
        b'{"a": ["\\ud800"]}',
        b'{"\\udfff": 1}',
        b'{"a": 9223372036854775808}',
        b'{"a": ' + b"9" * 5000 + b"}",
        nested(101),
        nested(5000),
        b"[" * 100_000,
        b'{"a":' * 5000,
    ],
)
def test_what_is_no_clean_json_is_malformed(body: bytes) -> None:
    with pytest.raises(Invalid) as error:
        parse(body)

    assert error.value.code == "malformed"


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"5", b"null", b"true"])
def test_a_body_must_be_an_object(body: bytes) -> None:
    with pytest.raises(Invalid) as error:
        parse(body)

    assert error.value.code == "malformed"


def test_a_hundred_levels_are_read() -> None:
    assert "a" in parse(nested(100))


def test_a_surrogate_pair_is_one_character() -> None:
    assert parse(b'{"a": "\\ud83d\\ude00"}') == {"a": "😀"}


def test_the_largest_integer_is_read() -> None:
    assert parse(b'{"a": -9223372036854775807}') == {"a": -9223372036854775807}


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", "utf8"])
def test_utf_8_may_be_said(charset: str) -> None:
    assert parse(b"{}", f"application/json; charset={charset}") == {}


def test_another_charset_is_another_media_type() -> None:
    with pytest.raises(UnsupportedMediaType):
        parse(b"{}", "application/json; charset=latin-1")
