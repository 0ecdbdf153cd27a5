"""What comes between a question and its answer: nothing is lost, told backwards, or left behind."""

import asyncio
import json
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F

from conftest import World
from conversations.doors import every_conversation
from conversations.models import Conversation
from conversations.realtime import answers, inbox, listing, pointers, reading
from conversations.services.log import stream_of
from conversations.tests.factories import make_conversation, say
from conversations.tests.live import Desk, failing, held, live
from conversations.tests.test_live_inbox import delete, listening, room_of
from conversations.tests.test_live_slow import read_seq
from tokdesk.common.models import Event
from tokdesk.common.tenancy import company_scope

pytestmark = [pytest.mark.contract, pytest.mark.django_db(transaction=True)]


def socket_of(desk: Desk, member: Any) -> Any:
    [found] = [each for each in desk.hub.sockets if each.sight.member_id == member.pk]
    return found


def test_an_older_answer_while_new_entries_are_read_skips_none(acme: World) -> None:
    row = make_conversation(acme.customer, "Hello")

    async def work(desk: Desk) -> None:
        first, second = await desk.tab(acme.agent), await desk.tab(acme.manager)
        with held(answers, "open_logs") as opening:
            await first.send("sub", conv=row.pk, ref="q")
            await opening.until_read()
            await desk.do(say, acme.customer, row, "three")
            await desk.do(say, acme.customer, row, "four")
            assert (await second.ask("sub", conv=row.pk))["head"] == 4
            with held(reading, "new_entries") as reads:
                await desk.do(say, acme.customer, row, "five")
                await reads.until_read()
                opening.may_go.set()
                assert (await first.next_with("q"))["head"] == 2
                reads.may_go.set()
                seqs = [each["seq"] for each in await first.rest() if each["op"] == "event"]
        assert seqs == [3, 4, 5]

    live(work)


def test_a_socket_that_closed_while_it_asked_twice_follows_nothing(acme: World) -> None:
    row = make_conversation(acme.customer, "Hello")

    async def work(desk: Desk) -> None:
        _stays, _goes = await desk.tab(acme.manager), await desk.tab(acme.agent)
        room, socket = room_of(desk), socket_of(desk, acme.agent)
        frame = json.dumps({"op": "sub", "conv": str(row.pk)})
        with held(answers, "open_logs") as opening:
            for _ in range(2):
                await socket.websocket_receive({"text": frame})
            await opening.until_read()
            socket.end()
            opening.may_go.set()
            await desk.settled()
        await desk.settled()
        assert socket not in room.sockets
        assert row.pk not in room.topics

    live(work)


