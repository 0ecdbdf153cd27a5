"""Rows of the inbox: everybody who needs one gets it, whatever fails, and nobody else does."""

import time
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from accounts.tests.factories import actor_for
from conftest import World
from conversations.models import Conversation
from conversations.realtime import inbox, listing, reading
from conversations.realtime.listing import Due
from conversations.services import (
    add_participant,
    delete_conversation,
    mark_read,
    update_conversation,
)
from conversations.tests.factories import make_conversation, note, reloaded, say
from conversations.tests.live import Desk, Tab, failing, held, live
from tokdesk.common.ids import new_id
from tokdesk.common.live import flow

pytestmark = [pytest.mark.contract, pytest.mark.django_db(transaction=True)]


def test_a_row_told_to_one_person_is_still_told_to_the_others(acme: World) -> None:
    row = make_conversation(acme.customer, "Hello")

    async def work(desk: Desk) -> None:
        agent, manager = await listening(desk, acme.agent), await listening(desk, acme.manager)
        room = room_of(desk)
        await desk.do(say, acme.customer, row, "Heard of late")
        await agent.rest()
        await manager.rest()
        # The hint for one person comes before the one for all.
        room.inbox._told.clear()
        room.inbox.changed_for(row.pk, acme.agent.pk)
        await desk.settled()
        room.inbox.moved(row.pk, 3, is_public=True)

        assert [shown(frame) for frame in await manager.rest()] == [(str(row.pk), 3)]

    live(work)


def test_what_failed_for_all_is_not_told_to_one_alone(acme: World) -> None:
    row = make_conversation(acme.customer, "Hello")

    async def work(desk: Desk) -> None:
        agent, manager = await listening(desk, acme.agent), await listening(desk, acme.manager)
        room = room_of(desk)
        with failing(listing, "inbox_rows"):
            await desk.do(say, acme.customer, row, "Hello again")
            room.inbox.changed_for(row.pk, acme.agent.pk)
            await desk.settled()
            room.look(0)

            assert (await manager.expect("inbox"))["conversation"]["last_seq"] == 3
            assert (await agent.expect("inbox"))["conversation"]["last_seq"] == 3

    live(work)


EARLY, LATE = (datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2))


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        (
            Due(LATE, 3, is_for_all=True),
            Due(EARLY, named=frozenset({UUID(int=1)})),
            Due(EARLY, 3, is_for_all=True, named=frozenset({UUID(int=1)})),
        ),
        (
            Due(EARLY, 4, is_for_all=True, is_public=True),
            Due(LATE, 5, is_for_all=True),
            Due(EARLY, 5, is_for_all=True, is_public=True),
        ),
        (
            Due(LATE, named=frozenset({UUID(int=1)})),
            Due(LATE, named=frozenset({UUID(int=2)})),
            Due(LATE, named=frozenset({UUID(int=1), UUID(int=2)})),
        ),
    ],
)
def test_two_reasons_for_a_row_make_one_that_serves_both(one: Due, other: Due, both: Due) -> None:
    assert one.and_also(other) == other.and_also(one) == both


def test_customers_hear_nothing_of_what_only_staff_may_know(acme: World) -> None:
    """Neither at once nor by the tick, in a process that has told them nothing of it yet."""
    row = make_conversation(acme.customer, "Hello")

    async def work(desk: Desk) -> None:
        customer, agent = await listening(desk, acme.customer), await listening(desk, acme.agent)
        await desk.do(note, acme.agent, row)
        room = room_of(desk)
        room.tick()
        await desk.settled()

        assert (await agent.expect("inbox"))["conversation"]["last_seq"] == 3
        assert await customer.rest() == []
        await desk.do(say, acme.agent, row)
        assert (await customer.expect("inbox"))["conversation"]["last_seq"] == 3

    live(work)


def test_a_hint_that_comes_late_is_still_told_to_customers(acme: World) -> None:
    row = make_conversation(acme.customer, "Hello")

    async def work(desk: Desk) -> None:
        customer = await listening(desk, acme.customer)
        room = room_of(desk)
        await desk.do(say, acme.agent, row)
        await customer.rest()
        room.inbox._told.clear()
        room.inbox.moved(row.pk, 4, is_public=False)
        await desk.settled()
        assert await customer.rest() == []
        room.inbox.moved(row.pk, 3, is_public=True)

        assert [shown(frame) for frame in await customer.rest()] == [(str(row.pk), 3)]

    live(work)


