"""tags/: the company's own list of words; what they do on conversations, test_editing_* says."""

from typing import Any

import pytest

from conftest import World, client_of
from conversations.models import ConversationTag, Tag
from conversations.tests.factories import make_conversation, reloaded
from tokdesk.common.ids import new_id
from tokdesk.common.testing import recorded_events, without_request_id
from tokdesk.tests.answers import faults, outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


def add(world: World, name: str, **fields: Any) -> Any:
    return client_of(world.admin).post("tags/", {"name": name, **fields})


def test_an_admin_adds_a_tag_and_all_of_the_staff_see_it(acme: World, globex: World) -> None:
    add(globex, "theirs")

    made = add(acme, " VIP ", colour="#Ff8000")

    tag = made.json()
    assert (made.status_code, made.headers["ETag"]) == (201, '"1"')
    assert tag == {
        "id": tag["id"],
        "name": "VIP",
        "colour": "#Ff8000",
        "version": 1,
        "created_at": tag["created_at"],
    }
    for member in (acme.admin, acme.manager, acme.agent):
        client = client_of(member)
        assert client.get("tags/").json()["results"] == [tag]
        assert client.get(f"tags/{tag['id']}/").json() == tag


def test_tags_stand_in_the_order_of_the_alphabet(acme: World) -> None:
    for name in ("beta", "Alpha", "gamma", "ثقة"):
        add(acme, name)
    client = client_of(acme.agent)

    orders = {
        query: [row["name"] for row in client.get(f"tags/{query}").json()["results"]]
        for query in ("", "?ordering=-name", "?ordering=created_at", "?limit=2")
    }

    assert orders == {
        "": ["Alpha", "beta", "gamma", "ثقة"],
        "?ordering=-name": ["ثقة", "gamma", "beta", "Alpha"],
        "?ordering=created_at": ["beta", "Alpha", "gamma", "ثقة"],
        "?limit=2": ["Alpha", "beta"],
    }


WRONG: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({}, "name", "required"),
    ({"name": " "}, "name", "blank"),
    ({"name": "x" * 41}, "name", "max_length"),
    ({"name": "a\nb"}, "name", "invalid"),
    ({"name": None}, "name", "null"),
    ({"name": "x", "colour": "red"}, "colour", "invalid"),
    ({"name": "x", "colour": "#12345"}, "colour", "invalid"),
    ({"name": "x", "name_key": "y"}, "name_key", "unknown_field"),
    ({"name": "x", "company": "y"}, "company", "unknown_field"),
)


def test_a_wrong_value_is_named(acme: World) -> None:
    client = client_of(acme.admin)

    with nothing_changes():
        answers = [client.post("tags/", body) for body, _field, _code in WRONG]

    assert [faults(each) for each in answers] == [{field: [code]} for _body, field, code in WRONG]


@pytest.mark.parametrize("who", ["manager", "agent", "customer"])
def test_only_an_admin_keeps_the_list(acme: World, who: str) -> None:
    path = f"tags/{add(acme, 'vip').json()['id']}/"
    client = client_of(getattr(acme, who))

    with nothing_changes():
        answers = [
            client.post("tags/", {"name": "new"}),
            client.patch(path, {"name": "new"}),
            client.delete(path),
        ]

    assert [outcome(each) for each in answers] == [(403, "permission_denied")] * 3


def test_a_foreign_tag_is_told_like_an_unknown_one(acme: World, globex: World) -> None:
    theirs, client = add(globex, "vip").json()["id"], client_of(acme.admin)

    with nothing_changes():
        for method, body in (("GET", None), ("PATCH", {"name": "x"}), ("DELETE", None)):
            answers = [client.send(method, f"tags/{each}/", body) for each in (theirs, new_id())]
            assert answers[0].status_code == 404
            assert without_request_id(answers[0]) == without_request_id(answers[1])


def test_each_company_has_words_of_its_own(acme: World, globex: World) -> None:
    assert [add(world, "vip").status_code for world in (acme, globex)] == [201, 201]
    assert outcome(add(acme, "VIP")) == (409, "name_taken")


def test_a_tag_taken_away_leaves_every_conversation_and_tells_staff_alone(acme: World) -> None:
    rows = [make_conversation(acme.customer, "Hello") for _ in range(3)]
    admin = client_of(acme.admin)
    for row, tags in zip(rows, (["vip", "a"], ["vip"], ["a"]), strict=True):
        admin.patch(f"conversations/{row.pk}/", {"tags": tags})
    tag = Tag.unscoped.get(name="vip")

    with recorded_events() as events:
        answer = admin.delete(f"tags/{tag.pk}/")

    assert (answer.status_code, events) == (204, [*["conversation.tags"] * 2, "tag.deleted"])
    assert [reloaded(row).tags for row in rows] == [["a"], [], ["a"]]
    assert ConversationTag.unscoped.count() == 2
    path = f"conversations/{rows[0].pk}/events/?after=2"
    assert client_of(acme.customer).get(path).json()["events"] == []


def test_what_becomes_of_a_tag_is_written_down(acme: World) -> None:
    client = client_of(acme.admin)

    with recorded_events() as events:
        path = f"tags/{add(acme, 'vip').json()['id']}/"
        client.patch(path, {"colour": "#112233"})
        client.patch(path, {"colour": "#112233"})
        client.delete(path)

    told = [each for each in events if each.startswith("tag.")]
    assert told == ["tag.created", "tag.changed", "tag.deleted"]