def test_who_begins_to_listen_while_a_row_is_read_gets_it(
    acme: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commit is seen by that reading, before its hint is heard."""
    row = make_conversation(acme.customer, "Hello")
    may_go = threading.Event()

    async def work(desk: Desk) -> None:
        await listening(desk, acme.agent)
        room = room_of(desk)
        loop, waits = asyncio.get_running_loop(), asyncio.Event()
        true, hear = listing.inbox_rows, room.hear
        kept: list[Any] = []

        def late(*arguments: Any) -> Any:
            loop.call_soon_threadsafe(waits.set)
            assert may_go.wait(10)
            return true(*arguments)

        monkeypatch.setattr(listing, "inbox_rows", late)
        room.inbox.moved(row.pk, 2, is_public=True)
        await waits.wait()
        newcomer = await desk.tab(acme.manager)
        assert (await newcomer.ask("sub_inbox"))["op"] == "inbox_ok"
        room.hear = kept.append
        await desk.do(say, acme.customer, row, "three")
        monkeypatch.setattr(listing, "inbox_rows", true)
        may_go.set()
        await desk.settled()
        room.hear = hear
        for message in kept:
            room.hear(message)
        rows = [each for each in await newcomer.rest() if each["op"] == "inbox"]
        room.tick()
        rows += [each for each in await newcomer.rest() if each["op"] == "inbox"]
        assert rows[-1]["conversation"]["last_seq"] == 3

    live(work)


def test_counts_that_overtook_an_older_answer_are_told_again(acme: World) -> None:
    make_conversation(acme.customer, "Hello")

    async def work(desk: Desk) -> None:
        agent = await desk.tab(acme.agent)
        with held(answers, "open_inbox") as opening:
            await agent.send("sub_inbox", ref="q")
            await opening.until_read()
            await desk.do(make_conversation, acme.customer, "Second")
            assert (await agent.expect("counts"))["open"] == 2
            opening.may_go.set()
            assert (await agent.next_with("q"))["counts"]["open"] == 1
        told = [each["open"] for each in await agent.rest() if each["op"] == "counts"]
        assert told[-1:] == [2]

    live(work)


def test_nobody_reads_backwards(acme: World) -> None:
    row = make_conversation(acme.customer, "Hello")

    async def work(desk: Desk) -> None:
        agent = await desk.tab(acme.agent)
        await agent.ask("sub", conv=row.pk)
        await desk.do(say, acme.customer, row, "three")
        await agent.rest()
        named = {"k": "read", "conv": row.pk.hex, "member": acme.customer.pk.hex}
        room_of(desk).hear({**named, "seq": 3, "before": 2})
        room_of(desk).hear({**named, "seq": 2, "before": 1})
        assert [each["seq"] for each in await agent.rest() if each["op"] == "read"] == [3]

    live(work)


def test_a_read_that_could_not_be_told_is_told_later(acme: World) -> None:
    row = make_conversation(acme.customer, "Hello")

    async def work(desk: Desk) -> None:
        agent = await desk.tab(acme.agent)
        await agent.ask("sub", conv=row.pk)
        room = room_of(desk)
        named = {"k": "read", "conv": row.pk.hex, "member": acme.customer.pk.hex}
        with failing(reading, "read_frames"):
            room.hear({**named, "seq": 2, "before": 1})
            await desk.settled()
        room.look(0)
        assert [each["op"] for each in await agent.rest() if each["op"] == "read"] == ["read"]

    live(work)


def test_who_has_left_looks_at_nothing(acme: World) -> None:
    row = make_conversation(acme.customer, "Hello")

    async def work(desk: Desk) -> None:
        _stays, _goes = await desk.tab(acme.manager), await desk.tab(acme.agent)
        room, socket = room_of(desk), socket_of(desk, acme.agent)
        frame = {"op": "viewing", "conv": str(row.pk), "state": "viewing"}
        with held(answers, "require_visible") as step:
            await socket.websocket_receive({"text": json.dumps(frame)})
            await step.until_read()
            socket.end()
            step.may_go.set()
            await desk.settled()
        await desk.settled()
        assert room.signs.views(row.pk, acme.manager.pk) == []

    live(work)


def test_a_log_that_was_restored_while_it_was_asked_for_is_asked_for_anew(acme: World) -> None:
    row = make_conversation(acme.customer, "Hello")

    async def work(desk: Desk) -> None:
        agent = await desk.tab(acme.agent)
        with held(answers, "open_logs") as opening:
            await agent.send("sub", conv=row.pk, ref="q")
            await opening.until_read()
            room_of(desk)._start_over("other")
            opening.may_go.set()
            answer = await agent.next_with("q")
        assert (answer["op"], answer["reason"], answer["epoch"]) == ("resync", "epoch", "other")
        assert await agent.rest() == []

    live(work)


def test_of_two_questions_each_has_one_answer_though_one_fails(acme: World) -> None:
    row = make_conversation(acme.customer, "Hello")

    async def work(desk: Desk) -> None:
        agent = await desk.tab(acme.agent)
        socket = socket_of(desk, acme.agent)
        with held(answers, "open_logs") as opening:
            for ref in ("one", "two"):
                frame = {"op": "sub", "conv": str(row.pk), "ref": ref}
                await socket.websocket_receive({"text": json.dumps(frame)})
            await opening.until_read()
            with failing(answers, "open_logs"):
                opening.may_go.set()
                heard = await agent.rest()
        told = {each["ref"]: each["op"] for each in heard if "ref" in each}
        assert told == {"one": "sub_ok", "two": "err"}
        assert len([each for each in heard if "ref" in each]) == 2

    live(work)


def test_last_words_outlive_an_outage_of_a_moment(
    acme: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pointers, "PAUSE_SECONDS", 0.01)
    row = make_conversation(acme.customer, "Hello")

    async def work(desk: Desk) -> None:
        agent = await desk.tab(acme.agent)
        await agent.ask("sub", conv=row.pk)
        socket = socket_of(desk, acme.agent)
        frame = {"op": "read", "conv": str(row.pk), "seq": 2}
        with failing(answers, "_store_pointer", times=2):
            await socket.websocket_receive({"text": json.dumps(frame)})
            socket.end()
            await desk.settled()
        assert await desk.do(read_seq, acme) == 2

    live(work)


def test_a_process_that_ends_waits_for_all_that_is_being_stored(acme: World) -> None:
    row = make_conversation(acme.customer, "Hello")
    other = make_conversation(acme.customer, "Other")

    async def work(desk: Desk) -> None:
        agent = await desk.tab(acme.agent)
        for each in (row, other):
            await agent.ask("sub", conv=each.pk)
        room = room_of(desk)
        with held(answers, "store_pointers") as storing:
            await agent.send("read", conv=row.pk, seq=2)
            await storing.until_read()
            await agent.send("read", conv=other.pk, seq=2)
            await agent.ask("unsub", conv=other.pk)
            stores = set(room.pointers._storing)
            ending = asyncio.create_task(room.wind_up())
            storing.may_go.set()
            await ending
        assert stores
        assert all(each.done() for each in stores)

    live(work)


def test_rows_too_many_to_tell_are_asked_for_once(
    acme: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many ticks find them."""
    monkeypatch.setattr(inbox, "MOST_DUE", 3)

    async def work(desk: Desk) -> None:
        agent = await listening(desk, acme.agent)
        room = room_of(desk)
        monkeypatch.setattr(room, "hear", lambda message: None)
        for number in range(6):
            await desk.do(make_conversation, acme.customer, f"Hello {number}")
        told = []
        for _ in range(4):
            room.tick()
            told += [each["op"] for each in await agent.rest()]
        assert [op for op in told if op != "counts"] == ["resync"]

    live(work)


def test_what_went_out_of_sight_in_a_long_outage_is_told(
    acme: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = make_conversation(acme.customer, "Hello")

    async def work(desk: Desk) -> None:
        agent = await listening(desk, acme.agent)
        room = room_of(desk)
        hear = room.hear
        monkeypatch.setattr(room, "hear", lambda message: None)
        await desk.do(delete, acme, row)
        await desk.settled()
        # The database could not be read from here since.
        outage = timedelta(minutes=5)
        await desk.do(put_back, row, outage)
        room._ticked_at -= outage
        monkeypatch.setattr(room, "hear", hear)
        room.tick()
        gone = [each for each in await agent.rest() if each["op"] == "inbox_gone"]
        assert gone == [{"op": "inbox_gone", "conv": str(row.pk)}]

    live(work)


def put_back(row: Conversation, by: timedelta) -> None:
    """As if all of it had happened so much earlier."""
    every_conversation(row.company_id).filter(pk=row.pk).update(changed_at=F("changed_at") - by)
    with company_scope(row.company_id):
        Event.objects.filter(stream=stream_of(row.pk)).update(at=F("at") - by)
