"""GET and PUT me/preferences/: how the faces behave for one person."""

from typing import Any

import pytest

from accounts.models import User
from conftest import World, client_of
from tokdesk.common.testing import ApiClient, recorded_events
from tokdesk.tests.answers import faults, outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

DEFAULTS = {
    "density": "comfortable",
    "send_key": "enter",
    "sounds": "mine",
    "single_key_shortcuts": True,
    "reduced_motion": False,
    "undo_seconds": 10,
    "auto_advance": True,
}


def test_who_never_chose_has_the_defaults(acme: World) -> None:
    answer = client_of(acme.agent).get("me/preferences/")

    assert (answer.status_code, answer.json()) == (200, DEFAULTS)


def test_a_choice_is_kept_and_announced(acme: World) -> None:
    client = client_of(acme.agent)
    chosen = {**DEFAULTS, "density": "compact", "undo_seconds": 0, "single_key_shortcuts": False}

    with recorded_events() as events:
        answer = client.put("me/preferences/", chosen)

    assert (answer.status_code, answer.json()) == (200, chosen)
    assert events == ["account.changed"]
    assert client.get("me/preferences/").json() == chosen


def test_what_is_not_given_goes_back_to_its_default(acme: World) -> None:
    client = client_of(acme.agent)
    client.put("me/preferences/", {"density": "compact", "sounds": "off"})

    answer = client.put("me/preferences/", {"sounds": "all"})

    assert answer.json() == {**DEFAULTS, "sounds": "all"}


def test_the_choice_is_the_persons_and_nobody_elses(acme: World) -> None:
    client_of(acme.agent).put("me/preferences/", {"density": "compact"})

    assert client_of(acme.agent2).get("me/preferences/").json() == DEFAULTS


def test_the_same_choice_again_changes_nothing(acme: World) -> None:
    client = client_of(acme.agent)
    client.put("me/preferences/", {"density": "compact"})

    with nothing_changes():
        answer = client.put("me/preferences/", {"density": "compact"})

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("density", "huge", "invalid_choice"),
        ("send_key", None, "null"),
        ("sounds", ["off"], "invalid_choice"),
        ("undo_seconds", 21, "max_value"),
        ("undo_seconds", -1, "min_value"),
        ("undo_seconds", "5", "invalid"),
        ("undo_seconds", 5.0, "invalid"),
        ("undo_seconds", True, "invalid"),
        ("reduced_motion", "true", "invalid"),
        ("reduced_motion", 1, "invalid"),
        ("auto_advance", None, "null"),
    ],
)
def test_a_wrong_value_is_named(acme: World, field: str, value: Any, code: str) -> None:
    client = client_of(acme.agent)

    with nothing_changes():
        answer = client.put("me/preferences/", {field: value})

    assert outcome(answer) == (400, "invalid")
    assert faults(answer) == {field: [code]}


def test_nothing_else_is_stored_under_a_person(acme: World) -> None:
    client = client_of(acme.agent)

    with nothing_changes():
        answer = client.put("me/preferences/", {"is_super_admin": True, "__proto__": {}})

    assert outcome(answer) == (400, "unknown_field")


def test_platform_staff_have_preferences_too(staff: User) -> None:
    assert client_of(staff).put("me/preferences/", {"sounds": "off"}).status_code == 200


def test_nobody_has_no_preferences(nobody: ApiClient, db: None) -> None:
    assert outcome(nobody.get("me/preferences/")) == (401, "not_authenticated")