def test_a_customer_knows_a_version_that_moves_with_what_they_see(acme: World) -> None:
    row = make_conversation(acme.customer, "Hello")

    async def work(desk: Desk) -> None:
        customer = await listening(desk, acme.customer)
        await desk.do(say, acme.agent, row)
        first = (await customer.expect("inbox"))["conversation"]["version"]
        await desk.do(note, acme.agent, row)
        await desk.do(urgent, acme, row)
        await desk.do(mark_read, actor=actor_for(acme.customer), conversation=row, seq=9)

        assert (await customer.expect("inbox"))["conversation"]["version"] == first
        await desk.do(say, acme.agent, row)
        assert (await customer.expect("inbox"))["conversation"]["version"] > first

    live(work)


def test_who_never_saw_it_hears_nothing_of_its_end(acme: World) -> None:
    row = make_conversation(acme.customer, "Hello")
    seen = make_conversation(acme.customer, "Hello")
    add_participant(actor=actor_for(acme.agent), conversation=seen, member=acme.agent2)

    async def work(desk: Desk) -> None:
        outsider = await listening(desk, acme.agent2)
        insider, customer = await listening(desk, acme.agent), await listening(desk, acme.customer)
        for each in (row, seen):
            await desk.do(delete, acme, each)

        for tab in (insider, customer):
            assert {frame["conv"] for frame in await tab.rest() if frame["op"] == "inbox_gone"} == {
                str(row.pk),
                str(seen.pk),
            }
        gone = [frame for frame in await outsider.rest() if frame["op"] == "inbox_gone"]
        assert [frame["conv"] for frame in gone] == [str(seen.pk)]

    live(work)


def test_counts_that_could_not_be_read_are_told_later(acme: World) -> None:
    row = make_conversation(acme.customer, "Hello")

    async def work(desk: Desk) -> None:
        agent = await desk.tab(acme.agent)
        await agent.ask("sub_inbox")
        with failing(reading, "counts"):
            await desk.do(say, acme.customer, row)
            await desk.settled()
            room_of(desk).look(0)
            await desk.settled()

        assert "counts" in {frame["op"] for frame in await agent.rest()}

    live(work)


def test_who_was_too_slow_is_told_to_ask_anew(acme: World) -> None:
    row = make_conversation(acme.customer, "Hello")

    async def work(desk: Desk) -> None:
        agent = await listening(desk, acme.agent)
        [socket] = desk.hub.sockets
        socket.window.sent(flow.MOST_UNREAD_BYTES + 1, time.monotonic())
        socket.push_heartbeat()
        number = (await agent.expect("hb"))["n"]
        await desk.do(say, acme.customer, row, "Not read")
        assert await agent.rest() == []
        await agent.send("hb", n=number)

        told = await agent.expect("resync")
        assert (told["conv"], told["reason"]) == (None, "pruned")
        assert (await agent.expect("counts"))["open"] == 1

    live(work)


def test_more_rows_than_one_question_may_hold_are_told_in_turns(
    acme: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "MOST_ROWS", 2)
    rows = [make_conversation(acme.customer, f"Hello {number}") for number in range(5)]

    async def work(desk: Desk) -> None:
        agent = await listening(desk, acme.agent)
        room = room_of(desk)
        for row in rows:
            room.inbox.moved(row.pk, 2, is_public=True)

        told = [shown(frame)[0] for frame in await agent.rest() if frame["op"] == "inbox"]
        assert told == [str(row.pk) for row in rows]

    live(work)


def test_where_too_many_rows_wait_all_are_told_to_ask(
    acme: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "MOST_DUE", 3)
    row = make_conversation(acme.customer, "Hello")

    async def work(desk: Desk) -> None:
        agent = await listening(desk, acme.agent)
        room = room_of(desk)
        with held(listing, "inbox_rows") as step:
            room.inbox.moved(row.pk, 2, is_public=True)
            await step.until_read()
            for _ in range(4):
                room.inbox.moved(new_id(), 2, is_public=True)
            step.may_go.set()

        assert (await agent.expect("resync"))["reason"] == "pruned"
        assert room.inbox._due == {}

    live(work)


async def listening(desk: Desk, who: Any) -> Tab:
    tab = await desk.tab(who)
    assert (await tab.ask("sub_inbox"))["op"] == "inbox_ok"
    await tab.rest()
    return tab


def room_of(desk: Desk) -> Any:
    [room] = desk.hub.rooms.values()
    return room


def shown(frame: dict[str, Any]) -> tuple[str, int]:
    row = frame["conversation"] if frame["op"] == "inbox" else {"id": frame["op"], "last_seq": 0}
    return row["id"], row["last_seq"]


def urgent(world: World, row: Conversation) -> None:
    update_conversation(
        actor=actor_for(world.admin), conversation=reloaded(row), changes={"priority": "urgent"}
    )


def delete(world: World, row: Conversation) -> None:
    delete_conversation(actor=actor_for(world.admin), conversation=reloaded(row))
