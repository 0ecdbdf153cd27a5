"""One deed on many conversations: progress, failures, undo, and whose rights count."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Membership, User
from conftest import World, client_of
from conversations.choices import NEVER
from conversations.models import Conversation
from conversations.tests.deeds import ask, codes, done, job_of, undone
from conversations.tests.factories import make_conversation, reloaded
from tokdesk.common.tenancy import company_scope
from tokdesk.common.testing import finish_jobs

pytestmark = [pytest.mark.django_db, pytest.mark.contract]


@pytest.fixture
def three(acme: World) -> list[Conversation]:
    return [make_conversation(acme.customer, text) for text in ("One", "Two", "Three")]


def test_it_is_asked_for_first_and_done_later(acme: World, three: list[Conversation]) -> None:
    asked = ask(acme.agent, three, "status", status="pending").json()["job"]

    assert (asked["state"], asked["total"], asked["done"]) == ("running", 3, 0)
    finish_jobs()
    job = job_of(acme.agent, asked["id"])
    assert (job["state"], job["done"], job["failures"]) == ("done", 3, [])
    assert [reloaded(row).status for row in three] == ["pending"] * 3


DEEDS = [
    ("status", {"status": "resolved"}, "status", "resolved"),
    ("priority", {"priority": "urgent"}, "priority", 4),
    ("tag", {"tags": ["vip"]}, "tags", ["vip"]),
    ("archive", {}, "is_archived", True),
]


@pytest.mark.parametrize(("action", "values", "field", "after"), DEEDS)
def test_it_is_taken_back(
    acme: World,
    three: list[Conversation],
    action: str,
    values: dict[str, Any],
    field: str,
    after: Any,
) -> None:
    before = [getattr(row, field) for row in map(reloaded, three)]
    job = done(acme.admin, three, action, **values)
    assert [getattr(row, field) for row in map(reloaded, three)] == [after] * 3

    job = undone(acme.admin, job)

    assert (job["state"], job["undone"], job["failures"]) == ("undone", 3, [])
    assert [getattr(row, field) for row in map(reloaded, three)] == before


def test_assignee_department_and_snooze_are_taken_back(
    acme: World, three: list[Conversation]
) -> None:
    until = (timezone.now() + timedelta(days=1)).isoformat()
    deeds = [
        done(acme.admin, three, "assign", assignee=str(acme.agent.pk)),
        done(acme.admin, three, "department", department=str(acme.billing.pk)),
        done(acme.admin, three, "snooze", until=until),
    ]
    row = reloaded(three[0])
    assert row.assignee_id == acme.agent.pk
    assert row.department_id == acme.billing.pk
    assert row.snoozed_until is not None

    for job in reversed(deeds):
        undone(acme.admin, job)

    row = reloaded(three[0])
    assert row.assignee_id is None
    assert row.department_id == acme.support.pk
    assert row.snoozed_until is None


def test_what_was_resolved_goes_back_to_where_it_was(
    acme: World, three: list[Conversation]
) -> None:
    done(acme.agent, three[:1], "status", status="on_hold")
    job = done(acme.agent, three, "status", status="resolved")

    undone(acme.agent, job)

    assert [reloaded(row).status for row in three] == ["on_hold", "open", "open"]


def test_what_fails_is_told_one_by_one(acme: World, three: list[Conversation]) -> None:
    done(acme.admin, three[:1], "archive")
    unknown = Conversation(id=uuid4())

    job = done(acme.agent, [*three, unknown], "status", status="resolved")

    failed = {fault["id"]: fault["code"] for fault in job["failures"]}
    assert failed == {str(three[0].pk): "archived", str(unknown.pk): "not_found"}
    assert [reloaded(row).status for row in three] == ["open", "resolved", "resolved"]
    assert job["done"] == 4


def test_what_somebody_changed_since_is_left(acme: World, three: list[Conversation]) -> None:
    job = done(acme.agent, three, "priority", priority="high")
    client_of(acme.agent).patch(f"conversations/{three[1].pk}/", {"priority": "low"})

    job = undone(acme.agent, job)

    assert [fault["code"] for fault in job["failures"]] == ["changed_since"]
    assert [reloaded(row).priority for row in three] == [2, 1, 2]


def test_a_filter_says_which(acme: World, three: list[Conversation]) -> None:
    client_of(acme.agent).patch(f"conversations/{three[0].pk}/", {"priority": "high"})

    answer = client_of(acme.agent).post(
        "conversations/bulk/",
        {"action": "status", "status": "pending", "filter": {"priority": "high"}},
    )

    assert answer.json()["job"]["total"] == 1
    finish_jobs()
    assert [reloaded(row).status for row in three] == ["pending", "open", "open"]


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"action": "status"}, "status"),
    ({"action": "archive", "status": "open"}, "status"),
    ({"action": "archive", "ids": None}, "ids"),
    ({"action": "archive", "filter": {"status": "open"}}, "ids"),
    ({"action": "dance"}, "action"),
    ({"action": "archive", "ids": ["x"]}, "ids.0"),
    ({"action": "archive", "ids": [str(uuid4()) for _ in range(501)]}, "ids"),
    ({"action": "assign", "assignee": str(uuid4())}, "assignee"),
]


@pytest.mark.parametrize(("body", "field"), WRONG)
def test_wrong_deeds_are_refused(acme: World, body: dict[str, Any], field: str) -> None:
    told = {"ids": [str(uuid4())], **body}

    answer = client_of(acme.agent).post(
        "conversations/bulk/", {name: value for name, value in told.items() if value is not None}
    )

    assert answer.status_code == 400
    assert field in answer.json()["errors"]


def test_rights_are_those_of_the_moment(
    acme: World, globex: World, three: list[Conversation]
) -> None:
    strange = make_conversation(globex.customer, "Elsewhere")
    answer = ask(acme.agent, [*three, strange], "status", status="pending")
    with company_scope(acme.company.id):
        Membership.objects.filter(pk=acme.agent.pk).update(status="deactivated")

    finish_jobs()

    assert answer.status_code == 202
    assert [reloaded(row).status for row in (*three, strange)] == ["open"] * 4


def test_who_cannot_sign_in_any_more_does_nothing(acme: World, three: list[Conversation]) -> None:
    ask(acme.agent, three, "status", status="pending")
    User.objects.filter(pk=acme.agent.user_id).update(is_active=False)

    finish_jobs()

    assert [reloaded(row).status for row in three] == ["open"] * 3


def test_a_job_is_its_askers_alone(acme: World, globex: World, three: list[Conversation]) -> None:
    job = done(acme.agent, three, "priority", priority="high")

    answers = [
        client_of(who).get(f"jobs/{job['id']}/").status_code
        for who in (acme.admin, acme.agent2, globex.admin)
    ]
    undos = [client_of(who).post(f"jobs/{job['id']}/undo/").status_code for who in (acme.admin,)]

    assert (answers, undos) == ([404] * 3, [404])


def test_a_job_is_taken_back_for_an_hour(acme: World, three: list[Conversation]) -> None:
    job = done(acme.agent, three, "priority", priority="high")

    with time_machine.travel(timezone.now() + timedelta(minutes=61), tick=False):
        answer = client_of(acme.agent).post(f"jobs/{job['id']}/undo/")

    assert (answer.status_code, answer.json()["code"]) == (409, "too_late")


def test_nobody_asks_for_a_day_that_never_comes(acme: World, three: list[Conversation]) -> None:
    job = done(acme.agent, three[:1], "snooze", until=NEVER.isoformat())

    assert (codes(job), reloaded(three[0]).snoozed_until) == (["invalid"], None)


def test_no_conversation_gets_more_tags_than_it_may_have(
    acme: World, three: list[Conversation]
) -> None:
    full = [f"tag {number:02}" for number in range(20)]
    client_of(acme.agent).patch(f"conversations/{three[0].pk}/", {"tags": full})
    more = [f"more {number:02}" for number in range(20)]

    job = done(acme.agent, three, "tag", tags=more)

    detail = "A conversation has at most 20 tags."
    fault = {"id": str(three[0].pk), "code": "max_length", "detail": detail}
    assert (job["done"], job["failures"]) == (3, [fault])
    assert [reloaded(row).tags for row in three] == [full, more, more]


def test_a_tag_that_it_has_already_is_none_too_many(acme: World, three: list[Conversation]) -> None:
    full = [f"tag {number:02}" for number in range(20)]
    client_of(acme.agent).patch(f"conversations/{three[0].pk}/", {"tags": full})

    job = done(acme.agent, three[:1], "tag", tags=["TAG 07", "Tag 08"])

    assert (job["failures"], reloaded(three[0]).tags) == ([], full)
