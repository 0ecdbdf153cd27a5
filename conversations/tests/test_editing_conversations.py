"""PATCH conversations/{id}/: subject, priority, tags, attributes, department."""

from typing import Any

import pytest

from conftest import World, client_of
from conversations.models import Conversation, ConversationTag, Tag
from conversations.tests.factories import make_conversation, reloaded
from tokdesk.common.ids import new_id
from tokdesk.common.testing import recorded_events, without_request_id
from tokdesk.tests.answers import faults, outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


def edit(client: Any, conversation: Conversation, **changes: Any) -> Any:
    return client.patch(f"conversations/{conversation.pk}/", changes)


@pytest.fixture
def hello(acme: World) -> Conversation:
    return make_conversation(acme.customer, "Hello", subject="Old")


@pytest.fixture
def agent(acme: World) -> Any:
    return client_of(acme.agent)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"subject": "Novo"}, ["conversation.subject"]),
        ({"subject": ""}, ["conversation.subject"]),
        ({"priority": "urgent"}, ["conversation.priority"]),
        ({"tags": ["b", "A"]}, ["tag.created", "tag.created", "conversation.tags"]),
    ],
)
def test_a_change_is_made_and_told_once(
    hello: Conversation, agent: Any, changes: Any, told: list[str]
) -> None:
    with recorded_events() as events:
        answer = edit(agent, hello, **changes)

    shown = {"tags": ["A", "b"]} if "tags" in changes else changes
    assert answer.status_code == 200
    assert {name: answer.json()[name] for name in shown} == shown
    assert answer.json()["version"] == 2
    assert events == told

    with nothing_changes():
        again = edit(agent, hello, **changes)
    assert (again.status_code, again.json()["version"]) == (200, 2)


def test_an_edit_of_nothing_changes_nothing(hello: Conversation, agent: Any) -> None:
    with nothing_changes():
        assert edit(agent, hello).status_code == 200


def test_customers_see_the_subject_and_none_of_the_rest(acme: World, hello: Conversation) -> None:
    edit(client_of(acme.agent), hello, subject="New", priority="high", tags=["vip"])

    page = client_of(acme.customer).get(f"conversations/{hello.pk}/events/?after=2").json()

    assert [(each["seq"], each["type"], each["data"]) for each in page["events"]] == [
        (3, "conversation.subject", {"subject": "New"})
    ]


@pytest.mark.parametrize(
    "changes", [{"subject": "x"}, {"priority": "low"}, {"tags": []}, {"department": "x"}]
)
def test_customers_edit_nothing(acme: World, hello: Conversation, changes: Any) -> None:
    client = client_of(acme.customer)

    with nothing_changes():
        answer = edit(client, hello, **changes)

    assert outcome(answer) == (403, "permission_denied")


@pytest.mark.parametrize("deed", ["closed", "archived"])
def test_what_is_closed_or_archived_is_not_edited(
    hello: Conversation, agent: Any, deed: str
) -> None:
    change = {"status": "closed"} if deed == "closed" else {"is_archived": True}
    Conversation.unscoped.update(**change)

    with nothing_changes():
        answer = edit(agent, hello, subject="New")

    assert outcome(answer) == (403, deed)


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"subject": "x" * 201}, "subject", "max_length"),
        ({"subject": None}, "subject", "null"),
        ({"priority": "highest"}, "priority", "invalid_choice"),
        ({"priority": None}, "priority", "null"),
        ({"tags": [f"t{n}" for n in range(21)]}, "tags", "max_length"),
        ({"tags": ["x" * 41]}, "tags.0", "max_length"),
        ({"tags": "vip"}, "tags", "not_a_list"),
        ({"tags": [None]}, "tags.0", "null"),
        ({"attributes": []}, "attributes", "not_a_dict"),
        ({"department": None}, "department", "null"),
        ({"status": "open"}, "status", "unknown_field"),
        ({"assignee": None}, "assignee", "unknown_field"),
        ({"version": 0}, "version", "min_value"),
    ],
)
def test_a_wrong_value_is_named(
    hello: Conversation, agent: Any, changes: Any, field: str, code: str
) -> None:
    with nothing_changes():
        answer = edit(agent, hello, **changes)

    assert answer.status_code == 400
    assert faults(answer) == {field: [code]}


# Tags


def test_a_new_word_becomes_a_tag_and_a_known_one_keeps_its_spelling(
    acme: World, hello: Conversation, agent: Any
) -> None:
    client_of(acme.admin).post("tags/", {"name": "VIP"})

    answer = edit(agent, hello, tags=["vip", "straße", "STRASSE", "ثقة"])

    assert answer.json()["tags"] == ["STRASSE", "VIP", "ثقة"]
    assert sorted(Tag.unscoped.values_list("name", flat=True)) == ["STRASSE", "VIP", "ثقة"]
    assert ConversationTag.unscoped.count() == 3


def test_the_most_and_the_longest_tags_fit(hello: Conversation, agent: Any) -> None:
    tags = [f"{number:02}" + "ﷺ" * 38 for number in range(20)]

    assert edit(agent, hello, tags=tags).json()["tags"] == tags


