"""attributes/: what a company asks about its conversations."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

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


def answered(acme: World, *answers: Any) -> list[Any]:
    """Answers given one after another to one conversation, with questions of each kind asked."""
    for kind in ("text", "number", "boolean", "date"):
        ask(acme, key=kind, label=kind, kind=kind, options=[])
    ask(acme, key="plan", options=["free", "café"])
    client, talk = client_of(acme.agent), make_conversation(acme.customer)
    path = f"conversations/{talk.pk}/"
    return [client.patch(path, {"attributes": each}) for each in answers]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"text": "  A-1 \u00a0"}, {"text": "A-1"}),
        ({"text": "cafe\u0301"}, {"text": "caf\u00e9"}),
        ({"text": " " + "x" * 1000 + " "}, {"text": "x" * 1000}),
        ({"text": "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"}, None),
        ({"plan": " cafe\u0301 "}, {"plan": "caf\u00e9"}),
        ({"date": " 2026-02-28 "}, {"date": "2026-02-28"}),
        *(({"number": number}, None) for number in (2**53, -(2**53), 0, 0.5, 1e15, 1e-300)),
    ],
)
def test_an_answer_is_written_as_other_lines_are(acme: World, given: Any, kept: Any) -> None:
    [answer] = answered(acme, given)

    assert (answer.status_code, answer.json()["attributes"]) == (200, kept or given)


@pytest.mark.parametrize(
    "given",
    [
        *({"text": text} for text in ("", " ", "\u00a0", "\u200b", "\u3164", "x" * 1001)),
        *({"text": f"a{sign}b"} for sign in "\n\t\x07\x1b\x7f\x85\u2028\u202e\u2066\u2069"),
        {"plan": "free\u202e"},
        *(
            {"number": number}
            for number in (2**53 + 1, -(2**53) - 1, 2**63 - 1, 1e20, -1e20, 1e308)
        ),
        *({"number": number} for number in (True, "1", [1])),
    ],
)
def test_an_answer_that_other_lines_would_not_be_is_refused(acme: World, given: Any) -> None:
    [answer] = answered(acme, given)

    assert (answer.status_code, faults(answer)) == (400, {"attributes": ["invalid"]})
    assert client_of(acme.agent).get("conversations/").json()["results"][0]["version"] == 1


def test_what_an_answer_shows_can_be_sent_again(acme: World) -> None:
    given = {"text": "A-1", "number": 9007199254740992, "boolean": False, "plan": "free"}
    first, again = answered(acme, given, given)

    assert (first.json()["attributes"], again.json()["version"]) == (given, 2)


def test_nothing_is_taken_away_that_nobody_ever_asked_for(acme: World) -> None:
    both, alone, known = answered(
        acme, {"never": None, "text": "x"}, {"never": None}, {"text": None}
    )

    assert [faults(each) for each in (both, alone)] == [{"attributes": ["invalid"]}] * 2
    assert (known.status_code, known.json()["attributes"]) == (200, {})


def test_no_more_than_fifty_faults_of_answers_are_named(acme: World) -> None:
    client, path = client_of(acme.agent), f"conversations/{make_conversation(acme.customer).pk}/"

    with nothing_changes():
        answer = client.patch(path, {"attributes": {f"key{n}": "x\n" for n in range(200)}})
        other = client.patch(path, {"attributes": {f"key{n}": n for n in range(200)}})

    assert faults(answer) == faults(other) == {"attributes": ["invalid"] * 50}


@pytest.mark.parametrize("number", [201, 60_000])
def test_too_many_answers_are_refused_before_anything_is_looked_up(
    acme: World, number: int
) -> None:
    client, path = client_of(acme.agent), f"conversations/{make_conversation(acme.customer).pk}/"

    with nothing_changes(), CaptureQueriesContext(connection) as queries:
        answer = client.patch(path, {"attributes": {f"k{n}": n for n in range(number)}})

    assert (answer.status_code, faults(answer)) == (400, {"attributes": ["max_length"]})
    assert len(answer.content) < 1000
    assert not [each for each in queries if "attributedefinition" in each["sql"]]
