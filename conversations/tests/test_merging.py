"""POST conversations/{id}/merge/: two about one thing become one."""

from typing import Any

import pytest
import time_machine

from accounts.tests.factories import make_member
from conftest import World, client_of
from conversations.choices import NEVER
from conversations.models import Conversation, Participant
from conversations.tests.factories import make_conversation, reloaded, say
from tokdesk.common.ids import new_id
from tokdesk.common.models import Event
from tokdesk.common.roles import Role
from tokdesk.common.testing import without_request_id
from tokdesk.tests.answers import faults, outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


def merge(client: Any, source: Conversation, into: Any) -> Any:
    return client.post(f"conversations/{source.pk}/merge/", {"into": str(into)})


def pair(world: World) -> tuple[Conversation, Conversation]:
    """One of the customer's and one of Carla's."""
    carla = make_member(world.company, Role.USER, "carla@acme.example")
    return make_conversation(world.customer, "Hello"), make_conversation(carla, "Hello, too")


def kinds(conversation: Conversation) -> dict[str, str]:
    rows = Participant.unscoped.filter(conversation=conversation).select_related("member")
    return {row.member.name: row.kind for row in rows}


def types(conversation: Conversation, audience: str = "") -> list[str]:
    rows = Event.objects.of_stream(f"conversation:{conversation.pk}").order_by("seq")
    rows = rows.filter(audience=audience) if audience else rows
    return list(rows.values_list("type", flat=True))


def test_the_source_is_closed_and_leads_on(acme: World) -> None:
    source, target = pair(acme)

    answer = merge(client_of(acme.agent), source, target.pk)

    row = answer.json()
    assert (answer.status_code, row["id"], row["status"]) == (200, str(source.pk), "closed")
    assert row["merged_into"] == str(target.pk)
    assert (row["version"], row["closed_at"] is not None, row["waiting_since"]) == (2, True, None)
    assert types(source)[-2:] == ["conversation.merged", "conversation.status"]
    assert reloaded(target).status == "open"


def test_customers_of_the_source_are_copied_on_the_target(acme: World) -> None:
    source, target = pair(acme)

    merge(client_of(acme.agent), source, target.pk)

    assert kinds(target) == {"Carla": "customer", "Customer": "cc"}
    assert types(target) == [
        *("conversation.created", "message.created"),
        *("conversation.merged", "participant.added"),
    ]
    assert types(target, "staff") == ["conversation.merged"]
    client = client_of(acme.customer)
    assert client.get(f"conversations/{target.pk}/").status_code == 200
    assert client.get(f"conversations/{source.pk}/").json()["merged_into"] == str(target.pk)


def test_who_was_let_go_before_comes_in_again(acme: World) -> None:
    source, target = pair(acme)
    client, path = client_of(acme.agent), f"conversations/{target.pk}/participants/"
    client.post(path, {"member": str(acme.customer.pk)})
    client.delete(f"{path}{acme.customer.pk}/")

    assert merge(client, source, target.pk).status_code == 200
    assert kinds(target) == {"Carla": "customer", "Customer": "cc"}


def test_two_of_one_customer_bring_nobody(acme: World) -> None:
    source, target = (make_conversation(acme.customer, "Hello") for _ in range(2))

    merge(client_of(acme.agent), source, target.pk)

    assert kinds(target) == {"Customer": "customer"}


def test_who_has_waited_longer_waits_in_the_target(acme: World) -> None:
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        source = make_conversation(acme.customer, "Hello")
        clock.shift(60)
        answered, waiting = (make_conversation(acme.customer, "Hello") for _ in range(2))
        say(acme.agent, answered, "Yes?")
        since = reloaded(source).waiting_since
        client = client_of(acme.agent)

        merge(client, source, waiting.pk)
        assert reloaded(waiting).waiting_since == since
        merge(client, waiting, answered.pk)

    assert reloaded(answered).waiting_since == since
    assert reloaded(waiting).waiting_since == NEVER


@pytest.mark.parametrize("status", ["pending", "on_hold", "resolved"])
def test_a_customer_who_waits_opens_the_target(acme: World, status: str) -> None:
    source, target = pair(acme)
    say(acme.agent, target, "Yes?")
    client = client_of(acme.agent)
    client.post(f"conversations/{target.pk}/status/", {"status": status})
    since = reloaded(source).waiting_since

    merge(client, source, target.pk)

    row = reloaded(target)
    assert (row.status, row.resolved_at, row.waiting_since) == ("open", None, since)


def test_a_customer_who_waits_wakes_the_target(acme: World) -> None:
    source, target = pair(acme)
    client = client_of(acme.agent)
    client.post(f"conversations/{target.pk}/snooze/", {"until_reply": True})

    merge(client, source, target.pk)

    assert reloaded(target).snoozed_until is None


def test_who_was_answered_leaves_the_target_as_it_is(acme: World) -> None:
    source, target = pair(acme)
    client = client_of(acme.agent)
    for each in (source, target):
        say(acme.agent, each, "Yes?")
        client.post(f"conversations/{each.pk}/status/", {"status": "pending"})

    merge(client, source, target.pk)

    assert (reloaded(target).status, reloaded(target).waiting_since) == ("pending", NEVER)


def test_nothing_merges_into_itself(acme: World) -> None:
    source, client = make_conversation(acme.customer, "Hello"), client_of(acme.agent)

    with nothing_changes():
        answer = merge(client, source, source.pk)

    assert (answer.status_code, faults(answer)) == (400, {"into": ["invalid"]})


def test_what_is_merged_is_merged_nowhere_else(acme: World) -> None:
    source, target = pair(acme)
    client = client_of(acme.agent)
    merge(client, source, target.pk)

    with nothing_changes():
        answers = [merge(client, source, target.pk), merge(client, target, source.pk)]

    assert [outcome(each) for each in answers] == [(403, "closed")] * 2


def test_a_target_that_is_not_seen_is_told_like_an_unknown_one(acme: World, globex: World) -> None:
    source, client = make_conversation(acme.customer, "Hello"), client_of(acme.agent)
    billing = make_conversation(acme.customer, "Hello", department=acme.billing)
    theirs = make_conversation(globex.customer, "Hello")

    with nothing_changes():
        answers = [merge(client, source, each) for each in (billing.pk, theirs.pk, new_id())]

    assert faults(answers[0]) == {"into": ["does_not_exist"]}
    assert len({without_request_id(each) for each in answers}) == 1


def test_a_customer_merges_nothing(acme: World) -> None:
    source, target = (make_conversation(acme.customer, "Hello") for _ in range(2))

    assert outcome(merge(client_of(acme.customer), source, target.pk)) == (403, "permission_denied")
