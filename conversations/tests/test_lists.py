"""GET conversations/: every filter and every ordering, for staff and for customers."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from accounts.tests.factories import make_member
from conftest import World, client_of
from conversations.choices import NEVER, Channel, Kind, Priority
from conversations.models import Conversation
from conversations.tests.factories import make_conversation, note, reloaded, say
from tokdesk.common.ids import new_id
from tokdesk.common.roles import Role
from tokdesk.tests.answers import faults, outcome

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
EVERY = {"late", "lost", "bill", "done", "aside", "hall"}


def subjects(client: Any, query: str = "") -> list[str]:
    answer = client.get(f"conversations/{query}")
    assert answer.status_code == 200, answer.content
    return [row["subject"] for row in answer.json()["results"]]


def named(subject: str) -> Conversation:
    row: Conversation = Conversation.unscoped.get(subject=subject)
    return row


@pytest.fixture
def desk(acme: World) -> World:
    """One conversation for each answer that a filter can give."""
    carla = make_member(acme.company, Role.USER, "carla@acme.example")
    admin = client_of(acme.admin)
    late = make_conversation(acme.customer, "Hello", subject="late", channel=Channel.EMAIL)
    lost = make_conversation(acme.customer, "Hello", subject="lost")
    bill = make_conversation(carla, subject="bill", department=acme.billing)
    done = make_conversation(carla, "Thanks", subject="done")
    aside = make_conversation(carla, "Later", subject="aside")
    away = make_conversation(acme.customer, "Long ago", subject="away")
    make_conversation(acme.admin, "Hi all", subject="hall", kind=Kind.COMPANY)
    admin.patch(f"conversations/{late.pk}/", {"priority": "urgent", "tags": ["VIP", "late"]})
    admin.post(f"conversations/{late.pk}/assign/", {"assignee": str(acme.agent.pk)})
    admin.patch(f"conversations/{lost.pk}/", {"tags": ["vip plus"]})
    admin.post(f"conversations/{bill.pk}/status/", {"status": "pending"})
    admin.post(f"conversations/{done.pk}/status/", {"status": "resolved"})
    admin.post(f"conversations/{aside.pk}/snooze/", {"until_reply": True})
    admin.post(f"conversations/{away.pk}/archive/")
    admin.post(f"conversations/{late.pk}/read/", {"seq": 9})
    return acme


FOR_STAFF: dict[str, set[str]] = {
    "": EVERY,
    "status=open": {"late", "lost", "aside"},
    "status=pending": {"bill"},
    "status=resolved": {"done"},
    "status=closed": set(),
    "kind=customer": EVERY - {"hall"},
    "kind=company": {"hall"},
    "kind=direct": set(),
    "channel=email": {"late"},
    "channel=api": {"lost", "bill", "done", "aside"},
    "channel=internal": {"hall"},
    "assignee=none": EVERY - {"hall", "late"},
    "assignee=me": set(),
    "priority=urgent": {"late"},
    "priority=normal": EVERY - {"hall", "late"},
    "tag=vip": {"late"},
    "tag=%EF%BC%B6IP": {"late"},
    "tag=vip%20plus": {"lost"},
    "tag=unknown": set(),
    "unread=true": {"lost", "done", "aside"},
    "unread=false": {"late", "bill", "hall"},
    "snoozed=true": {"aside"},
    "snoozed=false": EVERY - {"aside"},
    "archived=true": {"away"},
    "archived=false": EVERY,
    "q=hello": {"late", "lost"},
    "q=ago": {"away"},
    "q=ago&archived=false": set(),
    "status=open&snoozed=false&assignee=none": {"lost"},
}


def test_an_admin_narrows_the_list(desk: World) -> None:
    client = client_of(desk.admin)

    found = {query: sorted(subjects(client, f"?{query}")) for query in FOR_STAFF}

    assert found == {query: sorted(names) for query, names in FOR_STAFF.items()}


def test_the_list_is_narrowed_by_ids(desk: World) -> None:
    client = client_of(desk.admin)
    ids = {
        f"assignee={desk.agent.pk}": {"late"},
        f"assignee={desk.agent.pk.hex}": {"late"},
        f"assignee={desk.agent2.pk}": set(),
        f"customer={desk.customer.pk}": {"late", "lost"},
        f"department={desk.support.pk}": {"late", "lost", "done", "aside"},
        f"department={desk.billing.pk}": {"bill"},
    }

    assert {query: set(subjects(client, f"?{query}")) for query in ids} == ids
    assert subjects(client_of(desk.agent), "?assignee=me") == ["late"]


@pytest.mark.parametrize("name", ["assignee", "customer", "department"])
def test_a_foreign_id_finds_nothing_like_an_unknown_one(
    desk: World, globex: World, name: str
) -> None:
    theirs = {
        "assignee": globex.agent,
        "customer": globex.customer,
        "department": globex.support,
    }[name].pk
    make_conversation(globex.customer, "Hello")
    client = client_of(desk.admin)

    pages = [client.get(f"conversations/?{name}={each}").json() for each in (theirs, new_id())]

    assert pages == [{"results": [], "next": None, "previous": None}] * 2


def test_updated_after_knows_every_entry(desk: World) -> None:
    Conversation.unscoped.update(changed_at=NOON, public_activity_at=NOON)
    early, noon = quote((NOON - timedelta(seconds=1)).isoformat()), quote(NOON.isoformat())
    client = client_of(desk.admin)
    assert set(subjects(client, f"?updated_after={early}")) == EVERY
    assert subjects(client, f"?updated_after={noon}") == []

    note(desk.agent, named("lost"))

    assert subjects(client, f"?updated_after={noon}") == ["lost"]
    assert subjects(client_of(desk.customer), f"?updated_after={noon}") == []
    say(desk.agent, named("late"))
    assert subjects(client_of(desk.customer), f"?updated_after={noon}") == ["late"]


WRONG = {
    "status=new": "status",
    "status=": "status",
    "status=Open": "status",
    "kind=ticket": "kind",
    "channel=fax": "channel",
    "assignee=nobody": "assignee",
    "assignee=%7B00000000-0000-0000-0000-000000000000%7D": "assignee",
    "department=support": "department",
    "customer=1": "customer",
    "priority=4": "priority",
    "tag=": "tag",
    f"tag={'x' * 201}": "tag",
    "unread=1": "unread",
    "snoozed=yes": "snoozed",
    "archived=True": "archived",
    "updated_after=yesterday": "updated_after",
    "updated_after=2026-03-01T12:00:00": "updated_after",
    "limit=0": "limit",
    "limit=101": "limit",
}


def test_a_value_of_another_form_is_named(acme: World) -> None:
    client = client_of(acme.admin)

    answers = {query: client.get(f"conversations/?{query}") for query in WRONG}

    assert {outcome(answer) for answer in answers.values()} == {(400, "invalid")}
    assert {query: faults(answer) for query, answer in answers.items()} == {
        query: {name: ["invalid"]} for query, name in WRONG.items()
    }


def test_a_filter_is_given_once(acme: World) -> None:
    answer = client_of(acme.admin).get("conversations/?status=open&status=closed")

    assert (answer.status_code, faults(answer)) == (400, {"status": ["repeated"]})


def test_an_unknown_parameter_is_refused(acme: World) -> None:
    for member, query in (
        *((acme.admin, query) for query in ("Status=open", "subject=x", "company=acme", "x=1")),
        *((acme.customer, f"{name}=x") for name in ("assignee", "department", "priority")),
        *((acme.customer, f"{name}=x") for name in ("tag", "snoozed", "Status")),
    ):
        answer = client_of(member).get(f"conversations/?{query}")
        assert (outcome(answer), query) == ((400, "unknown_parameter"), query)


# Orderings

# What each is ordered by; the same values as the next one have "b" and "c", and "d" has none.
ORDERED = {
    "a": {"priority": Priority.LOW, "waiting": 3, "activity": 1},
    "b": {"priority": Priority.HIGH, "waiting": 1, "activity": 3},
    "c": {"priority": Priority.HIGH, "waiting": 1, "activity": 3},
    "d": {"priority": Priority.URGENT, "waiting": None, "activity": 2},
}


@pytest.fixture
def ordered(acme: World) -> World:
    for subject, values in ORDERED.items():
        row = make_conversation(acme.customer, "Hello", subject=subject)
        waiting = values["waiting"]
        Conversation.unscoped.filter(pk=row.pk).update(
            priority=values["priority"],
            waiting_since=NEVER if waiting is None else NOON + timedelta(hours=waiting),
            last_activity_at=NOON + timedelta(hours=values["activity"]),
            public_activity_at=NOON - timedelta(hours=values["activity"]),
        )
    return acme


@pytest.mark.parametrize(
    ("ordering", "found"),
    [
        ("last_activity_at", "adbc"),
        ("waiting_since", "bcad"),
        ("priority", "abcd"),
        ("number", "abcd"),
    ],
)
@pytest.mark.parametrize("limit", [1, 2, 25])
def test_staff_order_the_list_both_ways_on_pages_of_any_size(
    ordered: World, ordering: str, found: str, limit: int
) -> None:
    client = client_of(ordered.agent)

    forth = walk(client, f"?ordering={ordering}&limit={limit}", "next")
    back = walk(client, f"?ordering=-{ordering}&limit={limit}", "next")

    assert (forth, back) == (found, found[::-1])


def walk(client: Any, query: str, way: str) -> str:
    """The subjects of all pages, from the first on."""
    seen, url = "", f"/api/v1/conversations/{query}"
    while url:
        page = client.get(url).json()
        seen += "".join(row["subject"] for row in page["results"])
        url = page[way] and page[way].removeprefix("http://testserver")
    return seen


def test_the_newest_activity_stands_first_unless_asked(ordered: World) -> None:
    assert "".join(subjects(client_of(ordered.agent))) == "cbda"
    # Customers have an order of their own, in which notes do not count.
    assert "".join(subjects(client_of(ordered.customer))) == "adcb"
    assert walk(client_of(ordered.customer), "?ordering=number&limit=3", "next") == "abcd"


def test_a_page_leads_back_to_where_one_came_from(ordered: World) -> None:
    client = client_of(ordered.agent)
    first = client.get("conversations/?ordering=number&limit=2").json()
    second = client.get(first["next"].removeprefix("http://testserver")).json()
    back = client.get(second["previous"].removeprefix("http://testserver")).json()

    assert [row["subject"] for row in second["results"]] == ["c", "d"]
    assert (second["next"], first["previous"]) == (None, None)
    assert (back["results"], back["previous"]) == (first["results"], None)


def test_an_unknown_ordering_is_refused(acme: World) -> None:
    client = client_of(acme.agent)

    for ordering in ("subject", "-id", "--number", "", "Number", "created_at"):
        answer = client.get(f"conversations/?ordering={ordering}")
        assert (outcome(answer), ordering) == ((400, "unknown_parameter"), ordering)


def test_a_note_moves_nothing_in_a_customers_list(acme: World) -> None:
    first, second = (make_conversation(acme.customer, "Hi", subject=name) for name in "ab")
    note(acme.agent, first)

    assert subjects(client_of(acme.agent)) == ["a", "b"]
    assert subjects(client_of(acme.customer)) == ["b", "a"]
    assert reloaded(second).last_activity_at < reloaded(first).last_activity_at


# Customers


FOR_CUSTOMERS: dict[str, set[str]] = {
    "": {"late", "lost"},
    "status=open": {"late", "lost"},
    "status=resolved": set(),
    "kind=company": set(),
    "channel=email": {"late"},
    "archived=true": {"away"},
    "unread=true": {"late"},
    "unread=false": {"lost"},
    "q=careful": set(),
    "q=hello": {"late", "lost"},
}


def test_a_customer_narrows_the_own_list(desk: World) -> None:
    say(desk.agent, named("late"), "Yes?")
    note(desk.agent, named("lost"), "Careful")
    client = client_of(desk.customer)

    found = {query: sorted(subjects(client, f"?{query}")) for query in FOR_CUSTOMERS}

    assert found == {query: sorted(names) for query, names in FOR_CUSTOMERS.items()}
