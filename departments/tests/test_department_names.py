"""Names that people would call the same, or would not see, are no two names."""

from typing import Any

import pytest

from conftest import World, client_of
from departments.models import Department
from departments.querysets import LONGEST_KEY, LONGEST_NAME, folded
from tokdesk.tests.answers import faults, outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


UNSEEN = ["\u3164", "\u115f", "\u1160\uffa0", "\u2800", "\u2800 \u3164", "\u200b\u200d", "\ufe0f"]


def name(world: World, text: str) -> Any:
    return client_of(world.admin).post("departments/", {"name": text})


@pytest.mark.parametrize("text", UNSEEN)
def test_a_name_that_nobody_sees_is_none(acme: World, text: str) -> None:
    client = client_of(acme.admin)

    with nothing_changes():
        answer = client.post("departments/", {"name": text})

    assert faults(answer) == {"name": ["blank"]}


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("After   Sales", "After Sales"),
        ("After\u00a0\u2003Sales", "After Sales"),
        ("Sa\u200bles\ufeff", "Sales"),
        ("\u2060Sa\u00adles\u200d", "Sales"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d💻 Desk", "👩\u200d💻 Desk"),
    ],
)
def test_a_name_is_kept_tidy(acme: World, typed: str, stored: str) -> None:
    answer = name(acme, typed)

    assert (answer.status_code, answer.json()["name"]) == (201, stored)


@pytest.mark.parametrize(
    "again",
    [
        *("After  Sales", "AFTER SALES", "Ａfter Sales", "After\u00a0Sales", "Af\u200cter Sales"),
        *("After Sales\u3164", "After\u2800 Sales", "After\u200e Sales", "After\u200bSales "),
    ],
)
def test_what_looks_alike_is_taken(acme: World, again: str) -> None:
    name(acme, "After Sales" if again != "After\u200bSales " else "AfterSales")

    assert outcome(name(acme, again)) == (409, "name_taken")


def test_a_name_is_taken_when_it_is_changed_too(acme: World) -> None:
    answer = client_of(acme.admin).send(
        "PATCH", f"departments/{acme.billing.id}/", {"name": " sup\u200bport\u3164"}
    )

    assert outcome(answer) == (409, "name_taken")


def test_the_key_of_letters_that_stand_for_many_still_fits(acme: World) -> None:
    """One of them is a whole sentence when it is spelled out."""
    answer = name(acme, "\ufdfa" * LONGEST_NAME)

    assert answer.status_code == 201
    key = Department.unscoped.get(pk=answer.json()["id"]).name_key
    assert len(key) == LONGEST_KEY
    assert folded(key) == key
