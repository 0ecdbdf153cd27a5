"""Sending, and the other frames of a socket: what answers them, and what is too much."""

from typing import Any
from uuid import uuid4

import pytest

from accounts.tests.factories import actor_for
from conftest import World
from conversations.models import Message, Participant
from conversations.services import change_status
from conversations.tests.factories import make_conversation, make_room, reloaded, say
from conversations.tests.live import Desk, Tab, live
from tokdesk.common.live import flow
from tokdesk.common.tenancy import company_scope

pytestmark = [pytest.mark.contract, pytest.mark.django_db(transaction=True)]


def test_a_message_is_acknowledged_once_it_is_stored(acme: World) -> None:
    row = make_conversation(acme.customer, "Hello")
    client_id = str(uuid4())

    async def work(desk: Desk) -> None:
        agent = await desk.tab(acme.agent)
        first = await agent.ask("send", conv=row.pk, client_id=client_id, body=" Hi ")
        stored = await desk.do(messages, acme)
        again = await agent.ask("send", conv=row.pk, client_id=client_id, body="Hi")

        assert (first.pop("ref"), again.pop("ref")) == ("r1", "r2")
        assert first == again
        assert (first["op"], first["client_id"], first["conv"]) == ("ack", client_id, str(row.pk))
        assert (first["id"], first["seq"]) == (stored[-1][0], 3)
        assert stored[-1][1] == "Hi"
        assert await desk.do(messages, acme) == stored

    live(work)


def test_a_customer_counts_in_the_own_numbering(acme: World) -> None:
    row = make_conversation(acme.customer, "Hello")
    say(acme.agent, row, visibility="note")

    async def work(desk: Desk) -> None:
        customer = await desk.tab(acme.customer)
        ack = await customer.ask("send", conv=row.pk, client_id=str(uuid4()), body="Me")

        assert (ack["op"], ack["seq"]) == ("ack", 3)

    live(work)


def test_what_cannot_be_said_is_refused_as_by_the_api(acme: World) -> None:
    row = make_conversation(acme.customer, "Hello")
    closed = make_conversation(acme.customer, "Bye")
    other = make_conversation(acme.customer, "Hello", department=acme.billing)
    used = say(acme.agent, row, "Used")
    newer = say(acme.manager, row, "Newer")
    for status in ("resolved", "closed"):
        system_moves(acme, closed, status)

    async def work(desk: Desk) -> None:
        agent, customer = await desk.tab(acme.agent), await desk.tab(acme.customer)
        asked: list[tuple[Tab, dict[str, Any], str]] = [
            (agent, {"body": "   "}, "invalid"),
            (agent, {"body": "x" * 10_001}, "invalid"),
            (agent, {}, "invalid"),
            (agent, {"body": 7}, "invalid"),
            (agent, {"body": "a", "visibility": "secret"}, "invalid"),
            (agent, {"body": "a", "reply_to": str(uuid4())}, "invalid"),
            (agent, {"body": "a", "attachments": [str(uuid4())]}, "invalid"),
            (agent, {"body": "Other", "client_id": str(used.client_id)}, "client_id_reused"),
            (agent, {"body": "a", "seen_seq": 3}, "newer_reply"),
            (agent, {"body": "a", "conv": closed.pk}, "closed"),
            (agent, {"body": "a", "conv": other.pk}, "not_found"),
            (customer, {"body": "a", "visibility": "note"}, "permission_denied"),
        ]
        for tab, fields, code in asked:
            client_id = fields.setdefault("client_id", str(uuid4()))
            answer = await tab.ask("send", **{"conv": row.pk, **fields})
            assert (answer["op"], answer["code"]) == ("nack", code), fields
            assert (answer["client_id"], bool(answer["detail"])) == (client_id, True)
            if code == "newer_reply":
                assert answer["message"]["id"] == str(newer.pk)

        assert len(await desk.do(messages, acme)) == 5

    live(work, limits=False)


def test_a_refusal_speaks_the_language_of_its_reader(acme: World) -> None:
    acme.agent.user.language = "ar"
    acme.agent.user.save()
    row = make_conversation(acme.customer, "Hello")

    async def work(desk: Desk) -> None:
        agent = await desk.tab(acme.agent)
        answer = await agent.ask("sub", conv=uuid4())
        nack = await agent.ask("send", conv=row.pk, client_id=str(uuid4()), body=" ")

        assert any("\u0600" <= letter <= "\u06ff" for letter in answer["detail"])
        assert any("\u0600" <= letter <= "\u06ff" for letter in nack["detail"])

    live(work)


def test_bad_frames_are_answered_and_the_third_closes(acme: World) -> None:
    async def work(desk: Desk) -> None:
        tab = await desk.tab(acme.agent)
        await tab.send_text("nonsense")
        await tab.send("fly")
        assert [(await tab.expect("err"))["code"] for _ in range(2)] == ["bad_frame", "unknown_op"]
        assert (await tab.ask("sub", conv=uuid4()))["code"] == "not_found"
        await tab.send("sub", conv="x", ref="last")

        assert (await tab.expect("err"))["ref"] == "last"
        assert await tab.closed() == 4400

    live(work)


