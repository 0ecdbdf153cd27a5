"""POST conversations/{id}/snooze/, and what brings it back."""

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from conftest import World, client_of
from conversations.models import Conversation
from conversations.services import wake_conversation
from conversations.tests.factories import make_conversation, reloaded
from tokdesk.common.testing import recorded_events
from tokdesk.tests.answers import faults, outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [
    pytest.mark.contract,
    pytest.mark.django_db,
    pytest.mark.usefixtures("noon"),
]


@pytest.fixture
def noon() -> Any:
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        yield clock


def snooze(client: Any, conversation: Conversation, **body: Any) -> Any:
    return client.post(f"conversations/{conversation.pk}/snooze/", body)


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ({"until": "2026-03-02T09:00:00Z"}, "2026-03-02T09:00:00Z"),
        ({"until": "2026-03-02T09:00:00+02:00"}, "2026-03-02T07:00:00Z"),
        ({"until_reply": True}, "9999-12-31T00:00:00Z"),
        ({"until": None, "until_reply": True}, "9999-12-31T00:00:00Z"),
        ({"until": "2026-03-02T09:00:00Z", "until_reply": True}, "2026-03-02T09:00:00Z"),
    ],
)
def test_it_is_put_aside(acme: World, body: Any, shown: str) -> None:
    conversation, client = make_conversation(acme.customer, "Hello"), client_of(acme.agent)

    with recorded_events() as events:
        answer = snooze(client, conversation, **body)

    assert (answer.status_code, answer.json()["snoozed_until"]) == (200, shown)
    assert (answer.json()["status"], answer.json()["version"]) == ("open", 2)
    assert events == ["conversation.snoozed"]
    told = client.get(f"conversations/{conversation.pk}/events/?after=2").json()["events"]
    assert [each["data"] for each in told] == [{"snoozed_until": shown}]
    listed = client.get("conversations/?snoozed=true").json()["results"]
    assert [row["snoozed_until"] for row in listed] == [shown]
    assert client.get("conversations/?snoozed=false").json()["results"] == []


def test_it_is_taken_back(acme: World) -> None:
    conversation, client = make_conversation(acme.customer, "Hello"), client_of(acme.agent)
    snooze(client, conversation, until_reply=True)

    back = snooze(client, conversation, until=None)
    with nothing_changes():
        again = snooze(client, conversation, until=None)

    assert (back.json()["snoozed_until"], back.json()["version"]) == (None, 3)
    assert again.status_code == 200


@pytest.mark.parametrize(
    "until",
    [
        *("2026-03-01T12:00:00Z", "2020-01-01T00:00:00Z", "2027-03-03T00:00:00Z"),
        *("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-12:00", "tomorrow", 7),
    ],
)
def test_a_time_that_has_passed_is_too_far_or_is_none_is_refused(acme: World, until: Any) -> None:
    conversation, client = make_conversation(acme.customer, "Hello"), client_of(acme.agent)

    with nothing_changes():
        answer = snooze(client, conversation, until=until)

    assert (answer.status_code, list(faults(answer))) == (400, ["until"])


def test_one_says_until_when(acme: World) -> None:
    conversation, client = make_conversation(acme.customer, "Hello"), client_of(acme.agent)

    assert faults(snooze(client, conversation)) == {"until": ["required"]}
    assert faults(snooze(client, conversation, until_reply=False)) == {"until": ["required"]}


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("pending", (200, "")),
        ("on_hold", (200, "")),
        ("resolved", (409, "illegal_move")),
        ("closed", (403, "closed")),
    ],
)
def test_only_what_is_in_work_is_put_aside(acme: World, status: str, expected: Any) -> None:
    conversation, client = make_conversation(acme.customer, "Hello"), client_of(acme.agent)
    Conversation.unscoped.update(status=status)

    assert outcome(snooze(client, conversation, until_reply=True)) == expected


def test_a_customer_puts_nothing_aside(acme: World) -> None:
    conversation, client = make_conversation(acme.customer, "Hello"), client_of(acme.customer)

    assert outcome(snooze(client, conversation, until_reply=True)) == (403, "permission_denied")


def test_its_time_wakes_it_once(acme: World, noon: Any) -> None:
    conversation, client = make_conversation(acme.customer, "Hello"), client_of(acme.agent)
    snooze(client, conversation, until="2026-03-01T13:00:00Z")
    ids = {"company_id": acme.company.pk, "conversation_id": conversation.pk}
    with nothing_changes():
        wake_conversation(**ids)

    noon.move_to(datetime(2026, 3, 1, 13, tzinfo=UTC))
    with recorded_events() as events:
        wake_conversation(**ids)
        wake_conversation(**ids)

    assert events == ["conversation.snoozed"]
    assert (reloaded(conversation).snoozed_until, reloaded(conversation).version) == (None, 3)
