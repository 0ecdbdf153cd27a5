"""What the clock starts for every company: waking, closing, and pruning of logs."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from conftest import World, client_of
from conversations import doors, tasks
from conversations.models import Conversation
from conversations.services import change_status, close_conversation
from conversations.services.log import stream_of
from conversations.tests.factories import make_conversation, make_room, note, reloaded, say
from tokdesk.common.actor import system_actor
from tokdesk.common.ids import new_id
from tokdesk.common.models import Event, Job
from tokdesk.common.testing import finish_jobs, recorded_events
from tokdesk.tests.commands import run_command
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def noon() -> Any:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def snooze(world: World, conversation: Conversation, **body: Any) -> None:
    answer = client_of(world.agent).post(f"conversations/{conversation.pk}/snooze/", body)
    assert answer.status_code == 200


def resolved(world: World, **fields: Any) -> Conversation:
    row = make_conversation(world.customer, "Done", **fields)
    return change_status(actor=system_actor(world.company.id), conversation=row, status="resolved")


# Waking


def test_what_was_put_away_sleeps_on_until_it_is_taken_out(acme: World, noon: Any) -> None:
    row, path = make_conversation(acme.customer, "Hello"), "conversations/{}/{}/"
    snooze(acme, row, until="2026-03-01T13:00:00Z")
    client_of(acme.admin).post(path.format(row.pk, "archive"))
    noon.move_to(NOON + timedelta(hours=2))
    with nothing_changes():
        tasks.wake()

    client_of(acme.admin).post(path.format(row.pk, "unarchive"))
    tasks.wake()

    assert reloaded(row).snoozed_until is None


def test_what_is_due_wakes_in_every_company_and_once(acme: World, globex: World, noon: Any) -> None:
    hour = {"until": "2026-03-01T13:00:00Z"}
    ours, theirs = (make_conversation(world.customer, "Hello") for world in (acme, globex))
    later, reply, gone = (make_conversation(acme.customer, "Hello") for _ in range(3))
    snooze(acme, ours, **hour)
    snooze(globex, theirs, **hour)
    snooze(acme, later, until="2026-03-01T13:00:01Z")
    snooze(acme, reply, until_reply=True)
    snooze(acme, gone, **hour)
    client_of(acme.admin).delete(f"conversations/{gone.pk}/")
    noon.move_to(NOON + timedelta(minutes=59))
    with nothing_changes():
        tasks.wake()

    noon.move_to(NOON + timedelta(hours=1))
    with recorded_events() as events:
        tasks.wake()
        tasks.wake()

    assert events == ["conversation.snoozed"] * 2
    asleep = [reloaded(row).snoozed_until is not None for row in (ours, theirs, later, reply)]
    assert asleep == [False, False, True, True]
    assert reloaded(ours).status == "open"


def test_no_company_is_asked_for_what_was_deleted(acme: World, noon: Any) -> None:
    asleep, done = make_conversation(acme.customer, "Hello"), resolved(acme)
    snooze(acme, asleep, until="2026-03-01T13:00:00Z")
    later = NOON + 30 * DAY
    asked = (doors.companies_with_waking_conversations, doors.companies_with_resolved_conversations)
    assert [ask(later) for ask in asked] == [[acme.company.pk]] * 2

    for row in (asleep, done):
        client_of(acme.admin).delete(f"conversations/{row.pk}/")

    assert [ask(later) for ask in asked] == [[], []]


# Closing


def test_the_resolved_is_closed_after_the_days_of_its_company(
    acme: World, globex: World, noon: Any
) -> None:
    client_of(globex.admin).patch("company/", {"settings": {"close_after_days": 2}})
    ours, theirs = resolved(acme), resolved(globex)
    open_one = make_conversation(acme.customer, "Hello")
    done: dict[float, list[str]] = {}

    for days in (1.5, 2, 2.1, 7, 7.1):
        noon.move_to(NOON + days * DAY)
        tasks.close()
        done[days] = [reloaded(row).status for row in (ours, theirs, open_one)]

    assert done == {
        1.5: ["resolved", "resolved", "open"],
        2: ["resolved", "resolved", "open"],
        2.1: ["resolved", "closed", "open"],
        7: ["resolved", "closed", "open"],
        7.1: ["closed", "closed", "open"],
    }
    assert reloaded(ours).closed_at == NOON + 7.1 * DAY
    assert reloaded(ours).resolved_at == NOON


def test_it_is_closed_by_the_desk_and_once(acme: World, noon: Any) -> None:
    row = resolved(acme)
    noon.move_to(NOON + 8 * DAY)

    with recorded_events() as events:
        tasks.close()
        tasks.close()

    page = client_of(acme.customer).get(f"conversations/{row.pk}/events/").json()["events"]
    assert events == ["conversation.status"]
    assert page[-1]["actor"] == {"kind": "system"}
    assert page[-1]["data"] == {"status": "closed"}


def test_what_was_opened_again_meanwhile_stays_open(acme: World, noon: Any) -> None:
    row = resolved(acme)
    noon.move_to(NOON + 8 * DAY)
    say(acme.customer, row, "Not yet")

    with nothing_changes():
        close_conversation(company_id=acme.company.pk, conversation_id=row.pk)
        tasks.close()

    assert reloaded(row).status == "open"


# Pruning


def long_talk(world: World, entries: int, age: timedelta) -> Conversation:
    """So many entries, every third of them for staff alone; all are as old as that."""
    row = make_conversation(world.customer)
    log = [
        Event(
            id=new_id(),
            company_id=world.company.pk,
            type="conversation.subject",
            payload={"conversation_id": str(row.pk), "subject": f"S{seq}"},
            stream=stream_of(row.pk),
            seq=seq,
            public_seq=public_of(seq) if seq % 3 else None,
            audience="all" if seq % 3 else "staff",
            actor_kind="system",
            at=NOON - age,
        )
        for seq in range(2, entries + 1)
    ]
    Event.objects.bulk_create(log)
    Event.objects.filter(stream=stream_of(row.pk)).update(at=NOON - age)
    Job.objects.all().delete()
    Conversation.unscoped.filter(pk=row.pk).update(
        last_seq=entries, last_public_seq=public_of(entries)
    )
    return row


def public_of(seq: int) -> int:
    return seq - seq // 3


def entries_of(row: Conversation) -> list[int]:
    rows = Event.objects.filter(stream=stream_of(row.pk)).order_by("seq")
    return list(rows.values_list("seq", flat=True))


def test_the_newest_300_entries_stay_however_old(acme: World, globex: World, noon: Any) -> None:
    old, short = long_talk(acme, 450, 91 * DAY), long_talk(acme, 399, 91 * DAY)
    young, theirs = long_talk(acme, 450, 90 * DAY), long_talk(globex, 400, 91 * DAY)

    tasks.prune()

    kept = [(len(entries_of(row)), entries_of(row)[0]) for row in (old, short, young, theirs)]
    assert kept == [(300, 151), (399, 1), (450, 1), (300, 101)]
    row = reloaded(old)
    assert (row.pruned_seq, row.pruned_public_seq, row.last_seq) == (150, 100, 450)
    assert (reloaded(short).pruned_seq, reloaded(young).pruned_seq) == (0, 0)
    with nothing_changes():
        tasks.prune()
    assert run_command("check_log").code == 0


def test_what_is_young_stays_beside_what_is_old(acme: World, noon: Any) -> None:
    row = long_talk(acme, 450, 91 * DAY)
    Event.objects.filter(stream=stream_of(row.pk), seq__gt=120).update(at=NOON)

    tasks.prune()

    assert entries_of(row) == list(range(121, 451))


@pytest.mark.parametrize(("waiting", "first"), [(100, 1), (101, 101), (120, 120), (300, 151)])
def test_an_entry_with_work_to_do_stays_and_so_does_what_came_after(
    acme: World, noon: Any, waiting: int, first: int
) -> None:
    row = long_talk(acme, 450, 91 * DAY)
    event = Event.objects.get(stream=stream_of(row.pk), seq=waiting)
    Job.objects.create(
        event=event, subscriber="x", queue="default", company_id=acme.company.pk, is_dead=True
    )

    tasks.prune()

    assert entries_of(row) == list(range(first, 451))


# What ends with a department or with a person


def archive(world: World) -> None:
    path = f"departments/{world.support.pk}/archive/"
    answer = client_of(world.admin).post(path, {"move_to": str(world.billing.pk)})
    assert answer.status_code == 200


def test_conversations_and_rooms_go_where_their_department_went(acme: World) -> None:
    open_one, done = make_conversation(acme.customer, "Hello"), resolved(acme)
    there = make_conversation(acme.customer, "Hello", department=acme.billing)
    room = make_conversation(acme.manager, kind="department", department=acme.support)
    archive(acme)

    with recorded_events() as events:
        finish_jobs()
        finish_jobs()

    moved = [reloaded(row).department_id for row in (open_one, done, there, room)]
    assert moved == [acme.billing.pk] * 4
    assert events.count("conversation.department") == 3
    assert client_of(acme.agent2).get(f"conversations/{open_one.pk}/").status_code == 200
    assert client_of(acme.agent).get(f"conversations/{open_one.pk}/").status_code == 404


def deactivate(world: World, **body: Any) -> None:
    path = f"members/{world.agent.pk}/deactivate/"
    assert client_of(world.admin).post(path, body).status_code == 200


def work_of_agent(world: World) -> tuple[Conversation, Conversation, Conversation]:
    """Two that the agent has, of which one is done, and one of the manager's."""
    rows = tuple(make_conversation(world.customer, "Hello") for _ in range(3))
    for row, who in zip(rows, (world.agent, world.agent, world.manager), strict=True):
        client_of(world.admin).post(f"conversations/{row.pk}/assign/", {"assignee": str(who.pk)})
    client_of(world.agent).post(f"conversations/{rows[1].pk}/status/", {"status": "resolved"})
    return rows