@pytest.mark.parametrize("is_text", [True, False])
def test_a_frame_that_is_too_big_closes(acme: World, is_text: bool) -> None:
    async def work(desk: Desk) -> None:
        tab = await desk.tab(acme.agent)
        if is_text:
            await tab.send_text("{" + "ä" * 32768)
        else:
            await tab.send_bytes(b"x" * 65537)

        assert await tab.closed() == 4413

    live(work)


def test_too_many_frames_are_dropped_and_then_close(acme: World) -> None:
    async def work(desk: Desk) -> None:
        tab = await desk.tab(acme.agent)
        for _ in range(flow.BURST + 5):
            await tab.send("unsub", conv=uuid4())

        assert await tab.closed() == 4429
        told = [frame.get("code", frame["op"]) for frame in tab.heard if frame["op"] != "bye"]
        assert told.count("rate") == 3

    live(work)


def test_heartbeats_that_answer_ours_cost_nothing(acme: World) -> None:
    async def work(desk: Desk) -> None:
        tab = await desk.tab(acme.agent)
        [socket] = desk.hub.sockets
        for _ in range(flow.BURST + 10):
            socket.push_heartbeat()
            await tab.send("hb", n=(await tab.expect("hb"))["n"])

        assert (await tab.ask("unsub", conv=uuid4()))["op"] == "ok"

    live(work)


def test_who_says_nothing_for_a_minute_is_closed(acme: World) -> None:
    async def work(desk: Desk) -> None:
        tab = await desk.tab(acme.agent)
        [socket] = desk.hub.sockets
        socket.heard_at -= flow.SILENT_SECONDS + 1

        assert await tab.closed() == 4408
        assert tab.heard[-1] == {"op": "bye", "code": 4408, "retry_after": 0}

    live(work)


def test_a_slow_reader_gets_heads_alone_and_asks_for_the_rest(acme: World) -> None:
    row = make_conversation(acme.customer, "Hello")

    async def work(desk: Desk) -> None:
        tab = await desk.tab(acme.agent)
        await tab.ask("sub", conv=row.pk)
        [socket] = desk.hub.sockets
        socket.window.sent(flow.MOST_UNREAD_BYTES + 1, 0)
        socket.push_heartbeat()
        number = (await tab.expect("hb"))["n"]
        await desk.do(say, acme.customer, row, "Missed")
        assert await tab.rest() == []

        await tab.send("hb", n=number)
        heads = (await tab.expect("hb", heads={str(row.pk): 3}))["heads"]
        answer = await tab.ask("sub", conv=row.pk, seq=2)
        assert (heads, answer["events"][0]["data"]["body"]) == ({str(row.pk): 3}, "Missed")

        socket.window.sent(flow.MOST_UNREAD_BYTES + 1, 0)
        socket.window.slow_at -= flow.SLOW_SECONDS + 10_000_000
        assert await tab.closed() == 4408

    live(work)


def test_an_inbox_hears_of_what_changed(acme: World) -> None:
    row = make_conversation(acme.customer, "Hello")

    async def work(desk: Desk) -> None:
        agent, customer = await desk.tab(acme.agent), await desk.tab(acme.customer)
        answers = [await tab.ask("sub_inbox") for tab in (agent, customer)]
        assert [answer["op"] for answer in answers] == ["inbox_ok"] * 2
        assert answers[1]["counts"] == {"open": 1, "unread": 0}
        await desk.do(say, acme.agent, row, "Answer")

        shown = (await agent.expect("inbox"))["conversation"]
        assert (shown["last_seq"], shown["unread"], shown["preview"]) == (3, 0, "Answer")
        told = (await customer.expect("inbox"))["conversation"]
        assert (told["last_seq"], told["unread"]) == (3, 1)
        assert "assignee" not in told
        assert (await customer.expect("counts", unread=1))["open"] == 1

    live(work)


def test_an_inbox_comes_back_to_what_changed_meanwhile(acme: World) -> None:
    make_conversation(acme.customer, "Old")

    async def work(desk: Desk) -> None:
        agent = await desk.tab(acme.agent)
        first = await agent.ask("sub_inbox")
        assert first["changed"] == []
        row = await desk.do(make_conversation, acme.customer, "New")
        again = await agent.ask("sub_inbox", since=first["as_of"], epoch=first["epoch"])

        assert str(row.pk) in [each["id"] for each in again["changed"]]
        lost = await agent.ask("sub_inbox", since=first["as_of"], epoch="other")
        assert (lost["op"], lost["conv"], lost["reason"]) == ("resync", None, "epoch")
        assert (await agent.ask("sub_inbox", since="yesterday"))["code"] == "bad_frame"

    live(work)


