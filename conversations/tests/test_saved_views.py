"""views/: what somebody keeps of the ways to look at the list, for themselves or for all."""

from typing import Any

import pytest

from accounts.models import Membership
from conftest import World, client_of
from conversations.models import SavedView
from conversations.models.saved_view import MOST_VIEWS
from conversations.tests.factories import make_conversation
from tokdesk.common.ids import new_id
from tokdesk.common.tenancy import company_scope
from tokdesk.common.testing import recorded_events, without_request_id
from tokdesk.tests.answers import faults, outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

LATE = {"name": "Late", "filters": {"status": "open"}, "ordering": "waiting_since"}


def keep(who: Membership, **fields: Any) -> Any:
    return client_of(who).post("views/", {**LATE, **fields})


def names(who: Membership) -> list[str]:
    return [row["name"] for row in client_of(who).get("views/").json()["results"]]


def test_a_view_is_kept_for_its_owner_alone(acme: World) -> None:
    filters = {"assignee": "me", "unread": True, "tag": "vip", "q": "drill"}
    made = keep(acme.agent, filters=filters, position=2)

    view = made.json()
    assert (made.status_code, made.headers["ETag"]) == (201, '"1"')
    assert view == {
        "id": view["id"],
        "name": "Late",
        "filters": filters,
        "ordering": "waiting_since",
        "shared": False,
        "position": 2,
        "owner": str(acme.agent.pk),
        "version": 1,
        "created_at": view["created_at"],
    }
    assert client_of(acme.agent).get("views/").json()["results"] == [view]
    for other in (acme.admin, acme.manager, acme.agent2):
        assert names(other) == []
        assert client_of(other).get(f"views/{view['id']}/").status_code == 404


def test_what_is_kept_is_what_the_list_takes(acme: World) -> None:
    make_conversation(acme.customer, "Hello")
    view = keep(acme.agent, filters={"status": "open", "snoozed": False}).json()
    words = [f"{name}={str(value).lower()}" for name, value in view["filters"].items()]

    path = f"conversations/?{'&'.join(words)}&ordering={view['ordering']}"
    answer = client_of(acme.agent).get(path)
    assert (answer.status_code, len(answer.json()["results"])) == (200, 1)


def test_a_shared_view_is_for_all_of_the_staff_of_the_company(acme: World, globex: World) -> None:
    shared = keep(acme.manager, name="Ours", shared=True).json()
    keep(globex.admin, name="Theirs", shared=True)

    for who in (acme.admin, acme.manager, acme.agent):
        assert names(who) == ["Ours"]
    for verb in ("get", "patch", "delete"):
        answer = getattr(client_of(globex.admin), verb)(f"views/{shared['id']}/")
        assert outcome(answer) == (404, "not_found")


def test_views_stand_in_the_order_that_their_owner_gave_them(acme: World) -> None:
    for name, position in (("b", 1), ("c", 2), ("a", 0), ("also b", 1)):
        keep(acme.agent, name=name, position=position)

    assert names(acme.agent) == ["a", "b", "also b", "c"]


WRONG: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"name": " "}, "name", "blank"),
    ({"name": "x" * 61}, "name", "max_length"),
    ({"filters": None}, "filters", "null"),
    ({"filters": []}, "filters", "invalid"),
    ({"filters": {"company": "x"}}, "filters", "unknown_filter"),
    ({"filters": {"updated_after": "2026-01-01T00:00:00Z"}}, "filters", "unknown_filter"),
    ({"filters": {"status": "gone"}}, "filters", "wrong_value"),
    ({"filters": {"status": None}}, "filters", "wrong_value"),
    ({"filters": {"unread": "true"}}, "filters", "wrong_value"),
    ({"filters": {"department": "x"}}, "filters", "wrong_value"),
    ({"filters": {"tag": ["vip"]}}, "filters", "wrong_value"),
    ({"filters": {"assignee": 1}}, "filters", "wrong_value"),
    ({"ordering": "company"}, "ordering", "invalid_choice"),
    ({"position": -1}, "position", "min_value"),
    ({"shared": "yes"}, "shared", "invalid"),
    ({"owner": str(new_id())}, "owner", "unknown_field"),
)


def test_a_wrong_value_is_named(acme: World) -> None:
    client = client_of(acme.admin)

    with nothing_changes():
        answers = [client.post("views/", {**LATE, **fields}) for fields, _field, _code in WRONG]

    assert [faults(each) for each in answers] == [{field: [code]} for _f, field, code in WRONG]


def test_what_is_missing_is_named(acme: World) -> None:
    answer = client_of(acme.agent).post("views/", {})

    assert faults(answer) == {name: ["required"] for name in ("name", "filters", "ordering")}


def test_its_owner_changes_it_and_takes_it_away(acme: World) -> None:
    view = keep(acme.agent).json()
    client, path = client_of(acme.agent), f"views/{view['id']}/"

    with recorded_events() as events:
        changed = client.patch(path, {"name": "Later", "filters": {}, "version": 1})
        same = client.patch(path, {"name": "Later"})
        stale = client.patch(path, {"name": "Never", "version": 1})
        gone = client.delete(path)

    assert (changed.status_code, changed.json()["name"], changed.json()["filters"]) == (
        200,
        "Later",
        {},
    )
    assert (same.json()["version"], outcome(stale)) == (2, (409, "stale_version"))
    assert (gone.status_code, names(acme.agent)) == (204, [])
    assert events == ["view.changed", "view.deleted"]


def test_sharing_is_for_leads_and_shared_ones_are_theirs_to_keep(acme: World) -> None:
    own = keep(acme.agent).json()
    shared = keep(acme.manager, name="Ours", shared=True).json()
    agent = client_of(acme.agent)

    with nothing_changes():
        refused = [
            agent.post("views/", {**LATE, "shared": True}),
            agent.patch(f"views/{own['id']}/", {"shared": True}),
            agent.patch(f"views/{shared['id']}/", {"name": "Mine"}),
            agent.delete(f"views/{shared['id']}/"),
        ]
    assert [outcome(each) for each in refused] == [(403, "permission_denied")] * 4
    kept = client_of(acme.admin).patch(f"views/{shared['id']}/", {"name": "Everybody's"})
    assert (kept.status_code, names(acme.agent)) == (200, ["Late", "Everybody's"])


def test_one_keeps_so_many_and_no_more(acme: World) -> None:
    with company_scope(acme.company.pk):
        rows = [
            SavedView(company=acme.company, owner=acme.agent, name=f"v{number}", ordering="number")
            for number in range(MOST_VIEWS)
        ]
        SavedView.objects.bulk_create(rows)

    agent = client_of(acme.agent)
    with nothing_changes():
        assert outcome(agent.post("views/", LATE)) == (409, "too_many_views")
    assert keep(acme.agent2).status_code == 201


def test_a_foreign_view_is_as_one_that_is_not_there(acme: World, globex: World) -> None:
    foreign = keep(globex.agent)
    client = client_of(acme.agent)

    with nothing_changes():
        for verb, body in (("get", None), ("patch", {"name": "x"}), ("delete", None)):
            extra = (body,) if body else ()
            answers = [
                getattr(client, verb)(f"views/{key}/", *extra)
                for key in (foreign.json()["id"], new_id())
            ]
            assert without_request_id(answers[0]) == without_request_id(answers[1])
            assert outcome(answers[0]) == (404, "not_found")
