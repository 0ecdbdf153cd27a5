"""What comes back when a deed on many conversations is taken back, and what stays as it is."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Membership
from conftest import World, client_of
from conversations.choices import NEVER
from conversations.models import Conversation
from conversations.services.moves import moment
from conversations.tests.deeds import codes, done, undone
from conversations.tests.factories import make_conversation, reloaded, say
from departments.models import DepartmentMember
from tokdesk.common.tenancy import company_scope
from tokdesk.common.testing import finish_jobs, recorded_events

pytestmark = [pytest.mark.django_db, pytest.mark.contract]


@pytest.fixture
def three(acme: World) -> list[Conversation]:
    return [make_conversation(acme.customer, text) for text in ("One", "Two", "Three")]


def put_aside(who: Membership, row: Conversation, **body: Any) -> None:
    assert client_of(who).post(f"conversations/{row.pk}/snooze/", body).status_code == 200


def leave(who: Membership) -> None:
    with company_scope(who.company_id):
        DepartmentMember.objects.filter(member=who).delete()


def entries(who: Membership, row: Conversation, after: int) -> list[tuple[str, Any]]:
    page = client_of(who).get(f"conversations/{row.pk}/events/?after={after}").json()
    return [(each["type"], each["data"]) for each in page["events"]]


@pytest.mark.parametrize("before", ["open", "pending"])
def test_who_waited_waits_again_and_what_slept_sleeps_on(
    acme: World, three: list[Conversation], before: str
) -> None:
    row = three[0]
    done(acme.agent, [row], "status", status=before)
    put_aside(acme.agent, row, until=None, until_reply=True)
    since = reloaded(row).waiting_since
    job = done(acme.agent, [row], "status", status="resolved")
    resolved = reloaded(row)
    assert (resolved.waiting_since, resolved.snoozed_until) == (NEVER, None)

    job = undone(acme.agent, job)

    now = reloaded(row)
    assert (job["undone"], job["failures"]) == (1, [])
    assert (now.status, now.waiting_since, now.snoozed_until) == (before, since, NEVER)
    assert now.resolved_at is None
    told = [("conversation.status", {"status": "open"})]
    told += [("conversation.status", {"status": before})] if before != "open" else []
    told += [("conversation.waiting", {"waiting_since": moment(since)})]
    told += [("conversation.snoozed", {"snoozed_until": "9999-12-31T00:00:00Z"})]
    assert entries(acme.agent, row, resolved.last_seq) == told


def test_what_would_be_awake_by_now_is_not_put_aside_again(
    acme: World, three: list[Conversation]
) -> None:
    row, soon = three[0], timezone.now() + timedelta(minutes=5)
    put_aside(acme.agent, row, until=soon.isoformat())
    since = reloaded(row).waiting_since
    job = done(acme.agent, [row], "status", status="resolved")

    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=False):
        job = undone(acme.agent, job)

    now = reloaded(row)
    assert (job["failures"], now.status, now.snoozed_until) == ([], "open", None)
    assert now.waiting_since == since


def test_who_was_answered_after_it_was_resolved_does_not_wait_again(
    acme: World, three: list[Conversation]
) -> None:
    job = done(acme.agent, three[:2], "status", status="resolved")
    say(acme.agent, three[0], "Bye")

    job = undone(acme.agent, job)

    assert codes(job) == ["changed_since"]
    assert [reloaded(row).status for row in three] == ["resolved", "open", "open"]
    assert reloaded(three[0]).waiting_since == NEVER
    assert reloaded(three[1]).waiting_since != NEVER


def test_who_has_written_since_it_was_opened_again_is_not_put_away(
    acme: World, three: list[Conversation]
) -> None:
    done(acme.agent, three[:2], "status", status="resolved")
    job = done(acme.agent, three[:2], "status", status="open")
    say(acme.customer, three[0], "Still broken")
    since = reloaded(three[0]).waiting_since

    job = undone(acme.agent, job)

    assert codes(job) == ["changed_since"]
    assert [reloaded(row).status for row in three[:2]] == ["open", "resolved"]
    assert reloaded(three[0]).waiting_since == since != NEVER


def test_a_status_in_work_is_taken_back_whoever_has_written_since(
    acme: World, three: list[Conversation]
) -> None:
    job = done(acme.agent, three[:1], "status", status="pending")
    say(acme.agent, three[0], "Wait a little")

    job = undone(acme.agent, job)

    assert (job["failures"], reloaded(three[0]).status) == ([], "open")
    assert reloaded(three[0]).waiting_since == NEVER


def test_what_slept_until_a_reply_does_so_again(acme: World, three: list[Conversation]) -> None:
    put_aside(acme.agent, three[0], until=None, until_reply=True)
    until = timezone.now().replace(microsecond=0) + timedelta(days=2)
    job = done(acme.agent, three, "snooze", until=until.isoformat())
    assert [reloaded(row).snoozed_until for row in three] == [until] * 3

    job = undone(acme.agent, job)

    assert (job["state"], job["failures"]) == ("undone", [])
    assert [reloaded(row).snoozed_until for row in three] == [NEVER, None, None]


def test_what_was_due_meanwhile_wakes(acme: World, three: list[Conversation]) -> None:
    now = timezone.now()
    put_aside(acme.agent, three[0], until=(now + timedelta(minutes=5)).isoformat())
    job = done(acme.agent, three[:1], "snooze", until=(now + timedelta(days=2)).isoformat())

    with time_machine.travel(now + timedelta(minutes=6), tick=False):
        job = undone(acme.agent, job)

    assert (job["failures"], reloaded(three[0]).snoozed_until) == ([], None)


@pytest.mark.parametrize("who", ["manager", "agent", "admin"])
def test_what_went_out_of_sight_by_the_deed_comes_back(
    acme: World, three: list[Conversation], who: str
) -> None:
    mover = getattr(acme, who)
    job = done(mover, three, "department", department=str(acme.billing.pk))
    shown = client_of(mover).get(f"conversations/{three[0].pk}/").status_code
    assert shown == (200 if who == "admin" else 404)

    with recorded_events() as events:
        job = undone(mover, job)

    assert (job["state"], job["failures"]) == ("undone", [])
    assert [reloaded(row).department_id for row in three] == [acme.support.pk] * 3
    assert events.count("conversation.department") == 3
    last = client_of(mover).get(f"conversations/{three[0].pk}/events/").json()["events"][-1]
    assert last["actor"]["id"] == str(mover.pk)


def test_what_would_be_out_of_sight_anyway_stays_where_it_is(
    acme: World, three: list[Conversation]
) -> None:
    job = done(acme.manager, three, "department", department=str(acme.billing.pk))
    leave(acme.manager)

    with recorded_events() as events:
        job = undone(acme.manager, job)

    assert codes(job) == ["not_found"] * 3
    assert [reloaded(row).department_id for row in three] == [acme.billing.pk] * 3
    assert "conversation.department" not in events


def test_what_moved_on_or_was_put_away_since_stays_where_it_is(
    acme: World, three: list[Conversation]
) -> None:
    job = done(acme.manager, three, "department", department=str(acme.billing.pk))
    client = client_of(acme.admin)
    third = client.post("departments/", {"name": "Third"}).json()["id"]
    client.patch(f"conversations/{three[0].pk}/", {"department": third})
    client.post(f"conversations/{three[1].pk}/archive/")
    client.delete(f"conversations/{three[2].pk}/")

    job = undone(acme.manager, job)

    assert codes(job) == ["changed_since", "archived", "not_found"]
    assert str(reloaded(three[0]).department_id) == third
    assert reloaded(three[1]).department_id == acme.billing.pk


@pytest.mark.parametrize("action", ["department", "assign"])
def test_who_lost_the_right_takes_nothing_back(
    acme: World, three: list[Conversation], action: str
) -> None:
    value = acme.billing.pk if action == "department" else acme.manager.pk
    field = "department" if action == "department" else "assignee"
    job = done(acme.manager, three, action, **{field: str(value)})
    client_of(acme.manager).post(f"jobs/{job['id']}/undo/")
    with company_scope(acme.company.id):
        Membership.objects.filter(pk=acme.manager.pk).update(role="user")

    finish_jobs()

    rows = [reloaded(row) for row in three]
    assert [getattr(row, f"{field}_id") for row in rows] == [value] * 3


def test_what_a_colleague_had_goes_back_to_them(acme: World, three: list[Conversation]) -> None:
    for row in three[:2]:
        path = f"conversations/{row.pk}/assign/"
        client_of(acme.admin).post(path, {"assignee": str(acme.manager.pk)})
    job = done(acme.agent, three, "assign", assignee=str(acme.agent.pk))
    assert [reloaded(row).assignee_id for row in three] == [acme.agent.pk] * 3
    head = reloaded(three[0]).last_seq

    job = undone(acme.agent, job)

    holders = [acme.manager.pk, acme.manager.pk, None]
    assert (job["state"], job["failures"]) == ("undone", [])
    assert [reloaded(row).assignee_id for row in three] == holders
    told = entries(acme.agent, three[0], head)
    assert [(kind, data["assignee"]["id"]) for kind, data in told] == [
        ("conversation.assigned", str(acme.manager.pk))
    ]


def test_what_was_seen_by_having_it_comes_back(acme: World, three: list[Conversation]) -> None:
    row, client = three[0], client_of(acme.admin)
    client.post(f"conversations/{row.pk}/assign/", {"assignee": str(acme.agent.pk)})
    client.patch(f"conversations/{row.pk}/", {"department": str(acme.billing.pk)})
    job = done(acme.agent, [row], "assign", assignee=None)
    assert client_of(acme.agent).get(f"conversations/{row.pk}/").status_code == 404

    job = undone(acme.agent, job)

    assert (job["failures"], reloaded(row).assignee_id) == ([], acme.agent.pk)


def test_what_is_seen_now_goes_back_also_out_of_sight(
    acme: World, three: list[Conversation]
) -> None:
    row, client = three[0], client_of(acme.admin)
    job = done(acme.agent, [row], "assign", assignee=str(acme.agent.pk))
    client.patch(f"conversations/{row.pk}/", {"department": str(acme.billing.pk)})

    job = undone(acme.agent, job)

    assert (job["failures"], reloaded(row).assignee_id) == ([], None)
    assert client_of(acme.agent).get(f"conversations/{row.pk}/").status_code == 404


def test_nobody_gets_it_back_who_has_no_access_any_more(
    acme: World, three: list[Conversation]
) -> None:
    path = f"conversations/{three[0].pk}/assign/"
    client_of(acme.admin).post(path, {"assignee": str(acme.manager.pk)})
    job = done(acme.agent, three[:2], "assign", assignee=str(acme.agent.pk))
    client_of(acme.admin).post(f"members/{acme.manager.pk}/deactivate/")

    job = undone(acme.agent, job)

    assert codes(job) == ["not_staff"]
    assert [reloaded(row).assignee_id for row in three[:2]] == [acme.agent.pk, None]


def test_what_somebody_else_got_since_is_left_to_them(
    acme: World, three: list[Conversation]
) -> None:
    job = done(acme.agent, three[:1], "assign", assignee=str(acme.agent.pk))
    path = f"conversations/{three[0].pk}/assign/"
    client_of(acme.admin).post(path, {"assignee": str(acme.manager.pk)})

    job = undone(acme.agent, job)

    assert codes(job) == ["changed_since"]
    assert reloaded(three[0]).assignee_id == acme.manager.pk
