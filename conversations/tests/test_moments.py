"""Moments in queries and in bodies: with a zone, or refused alike."""

from typing import Any
from urllib.parse import quote

import pytest
import time_machine

from conftest import World, client_of
from conversations.tests.factories import make_conversation
from tokdesk.tests.answers import faults
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

NOON = "2026-03-01T12:00:00Z"
# Without a zone, or without a place in UTC.
NO_MOMENTS = [
    *("2026-03-02", "2026-03-02T09:00:00", "2026-03-02 09:00", "tomorrow", ""),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"),
]
EARLY = ["2026-01-01T00:00:00+16:00", "2026-01-01T00:00:00+23:59", "0001-01-01T00:00:00Z"]


@pytest.mark.parametrize("text", NO_MOMENTS)
def test_what_is_no_moment_is_refused_wherever_it_stands(acme: World, text: str) -> None:
    with time_machine.travel(NOON, tick=False):
        talk, client = make_conversation(acme.customer, "Hello"), client_of(acme.agent)
    bulk = {"action": "read", "filter": {"updated_after": text}}

    with nothing_changes(), time_machine.travel(NOON, tick=False):
        listed = client.get(f"conversations/?updated_after={quote(text)}")
        chosen = client.post("conversations/bulk/", bulk)
        aside = client.post(f"conversations/{talk.pk}/snooze/", {"until": text})

    # The shape of a bulk filter says itself that no value is empty.
    in_filter = {"updated_after": ["invalid"]} if text else {"filter.updated_after": ["blank"]}
    assert [(each.status_code, faults(each)) for each in (listed, chosen, aside)] == [
        (400, {"updated_after": ["invalid"]}),
        (400, in_filter),
        (400, {"until": ["invalid"]}),
    ]


@pytest.mark.parametrize("until", [7, True, [], {}])
def test_a_moment_in_a_body_is_a_text(acme: World, until: Any) -> None:
    talk, client = make_conversation(acme.customer, "Hello"), client_of(acme.agent)

    with nothing_changes():
        answer = client.post(f"conversations/{talk.pk}/snooze/", {"until": until})

    assert (answer.status_code, faults(answer)) == (400, {"until": ["invalid"]})


@pytest.mark.parametrize("text", EARLY)
def test_a_moment_of_any_zone_is_asked_for(acme: World, text: str) -> None:
    talk, client = make_conversation(acme.customer, "Hello"), client_of(acme.agent)

    listed = client.get(f"conversations/?updated_after={quote(text)}").json()["results"]
    bulk = {"action": "read", "filter": {"updated_after": text}}
    chosen = client.post("conversations/bulk/", bulk)

    assert [row["id"] for row in listed] == [str(talk.pk)]
    assert (chosen.status_code, chosen.json()["job"]["total"]) == (202, 1)


def test_one_is_put_aside_until_a_moment_of_any_zone(acme: World) -> None:
    with time_machine.travel(NOON, tick=False):
        talk, client = make_conversation(acme.customer, "Hello"), client_of(acme.agent)

        answer = client.post(
            f"conversations/{talk.pk}/snooze/", {"until": "2026-03-02T09:00:00-16:00"}
        )

    assert answer.json()["snoozed_until"] == "2026-03-03T01:00:00Z"
