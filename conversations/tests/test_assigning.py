"""POST conversations/{id}/assign/ and claim/: who gives what to whom."""

from typing import Any

import pytest

from accounts.models import Membership
from companies.models import Company
from conftest import World, client_of
from conversations.models import Conversation, Participant
from conversations.tests.factories import make_conversation, reloaded
from tokdesk.common.ids import new_id
from tokdesk.common.testing import recorded_events, without_request_id
from tokdesk.tests.answers import faults, outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

DONE, DENIED = (200, ""), (403, "permission_denied")


def give(client: Any, conversation: Conversation, to: Membership | None, **fields: Any) -> Any:
    body = {"assignee": str(to.id) if to else None, **fields}
    return client.post(f"conversations/{conversation.pk}/assign/", body)


def claim(client: Any, conversation: Conversation) -> Any:
    return client.post(f"conversations/{conversation.pk}/claim/")


def held_by(world: World, name: str | None) -> Conversation:
    conversation = make_conversation(world.customer, "Hello")
    if name:
        give(client_of(world.admin), conversation, getattr(world, name))
    return conversation


# who gives it, who has it, who shall have it, whether agents may give -> what comes of it
TABLE = [
    ("agent", None, "agent", False, DONE),
    ("agent", "manager", "agent", False, DONE),
    ("agent", "agent", None, False, DONE),
    ("agent", None, None, False, DONE),
    ("agent", None, "manager", False, DENIED),
    ("agent", "manager", None, False, DENIED),
    ("agent", "manager", None, True, DONE),
    ("agent", None, "manager", True, DONE),
    ("agent", None, "agent2", True, DENIED),
    ("agent", None, "admin", True, DENIED),
    ("manager", None, "agent", False, DONE),
    ("manager", None, "manager", False, DONE),
    ("manager", "agent", None, False, DONE),
    ("manager", None, "agent2", False, DENIED),
    ("manager", None, "admin", False, DENIED),
    ("admin", None, "agent", False, DONE),
    ("admin", None, "agent2", False, DONE),
    ("admin", "agent2", None, False, DONE),
    ("admin", None, "admin", False, DONE),
    ("customer", None, "agent", False, DENIED),
]


@pytest.mark.parametrize(("who", "before", "to", "setting", "expected"), TABLE)
def test_the_table(
    acme: World, who: str, before: str | None, to: str | None, setting: bool, expected: Any
) -> None:
    Company.objects.filter(pk=acme.company.pk).update(settings={"agents_assign": setting})
    conversation = held_by(acme, before)
    client = client_of(getattr(acme, who))
    target = getattr(acme, to) if to else None

    answer = give(client, conversation, target)

    assert outcome(answer) == expected
    has = target if expected == DONE else (getattr(acme, before) if before else None)
    assert reloaded(conversation).assignee_id == (has.pk if has else None)


def test_an_assignment_is_told_and_counts_the_version(acme: World) -> None:
    conversation = held_by(acme, None)

    with recorded_events() as events:
        answer = give(client_of(acme.admin), conversation, acme.agent, version=1)

    assert answer.json()["assignee"]["name"] == "Agent"
    assert (answer.json()["version"], answer.headers["ETag"]) == (2, '"2"')
    assert events[-1] == "conversation.assigned"
    row = Participant.unscoped.get(conversation=conversation, member=acme.agent)
    assert (row.kind, row.is_following) == ("reader", True)


def test_the_same_assignee_again_changes_nothing(acme: World) -> None:
    conversation, client = held_by(acme, "agent"), client_of(acme.admin)

    with nothing_changes():
        answer = give(client, conversation, acme.agent)

    assert (answer.status_code, answer.json()["version"]) == (200, 2)


def test_who_has_no_place_in_the_department_is_invited(acme: World) -> None:
    conversation = held_by(acme, None)

    with recorded_events() as events:
        give(client_of(acme.admin), conversation, acme.agent2)

    assert sorted(events[-2:]) == ["conversation.assigned", "participant.added"]
    assert client_of(acme.agent2).get(f"conversations/{conversation.pk}/").status_code == 200
    row = Participant.unscoped.get(conversation=conversation, member=acme.agent2)
    assert row.kind == "agent"


def test_whoever_has_it_sees_it_also_in_another_department(acme: World) -> None:
    conversation, client = held_by(acme, "agent"), client_of(acme.manager)

    with recorded_events() as events:
        moved = client.patch(
            f"conversations/{conversation.pk}/", {"department": str(acme.billing.pk)}
        )

    assert moved.status_code == 200
    assert events == ["conversation.department"]
    assert client_of(acme.agent).get(f"conversations/{conversation.pk}/").status_code == 200


@pytest.mark.parametrize("who", ["agent", "manager", "admin"])
def test_what_nobody_has_is_claimed(acme: World, who: str) -> None:
    conversation, client = held_by(acme, None), client_of(getattr(acme, who))

    first = claim(client, conversation)
    with nothing_changes():
        again = claim(client, conversation)

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json()["assignee"]["id"] == str(getattr(acme, who).pk)


def test_what_somebody_has_is_not_claimed(acme: World) -> None:
    conversation, client = held_by(acme, "manager"), client_of(acme.agent)

    with nothing_changes():
        answer = claim(client, conversation)

    assert outcome(answer) == (409, "already_assigned")
    assert answer.json()["assignee"] == str(acme.manager.pk)


def test_a_customer_claims_nothing(acme: World) -> None:
    assert outcome(claim(client_of(acme.customer), held_by(acme, None))) == DENIED


@pytest.mark.parametrize("deed", ["closed", "archived"])
def test_what_is_closed_or_archived_is_nobodys_any_more(acme: World, deed: str) -> None:
    conversation = held_by(acme, None)
    change = {"status": "closed"} if deed == "closed" else {"is_archived": True}
    Conversation.unscoped.update(**change)
    client = client_of(acme.admin)

    with nothing_changes():
        answers = [give(client, conversation, acme.agent), claim(client, conversation)]

    assert [outcome(each) for each in answers] == [(403, deed)] * 2


def test_only_active_staff_can_have_it(acme: World) -> None:
    conversation, client = held_by(acme, None), client_of(acme.admin)
    client.post(f"members/{acme.agent2.id}/deactivate/")

    with nothing_changes():
        answers = [give(client, conversation, each) for each in (acme.customer, acme.agent2)]

    assert [faults(each) for each in answers] == [{"assignee": ["not_staff"]}] * 2


def test_a_foreign_person_is_told_like_an_unknown_one(acme: World, globex: World) -> None:
    conversation, client = held_by(acme, None), client_of(acme.admin)
    path = f"conversations/{conversation.pk}/assign/"

    with nothing_changes():
        answers = [
            client.post(path, {"assignee": str(each)}) for each in (globex.agent.pk, new_id())
        ]

    assert faults(answers[0]) == {"assignee": ["does_not_exist"]}
    assert without_request_id(answers[0]) == without_request_id(answers[1])


def test_an_assignment_names_somebody_or_nobody(acme: World) -> None:
    conversation = held_by(acme, "agent")

    answer = client_of(acme.admin).post(f"conversations/{conversation.pk}/assign/", {})

    assert faults(answer) == {"assignee": ["required"]}
