"""attributes/: what a company asks about its conversations."""

from typing import Any

import pytest

from conftest import World, client_of
from conversations.tests.factories import make_conversation, reloaded
from tokdesk.common.ids import new_id
from tokdesk.common.testing import recorded_events, without_request_id
from tokdesk.tests.answers import faults, outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

PLAN = {"key": "plan", "label": "Plan", "kind": "list", "options": ["free", "paid"]}


def ask(world: World, **fields: Any) -> Any:
    return client_of(world.admin).post("attributes/", {**PLAN, **fields})


def test_an_admin_asks_and_all_of_the_staff_see_it(acme: World, globex: World) -> None:
    ask(globex, key="theirs")

    made = ask(acme)

    row = made.json()
    assert made.status_code == 201
    assert row == {**PLAN, "id": row["id"], "version": 1, "created_at": row["created_at"]}
    for member in (acme.admin, acme.manager, acme.agent):
        client = client_of(member)
        assert client.get("attributes/").json()["results"] == [row]
        assert client.get(f"attributes/{row['id']}/").json() == row


def test_attributes_stand_in_the_order_of_their_keys(acme: World) -> None:
    for key in ("b", "c", "a"):
        ask(acme, key=key)
    client = client_of(acme.agent)

    orders = [
        [row["key"] for row in client.get(f"attributes/{query}").json()["results"]]
        for query in ("", "?ordering=-key", "?ordering=created_at")
    ]

    assert orders == [["a", "b", "c"], ["c", "b", "a"], ["b", "c", "a"]]


def test_a_key_and_a_kind_stay_and_the_rest_is_edited(acme: World) -> None:
    client, path = client_of(acme.admin), f"attributes/{ask(acme).json()['id']}/"

    edited = client.patch(path, {"label": "Tariff", "options": ["free", "big"]})
    with nothing_changes():
        refused = [client.patch(path, {name: "text"}) for name in ("key", "kind")]
        empty = client.patch(path, {"options": []})

    assert (edited.json()["label"], edited.json()["options"]) == ("Tariff", ["free", "big"])
    assert [faults(each) for each in refused] == [
        {"key": ["unknown_field"]},
        {"kind": ["unknown_field"]},
    ]
    assert faults(empty) == {"options": ["invalid"]}


def test_options_belong_to_lists_alone(acme: World) -> None:
    client = client_of(acme.admin)
    made = client.post("attributes/", {"key": "n", "label": "N", "kind": "number"})
    path = f"attributes/{made.json()['id']}/"

    with nothing_changes():
        answer = client.patch(path, {"options": ["1"]})

    assert faults(answer) == {"options": ["invalid"]}


def test_answers_stay_when_nobody_asks_any_more(acme: World) -> None:
    conversation, path = make_conversation(acme.customer), f"attributes/{ask(acme).json()['id']}/"
    agent, own = client_of(acme.agent), f"conversations/{make_conversation(acme.customer).pk}/"
    agent.patch(f"conversations/{conversation.pk}/", {"attributes": {"plan": "paid"}})

    assert client_of(acme.admin).delete(path).status_code == 204

    assert reloaded(conversation).attributes == {"plan": "paid"}
    assert faults(agent.patch(own, {"attributes": {"plan": "paid"}})) == {"attributes": ["invalid"]}
    cleared = agent.patch(f"conversations/{conversation.pk}/", {"attributes": {"plan": None}})
    assert cleared.json()["attributes"] == {}


@pytest.mark.parametrize("who", ["manager", "agent", "customer"])
def test_only_an_admin_asks(acme: World, who: str) -> None:
    path = f"attributes/{ask(acme).json()['id']}/"
    client = client_of(getattr(acme, who))

    with nothing_changes():
        answers = [
            client.post("attributes/", {**PLAN, "key": "other"}),
            client.patch(path, {"label": "x"}),
            client.delete(path),
        ]

    assert [outcome(each) for each in answers] == [(403, "permission_denied")] * 3


def test_a_foreign_attribute_is_told_like_an_unknown_one(acme: World, globex: World) -> None:
    theirs, client = ask(globex).json()["id"], client_of(acme.admin)

    with nothing_changes():
        for method, body in (("GET", None), ("PATCH", {"label": "x"}), ("DELETE", None)):
            answers = [
                client.send(method, f"attributes/{each}/", body) for each in (theirs, new_id())
            ]
            assert answers[0].status_code == 404
            assert without_request_id(answers[0]) == without_request_id(answers[1])


def test_a_foreign_question_asks_nothing_here(acme: World, globex: World) -> None:
    ask(globex)
    client, path = client_of(acme.agent), f"conversations/{make_conversation(acme.customer).pk}/"

    with nothing_changes():
        answer = client.patch(path, {"attributes": {"plan": "paid"}})

    assert faults(answer) == {"attributes": ["invalid"]}


def test_what_becomes_of_an_attribute_is_written_down(acme: World) -> None:
    client = client_of(acme.admin)

    with recorded_events() as events:
        path = f"attributes/{ask(acme).json()['id']}/"
        client.patch(path, {"label": "Another"})
        client.patch(path, {"label": "Another"})
        client.delete(path)

    told = [each for each in events if each.startswith("attribute.")]
    assert told == ["attribute.created", "attribute.changed", "attribute.deleted"]