def test_the_work_of_who_leaves_goes_to_the_heir_who_sees_it_then(acme: World) -> None:
    mine, done, other = work_of_agent(acme)
    deactivate(acme, reassign_to=str(acme.agent2.pk))

    with recorded_events() as events:
        finish_jobs()
        finish_jobs()

    holders = [reloaded(row).assignee_id for row in (mine, done, other)]
    assert holders == [acme.agent2.pk, None, acme.manager.pk]
    assert events.count("conversation.assigned") == 2
    heir = client_of(acme.agent2)
    assert heir.get(f"conversations/{mine.pk}/").json()["following"] is True
    assert heir.get(f"conversations/{done.pk}/").status_code == 404


def test_without_an_heir_it_is_nobodys(acme: World) -> None:
    mine, done, other = work_of_agent(acme)
    deactivate(acme)
    finish_jobs()

    holders = [reloaded(row).assignee_id for row in (mine, done, other)]
    assert holders == [None, None, acme.manager.pk]
    page = client_of(acme.admin).get(f"conversations/{mine.pk}/events/").json()["events"]
    told = (page[-1]["type"], page[-1]["actor"])
    assert told == ("conversation.assigned", {"kind": "system"})


def test_who_came_back_before_it_was_handed_over_keeps_it(acme: World) -> None:
    mine, _done, _other = work_of_agent(acme)
    deactivate(acme, reassign_to=str(acme.agent2.pk))
    client_of(acme.admin).post(f"members/{acme.agent.pk}/reactivate/")
    finish_jobs()

    assert reloaded(mine).assignee_id == acme.agent.pk


def test_a_heir_who_left_too_inherits_nothing(acme: World) -> None:
    mine, _done, _other = work_of_agent(acme)
    deactivate(acme, reassign_to=str(acme.agent2.pk))
    client_of(acme.admin).post(f"members/{acme.agent2.pk}/deactivate/")
    finish_jobs()

    assert reloaded(mine).assignee_id is None


def test_rooms_and_notes_of_who_leaves_stay(acme: World) -> None:
    row, room = make_conversation(acme.customer, "Hello"), make_room(acme.agent, acme.agent2)
    note(acme.agent, row)
    say(acme.agent, room)
    deactivate(acme)
    finish_jobs()

    path = f"conversations/{room.pk}/messages/"
    page = client_of(acme.agent2).get(path).json()["results"]
    assert [each["author"]["name"] for each in page] == ["Agent"]
