"""A stale version is refused wherever one is taken, in the body or as If-Match."""

from typing import Any

import pytest

from conftest import World, client_of
from conversations.models import AttributeDefinition, Conversation, Tag
from conversations.tests.factories import make_conversation, note, reloaded, say
from tokdesk.tests.answers import outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


def deeds(world: World) -> dict[str, tuple[str, str, Any]]:
    return {
        "edit": ("PATCH", "", {"subject": "New"}),
        "status": ("POST", "status/", {"status": "pending"}),
        "assign": ("POST", "assign/", {"assignee": str(world.agent.pk)}),
    }


def twice_changed(world: World) -> Conversation:
    conversation = make_conversation(world.customer, "Hello")
    client = client_of(world.admin)
    for name in ("one", "two"):
        client.patch(f"conversations/{conversation.pk}/", {"subject": name})
    return conversation


@pytest.mark.parametrize("name", ["edit", "status", "assign"])
def test_a_stale_version_is_refused_with_the_current_one(acme: World, name: str) -> None:
    conversation, client = twice_changed(acme), client_of(acme.admin)
    method, tail, body = deeds(acme)[name]
    path = f"conversations/{conversation.pk}/{tail}"

    with nothing_changes():
        in_body = client.send(method, path, {**body, "version": 2})
        in_header = client.send(method, path, body, if_match='"2"')

    for answer in (in_body, in_header):
        assert outcome(answer) == (409, "stale_version")
        assert answer.json()["current"] == 3


@pytest.mark.parametrize("name", ["edit", "status", "assign"])
def test_the_current_version_and_none_are_taken(acme: World, name: str) -> None:
    method, tail, body = deeds(acme)[name]
    for extra, header in (({"version": 3}, {}), ({}, {"if_match": '"3"'}), ({}, {})):
        conversation = twice_changed(acme)
        path = f"conversations/{conversation.pk}/{tail}"
        answer = client_of(acme.admin).send(method, path, {**body, **extra}, **header)
        assert (answer.status_code, answer.json()["version"]) == (200, 4)


@pytest.mark.parametrize("tag", ["3", 'W/"3"', '"x"', '"3", "4"'])
def test_an_odd_if_match_is_malformed(acme: World, tag: str) -> None:
    conversation, client = twice_changed(acme), client_of(acme.admin)

    with nothing_changes():
        answer = client.patch(f"conversations/{conversation.pk}/", {"subject": "New"}, if_match=tag)

    assert outcome(answer) == (400, "malformed")


def test_messages_and_pointers_count_no_version(acme: World) -> None:
    conversation = make_conversation(acme.customer, "Hello")
    say(acme.agent, conversation)
    note(acme.agent, conversation)
    client = client_of(acme.agent)
    for tail, body in (("read/", {"seq": 2}), ("unread/", {"seq": 1}), ("follow/", {})):
        client.post(f"conversations/{conversation.pk}/{tail}", body)

    assert reloaded(conversation).version == 1


def test_several_fields_of_one_edit_count_once(acme: World) -> None:
    conversation = make_conversation(acme.customer, "Hello")

    row = client_of(acme.agent).patch(
        f"conversations/{conversation.pk}/", {"subject": "S", "priority": "low", "tags": ["x"]}
    )

    assert row.json()["version"] == 2


@pytest.mark.parametrize("kind", ["tags", "attributes"])
def test_tags_and_attributes_have_versions_of_their_own(acme: World, kind: str) -> None:
    client = client_of(acme.admin)
    body = {"name": "vip"} if kind == "tags" else {"key": "vip", "label": "VIP", "kind": "boolean"}
    made = client.post(f"{kind}/", body).json()
    change = {"name": "VIP"} if kind == "tags" else {"label": "Important"}
    path = f"{kind}/{made['id']}/"

    done = client.patch(path, {**change, "version": 1})
    stale = client.patch(path, {**change, "version": 1})

    assert (done.status_code, done.json()["version"], done.headers["ETag"]) == (200, 2, '"2"')
    assert (outcome(stale), stale.json()["current"]) == ((409, "stale_version"), 2)
    assert Tag.unscoped.count() + AttributeDefinition.unscoped.count() == 1


def test_a_stale_draft_is_refused(acme: World) -> None:
    conversation, client = make_conversation(acme.customer, "Hello"), client_of(acme.agent)
    path = f"conversations/{conversation.pk}/draft/"

    answers = [
        client.put(path, {"body": text, "version": version})
        for text, version in (("a", 0), ("b", 1), ("c", 1), ("d", 0))
    ]

    assert [outcome(each) for each in answers] == [
        *[(200, ""), (200, ""), (409, "stale_version"), (409, "stale_version")]
    ]
    assert client.get(path).json() == {"body": "b", "attachments": [], "version": 2}


def test_a_customer_knows_versions_that_staff_deeds_do_not_move(acme: World) -> None:
    conversation = make_conversation(acme.customer, "Hello")
    path, customer = f"conversations/{conversation.pk}/", client_of(acme.customer)
    seen = customer.get(path).json()["version"]
    for changes in ({"priority": "high"}, {"tags": ["vip"]}):
        assert client_of(acme.admin).patch(path, changes).status_code == 200
    note(acme.agent, conversation)

    assert customer.get(path).json()["version"] == seen
    kept = customer.post(f"{path}status/", {"status": "resolved", "version": seen})
    assert (kept.status_code, kept.json()["version"]) == (200, seen + 1)
    with nothing_changes():
        late = customer.post(f"{path}status/", {"status": "open", "version": seen})
    assert (outcome(late), late.json()["current"]) == ((409, "stale_version"), seen + 1)
