"""An address is refused before anything costly is done with it."""

import pytest
from rest_framework.exceptions import ValidationError

from tokdesk.common.api.fields import AddressField


def codes_of(text: str) -> list[str]:
    with pytest.raises(ValidationError) as refused:
        AddressField().run_validation(text)
    return [each.code for each in refused.value.detail]


@pytest.mark.parametrize("letter", ["ü", "İ.", "a"])
def test_a_long_address_is_refused_by_its_length(letter: str) -> None:
    assert codes_of("a@" + letter * 300) == ["max_length"]


@pytest.mark.parametrize("text", ["foo＠bücher.example", "foo﹫bücher.example", "bücher.example"])
def test_what_only_looks_like_the_sign_is_none(text: str) -> None:
    assert codes_of(text) == ["invalid"]


def test_a_domain_of_another_script_is_kept_in_ascii() -> None:
    assert AddressField().run_validation("Foo@BÜCHER.example") == "foo@xn--bcher-kva.example"


@pytest.mark.parametrize(
    "text",
    ["a@localhost", "a@LOCALHOST", "a@[127.0.0.1]", "a@[IPv6:::1]", f"{'a' * 65}@x.example"],
)
def test_an_address_that_no_mail_reaches_is_none(text: str) -> None:
    assert codes_of(text) == ["invalid"]


def test_the_longest_name_before_the_sign_is_taken() -> None:
    text = f"{'a' * 64}@x.example"

    assert AddressField().run_validation(text) == text
