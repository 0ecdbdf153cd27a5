"""GET, PUT and DELETE of a draft: one of each visibility, seen by nobody else."""

from typing import Any
from uuid import uuid4

import pytest

from conftest import World, client_of
from conversations.models import Conversation, Draft
from conversations.tests.factories import make_conversation
from tokdesk.common.testing import recorded_events
from tokdesk.tests.answers import faults, outcome

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

NONE = {"body": "", "attachments": [], "version": 0}


@pytest.fixture
def path(acme: World) -> str:
    return f"conversations/{make_conversation(acme.customer, 'Hello').pk}/draft/"


def test_a_draft_is_kept_as_it_was_typed(acme: World, path: str) -> None:
    client, upload = client_of(acme.agent), str(uuid4())
    body = {"body": "  Dear ", "attachments": [upload]}

    with recorded_events() as events:
        empty, kept, shown = client.get(path), client.put(path, body), client.get(path)

    assert empty.json() == NONE
    assert kept.json() == shown.json() == {**body, "version": 1}
    assert (kept.status_code, kept.headers["ETag"], events) == (200, '"1"', [])


def test_a_draft_is_its_authors_and_of_one_visibility(acme: World, path: str) -> None:
    client = client_of(acme.agent)
    client.put(path, {"body": "public"})
    client.put(f"{path}?visibility=note", {"body": "note"})

    assert client.get(f"{path}?visibility=public").json()["body"] == "public"
    assert client.get(f"{path}?visibility=note").json()["body"] == "note"
    for member in (acme.admin, acme.customer):
        assert client_of(member).get(path).json() == NONE


def test_a_draft_is_discarded_twice_without_complaint(acme: World, path: str) -> None:
    client = client_of(acme.agent)
    client.put(path, {"body": "x"})

    assert [client.delete(path).status_code for _ in range(2)] == [204, 204]
    assert Draft.unscoped.count() == 0
    assert client.get(path).json() == NONE


def test_the_same_draft_again_counts_no_version(acme: World, path: str) -> None:
    client = client_of(acme.agent)

    assert [client.put(path, {"body": "x"}).json()["version"] for _ in range(2)] == [1, 1]
    assert client.put(path, {"body": "y"}).json()["version"] == 2


def test_a_customer_drafts_no_notes(acme: World, path: str) -> None:
    client = client_of(acme.customer)

    assert client.put(path, {"body": "x"}).status_code == 200
    answers = [client.put(f"{path}?visibility=note", {"body": "x"})]
    answers.append(client.delete(f"{path}?visibility=note"))
    assert [outcome(each) for each in answers] == [(403, "permission_denied")] * 2


@pytest.mark.parametrize(
    ("query", "body", "field"),
    [
        ("?visibility=secret", {"body": "x"}, "visibility"),
        ("", {}, "body"),
        ("", {"body": None}, "body"),
        ("", {"body": "x" * 10_001}, "body"),
        ("", {"body": "x", "attachments": ["x"]}, "attachments.0"),
        ("", {"body": "x", "attachments": [str(uuid4())] * 11}, "attachments"),
        ("", {"body": "x", "visibility": "note"}, "visibility"),
    ],
)
def test_a_wrong_value_is_named(acme: World, path: str, query: str, body: Any, field: str) -> None:
    answer = client_of(acme.agent).put(f"{path}{query}", body)

    assert (answer.status_code, list(faults(answer))) == (400, [field])


def test_a_draft_may_be_kept_where_nothing_can_be_said(acme: World, path: str) -> None:
    Conversation.unscoped.update(status="closed")

    assert client_of(acme.agent).put(path, {"body": "x"}).status_code == 200