def test_tags_that_are_not_named_are_taken_away(hello: Conversation, agent: Any) -> None:
    edit(agent, hello, tags=["a", "b"])
    edit(agent, hello, tags=["b", "c"])

    assert reloaded(hello).tags == ["b", "c"]
    listed = [agent.get(f"conversations/?tag={tag}").json()["results"] for tag in "ABC"]
    assert [len(rows) for rows in listed] == [0, 1, 1]


def test_a_tag_that_is_renamed_or_removed_is_so_everywhere(
    acme: World, hello: Conversation, agent: Any
) -> None:
    admin = client_of(acme.admin)
    edit(agent, hello, tags=["a", "m"])
    tag = Tag.unscoped.get(name="m")

    admin.patch(f"tags/{tag.pk}/", {"name": "0"})
    assert (reloaded(hello).tags, reloaded(hello).version) == (["0", "a"], 3)
    admin.delete(f"tags/{tag.pk}/")
    assert (reloaded(hello).tags, reloaded(hello).version) == (["a"], 4)


def test_a_tag_has_one_name(acme: World) -> None:
    admin = client_of(acme.admin)
    first, other = (admin.post("tags/", {"name": name}).json() for name in ("vip", "new"))

    taken = [admin.post("tags/", {"name": "ＶＩＰ"})]
    taken.append(admin.patch(f"tags/{other['id']}/", {"name": "Vip"}))
    own = admin.patch(f"tags/{first['id']}/", {"name": "VIP", "colour": "#00ff00"})

    assert [outcome(each) for each in taken] == [(409, "name_taken")] * 2
    assert (own.json()["name"], own.json()["colour"]) == ("VIP", "#00ff00")


# Attributes


def define(world: World, key: str, kind: str, options: Any = None) -> Any:
    body = {"key": key, "label": key.title(), "kind": kind}
    return client_of(world.admin).post(
        "attributes/", {**body, **({"options": options} if options else {})}
    )


@pytest.fixture
def asked(acme: World) -> None:
    define(acme, "order", "text")
    define(acme, "sum", "number")
    define(acme, "paid", "boolean")
    define(acme, "due", "date")
    define(acme, "plan", "list", ["free", "paid"])


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize(
    ("key", "good", "bad"),
    [
        ("order", ["A-1", "x" * 1000], [1, True, "", "x" * 1001, ["x"], {}]),
        ("sum", [0, -1, 2.5, 2**53], ["1", True, [1], 2**53 + 1]),
        ("paid", [True, False], [0, 1, "true"]),
        ("due", ["2026-02-28"], ["2026-02-30", "28.02.2026", "20260228", 20260228, ""]),
        ("plan", ["free", "paid"], ["Free", "", 1, ["free"]]),
        ("unknown", [], ["x", 1]),
    ],
)
def test_an_answer_has_the_form_that_is_asked_for(
    hello: Conversation, agent: Any, key: str, good: Any, bad: Any
) -> None:
    for value in good:
        assert edit(agent, hello, attributes={key: value}).json()["attributes"] == {key: value}
    for value in bad:
        with nothing_changes():
            answer = edit(agent, hello, attributes={key: value})
        assert faults(answer) == {"attributes": ["invalid"]}


@pytest.mark.usefixtures("asked")
def test_answers_are_merged_and_null_takes_one_away(hello: Conversation, agent: Any) -> None:
    edit(agent, hello, attributes={"order": "A-1", "sum": 1})
    with recorded_events() as events:
        row = edit(agent, hello, attributes={"sum": None, "paid": False, "due": None}).json()

    assert row["attributes"] == {"order": "A-1", "paid": False}
    assert events == ["conversation.attributes"]


def test_an_attribute_is_asked_for_properly(acme: World) -> None:
    define(acme, "plan", "list", ["free"])

    assert outcome(define(acme, "plan", "text")) == (409, "key_taken")
    assert faults(define(acme, "kind", "list")) == {"options": ["invalid"]}
    assert faults(define(acme, "kind", "text", ["a"])) == {"options": ["invalid"]}
    assert faults(define(acme, "Kind", "text")) == {"key": ["invalid"]}
    assert faults(define(acme, "kind", "json")) == {"kind": ["invalid_choice"]}


# Departments


def test_it_moves_to_another_department_and_out_of_sight(
    acme: World, hello: Conversation, agent: Any
) -> None:
    with recorded_events() as events:
        answer = edit(agent, hello, department=str(acme.billing.pk))

    assert (answer.status_code, events) == (200, ["conversation.department"])
    assert answer.json()["department"] == {"id": str(acme.billing.pk), "name": "Billing"}
    assert agent.get(f"conversations/{hello.pk}/").status_code == 404
    assert client_of(acme.agent2).get(f"conversations/{hello.pk}/").status_code == 200


def test_a_foreign_department_is_told_like_an_unknown_one(
    globex: World, hello: Conversation, agent: Any
) -> None:
    with nothing_changes():
        answers = [
            edit(agent, hello, department=str(each)) for each in (globex.support.pk, new_id())
        ]

    assert faults(answers[0]) == {"department": ["does_not_exist"]}
    assert without_request_id(answers[0]) == without_request_id(answers[1])
