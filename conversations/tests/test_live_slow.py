"""Who does not read costs no memory, whatever they ask for; who ends is not told more."""

from typing import Any

import pytest

from conftest import World
from conversations.models import Participant
from conversations.realtime import answers
from conversations.tests.factories import make_conversation
from conversations.tests.live import Desk, Tab, failing, live
from tokdesk.common.live import flow
from tokdesk.common.live.frames import encode
from tokdesk.common.tenancy import company_scope

pytestmark = [pytest.mark.contract, pytest.mark.django_db(transaction=True)]


def test_who_does_not_read_is_answered_without_entries(acme: World) -> None:
    row = make_conversation(acme.customer, "Hello")

    async def work(desk: Desk) -> None:
        agent = await desk.tab(acme.agent)
        first = await agent.ask("sub", conv=row.pk, seq=0)
        assert [event["seq"] for event in first["events"]] == [1, 2]
        since = (await agent.ask("sub_inbox"))["as_of"]
        fill(desk)

        log = await agent.ask("sub", conv=row.pk, seq=0)
        assert (log["op"], log["recovered"], log["events"], log["head"]) == ("sub_ok", False, [], 2)
        assert (await agent.ask("sub_inbox", since=since))["changed"] == []

    live(work)


def test_answers_that_fill_the_window_are_followed_by_bare_ones(acme: World) -> None:
    rows = [make_conversation(acme.customer, f"Hello {number}") for number in range(3)]

    async def work(desk: Desk) -> None:
        agent = await desk.tab(acme.agent)
        [socket] = desk.hub.sockets
        socket.window.sent(flow.MOST_UNREAD_BYTES - socket.window._sent - 500, 0)
        for number, row in enumerate(rows):
            await agent.send("sub", ref=f"s{number}", conv=row.pk, seq=0)
        told = [await agent.next_with(f"s{number}") for number in range(3)]

        assert [each["recovered"] for each in told] == [True, False, False]
        assert [len(each["events"]) for each in told] == [2, 0, 0]

    live(work)


def test_a_full_window_is_not_opened_by_guessing(acme: World) -> None:
    async def work(desk: Desk) -> None:
        agent = await desk.tab(acme.agent)
        [socket] = desk.hub.sockets
        fill(desk)
        socket.push_heartbeat()
        for number in range(1, 10):
            await agent.send("hb", n=number)
        await agent.ask("unsub", conv=acme.company.pk)

        assert socket.window.is_full is True

    live(work)


@pytest.mark.parametrize("number", ["1", 1.5, True, -1, [1], 2**60])
def test_a_heartbeat_with_no_number_is_a_bad_frame(acme: World, number: Any) -> None:
    async def work(desk: Desk) -> None:
        agent = await desk.tab(acme.agent)
        for _ in range(3):
            await agent.send("hb", n=number)

        assert await agent.closed() == 4400
        assert [frame["code"] for frame in agent.heard if frame["op"] == "err"] == ["bad_frame"] * 3

    live(work)


def test_a_heartbeat_before_hello_is_a_bad_frame(acme: World) -> None:
    async def work(desk: Desk) -> None:
        tab = Tab(desk, acme.agent)
        await tab.connect()
        for _ in range(3):
            await tab.send("hb", n=1)

        assert await tab.closed() == 4400
        assert [frame["code"] for frame in tab.heard] == ["not_authenticated"] * 3

    live(work)


def test_whose_session_has_ended_is_told_nothing_that_waited(acme: World) -> None:
    async def work(desk: Desk) -> None:
        agent = await desk.tab(acme.agent)
        [socket] = desk.hub.sockets
        await agent.rest()
        socket._out.append(encode("event", secret=True))
        socket.close(4401)

        assert await agent.closed() == 4401
        assert [frame["op"] for frame in agent.heard] == ["bye"]

    live(work)


def test_what_was_read_last_is_kept_when_the_tab_is_closed_at_once(acme: World) -> None:
    row = make_conversation(acme.customer, "Hello")

    async def work(desk: Desk) -> None:
        agent = await desk.tab(acme.agent)
        await agent.ask("sub", conv=row.pk)
        [socket] = desk.hub.sockets
        for seq in (1, 2):
            frame = f'{{"op":"read","conv":"{row.pk}","seq":{seq}}}'
            await socket.websocket_receive({"text": frame})
        socket.end()
        await desk.settled()

        assert await desk.do(read_seq, acme) == 2

    live(work)


def test_a_pointer_that_could_not_be_stored_is_stored_later(acme: World) -> None:
    row = make_conversation(acme.customer, "Hello")

    async def work(desk: Desk) -> None:
        agent = await desk.tab(acme.agent)
        await agent.ask("sub", conv=row.pk)
        [room] = desk.hub.rooms.values()
        with failing(answers, "_store_pointer"):
            await agent.send("read", conv=row.pk, seq=2)
            await agent.rest()
        assert await desk.do(read_seq, acme) == 0
        room.look(float("inf"))
        await desk.settled()

        assert await desk.do(read_seq, acme) == 2

    live(work)


def test_a_refused_message_says_what_is_wrong_with_which_field(acme: World) -> None:
    row = make_conversation(acme.customer, "Hello")

    async def work(desk: Desk) -> None:
        agent = await desk.tab(acme.agent)
        values = {"body": "Hi", "visibility": "secret", "reply_to": "nobody"}
        told = await agent.ask("send", conv=row.pk, client_id="1" * 32, **values)

        assert (told["op"], told["code"]) == ("nack", "invalid")
        codes = {name: [each["code"] for each in faults] for name, faults in told["errors"].items()}
        assert codes == {"visibility": ["invalid_choice"], "reply_to": ["invalid"]}

    live(work)


def fill(desk: Desk) -> None:
    for socket in desk.hub.sockets:
        socket.window.sent(flow.MOST_UNREAD_BYTES + 1, 0)


def read_seq(world: World) -> int:
    with company_scope(world.company.pk):
        row = Participant.objects.of_member(world.agent.pk).first()
        return row.read_seq if row else 0