def test_reading_moves_the_own_row_and_tells_the_others(acme: World) -> None:
    row = make_conversation(acme.customer, "Hello")

    async def work(desk: Desk) -> None:
        here, there = await desk.tab(acme.agent), await desk.tab(acme.agent)
        colleague, customer = await desk.tab(acme.manager), await desk.tab(acme.customer)
        await there.ask("sub_inbox")
        for tab in (here, colleague, customer):
            await tab.ask("sub", conv=row.pk)
        await here.send("read", conv=row.pk, seq=99)

        assert (await there.expect("inbox"))["conversation"]["unread"] == 0
        told = await colleague.expect("read")
        assert (told["member"]["id"], told["seq"]) == (str(acme.agent.pk), 2)
        # Who has never been heard of is nothing that a customer is told.
        assert await customer.rest() == []
        await desk.do(say, acme.agent, row)
        await desk.do(say, acme.customer, row)
        await here.send("read", conv=row.pk, seq=4)
        assert (await customer.expect("read"))["seq"] == 4
        assert await desk.do(read_seq, acme) == 4

    live(work)


def test_what_was_received_is_stored_and_told_nobody(acme: World) -> None:
    row = make_conversation(acme.customer, "Hello")

    async def work(desk: Desk) -> None:
        agent, customer = await desk.tab(acme.agent), await desk.tab(acme.customer)
        await agent.ask("sub", conv=row.pk)
        await customer.send("recv", conv=row.pk, seq=2)
        await customer.ask("unsub", conv=row.pk)
        await desk.settled()

        with_seat = await desk.do(received_seq, acme)
        assert (with_seat, await agent.rest()) == (2, [])

    live(work)


def test_typing_reaches_who_may_know_of_it(acme: World) -> None:
    row = make_conversation(acme.customer, "Hello")

    async def work(desk: Desk) -> None:
        agent, colleague = await desk.tab(acme.agent), await desk.tab(acme.manager)
        customer = await desk.tab(acme.customer)
        for tab in (agent, colleague, customer):
            await tab.ask("sub", conv=row.pk)
        await agent.send("typing", conv=row.pk, visibility="note")
        assert (await colleague.expect("typing"))["visibility"] == "note"
        await customer.send("typing", conv=row.pk, visibility="public")
        told = await agent.expect("typing")
        assert (told["member"]["id"], told["visibility"]) == (str(acme.customer.pk), "public")

        # Once in three seconds, and never to oneself.
        await agent.send("typing", conv=row.pk, visibility="public")
        assert [await tab.rest() for tab in (agent, customer)] == [[], []]
        refused = await customer.ask("typing", conv=row.pk, visibility="note")
        assert refused["code"] == "permission_denied"

    live(work)


def test_who_looks_at_it_is_shown_to_colleagues(acme: World) -> None:
    row = make_conversation(acme.customer, "Hello")

    async def work(desk: Desk) -> None:
        agent, colleague = await desk.tab(acme.agent), await desk.tab(acme.manager)
        customer = await desk.tab(acme.customer)
        for tab in (agent, customer):
            await tab.ask("sub", conv=row.pk)
        await agent.send("viewing", conv=row.pk, state="viewing")
        await agent.rest()
        await colleague.ask("sub", conv=row.pk)
        assert (await colleague.expect("viewing"))["state"] == "viewing"
        await agent.send("viewing", conv=row.pk, state="writing")
        assert (await colleague.expect("viewing"))["state"] == "writing"
        await agent.leave()

        assert (await colleague.expect("viewing"))["state"] == "away"
        assert await customer.rest() == []

    live(work)


def test_presence_is_told_and_an_invisible_person_is_not_there(acme: World) -> None:
    room = make_room(acme.agent, acme.manager)

    async def work(desk: Desk) -> None:
        manager = await desk.tab(acme.manager)
        agent = await desk.tab(acme.agent)
        for tab in (manager, agent):
            await tab.ask("sub", conv=room.pk)
        for state, seen in (("online", "online"), ("busy", "busy"), ("invisible", "offline")):
            assert (await agent.ask("availability", state=state))["op"] == "ok"
            told = await manager.expect("presence", availability=seen)
            assert told["member"]["id"] == str(acme.agent.pk)
        await desk.settled()
        await agent.send("typing", conv=room.pk)
        await agent.send("viewing", conv=room.pk, state="viewing")
        await agent.send("read", conv=room.pk, seq=1)
        await agent.rest()
        await agent.leave()

        assert await manager.rest() == []

    live(work)


def messages(world: World) -> list[tuple[str, str]]:
    with company_scope(world.company.pk):
        rows = Message.objects.order_by("created_at", "id").values_list("pk", "body")
        return [(str(pk), body) for pk, body in rows]


def seat(world: World, who: Any) -> Participant:
    with company_scope(world.company.pk):
        found: Participant = Participant.objects.of_member(who.pk).get()
        return found


def read_seq(world: World) -> int:
    return seat(world, world.agent).read_seq


def received_seq(world: World) -> int:
    return seat(world, world.customer).received_seq


def system_moves(world: World, row: Any, status: str) -> None:
    if status == "closed":
        with company_scope(world.company.pk):
            type(row).objects.filter(pk=row.pk).update(status="closed")
        return
    change_status(actor=actor_for(world.admin), conversation=reloaded(row), status=status)
