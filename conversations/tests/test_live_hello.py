"""Coming in: the ticket, the first frame, and who is not let in."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import SocketTicket
from accounts.services.members import deactivate_member
from accounts.tests.factories import actor_for
from companies.services import suspend_company
from conftest import World
from conversations.tests.live import PATIENCE_SECONDS, Desk, Tab, live, ticket_of
from tokdesk.common.actor import Actor, ActorKind
from tokdesk.common.live.goodbye import say_goodbye
from tokdesk.common.live.socket import HELLO_SECONDS
from tokdesk.common.roles import Role
from tokdesk.common.tenancy import company_scope
from tokdesk.routing import PATH

pytestmark = [pytest.mark.contract, pytest.mark.django_db(transaction=True)]

ORIGIN = "http://127.0.0.1:8000"


def test_a_ticket_opens_a_socket(acme: World) -> None:
    async def work(desk: Desk) -> None:
        tab = await desk.tab(acme.agent)

        ready = tab.ready
        assert ready["member"] == {
            "id": str(acme.agent.pk),
            "name": "Agent",
            "role": "agent",
            "avatar": None,
            "availability": acme.agent.availability,
        }
        assert ready["company"] == {"id": str(acme.company.pk), "name": "Acme", "slug": "acme"}
        assert (ready["heartbeat_ms"], ready["bundle"]) == (20_000, "")
        assert ready["limits"] == {
            "frame_bytes": 65536,
            "frames_per_second": 10,
            "burst": 20,
            "subscriptions": 200,
            "sockets": 8,
        }

    live(work)


def test_a_ticket_opens_one_socket_only(acme: World) -> None:
    async def work(desk: Desk) -> None:
        ticket = await desk.do(ticket_of, acme.agent)
        codes = [await hello(desk, ticket) for _ in range(2)]

        assert codes == [None, 4401]

    live(work)


def test_no_other_ticket_does(acme: World) -> None:
    async def work(desk: Desk) -> None:
        late = await desk.do(ticket_of, acme.agent)
        await desk.do(run_out)
        tickets = [late, "x" * 43, "", "\u200f"]

        assert [await hello(desk, each) for each in tickets] == [4401] * 4

    live(work)


def test_a_ticket_dies_with_its_session(acme: World) -> None:
    async def work(desk: Desk) -> None:
        fired = await desk.do(ticket_of, acme.agent2)
        await desk.do(deactivate, acme)
        assert await hello(desk, fired) == 4401

        suspended = await desk.do(ticket_of, acme.agent)
        await desk.do(suspend, acme)
        assert await hello(desk, suspended) == 4401

    live(work)


def test_before_hello_nothing_else_is_answered(acme: World) -> None:
    async def work(desk: Desk) -> None:
        tab = Tab(desk, acme.agent)
        await tab.connect()
        for _ in range(3):
            await tab.send("sub_inbox", ref="a")

        assert [(await tab.expect("err"))["code"] for _ in range(3)] == ["not_authenticated"] * 3
        assert await tab.closed() == 4400

    live(work)


@pytest.mark.parametrize("fields", [{}, {"v": 1}, {"v": 2}, {"v": True}, {"v": "1"}, {"more": 1}])
def test_a_hello_that_is_none_is_a_bad_frame(acme: World, fields: dict[str, Any]) -> None:
    async def work(desk: Desk) -> None:
        tab = Tab(desk, acme.agent)
        await tab.connect()
        if fields != {"v": 1}:
            fields.setdefault("ticket", "x")
        await tab.send("hello", **fields)

        assert (await tab.expect("err"))["code"] == "bad_frame"

    live(work)


def test_a_second_hello_changes_nothing(acme: World) -> None:
    async def work(desk: Desk) -> None:
        tab = await desk.tab(acme.agent)
        for _ in range(4):
            answer = await tab.ask("hello", ticket="x", v=1)
            assert answer["code"] == "already_authenticated"

        assert (await tab.ask("unsub", conv=acme.agent.pk))["op"] == "ok"

    live(work)


def test_who_says_nothing_is_shown_out(acme: World) -> None:
    async def work(desk: Desk) -> None:
        tab = Tab(desk, acme.agent)
        await tab.connect()
        [socket] = desk.hub.sockets
        socket.opened_at -= HELLO_SECONDS + 1

        assert await tab.closed() == 4408

    live(work)


def test_who_says_hello_wrongly_is_shown_out_too(acme: World) -> None:
    async def work(desk: Desk) -> None:
        tab = Tab(desk, acme.agent)
        await tab.connect()
        await tab.send("hello", v=1)
        await tab.expect("err")
        [socket] = desk.hub.sockets
        socket.opened_at -= HELLO_SECONDS + 1

        assert await tab.closed() == 4408

    live(work)


def test_the_ninth_socket_of_a_person_is_one_too_many(acme: World) -> None:
    async def work(desk: Desk) -> None:
        tabs = [await desk.tab(acme.agent) for _ in range(8)]
        assert await hello(desk, await desk.do(ticket_of, acme.agent)) == 4429
        assert await hello(desk, await desk.do(ticket_of, acme.agent2)) is None

        await tabs[0].leave()
        await desk.settled()
        assert await hello(desk, await desk.do(ticket_of, acme.agent)) is None

    live(work)


@pytest.mark.parametrize(
    ("headers", "is_let_in"),
    [
        ({}, True),
        ({"origin": ORIGIN}, True),
        ({"origin": "https://desk.example"}, False),
        ({"origin": "null"}, False),
        ({"origin": ORIGIN + ".evil.example"}, False),
        ({"origin": "http://evil.example"}, False),
        ({"origin": ""}, False),
    ],
)
def test_only_our_pages_open_a_socket(acme: World, headers: Any, is_let_in: bool) -> None:
    async def work(desk: Desk) -> None:
        tab = Tab(desk, acme.agent)
        try:
            await tab.connect(**headers)
            was_let_in = True
        except ConnectionRefusedError:
            was_let_in = False

        assert was_let_in is is_let_in

    live(work)


def test_there_is_one_path(acme: World) -> None:
    async def work(desk: Desk) -> None:
        for path in ("/ws/", "/ws/v2/", PATH + "more", "/"):
            tab = Tab(desk, acme.agent)
            with pytest.raises(ConnectionRefusedError):
                await tab.connect(path)

    live(work)


def test_a_desk_that_stops_tells_everybody(acme: World) -> None:
    async def work(desk: Desk) -> None:
        tab = await desk.tab(acme.agent)
        [socket] = desk.hub.sockets
        other = await desk.tab(acme.manager)
        # A writer that is cancelled before it has begun: nobody waits for it.
        [gone] = desk.hub.sockets - {socket}
        gone.push_heartbeat()
        gone.end()
        desk.hub.sockets.add(gone)
        async with asyncio.timeout(PATIENCE_SECONDS):
            await say_goodbye()

        assert await tab.closed() == 4503
        assert (tab.heard[-1]["op"], tab.heard[-1]["code"]) == ("bye", 4503)
        late = Tab(desk, acme.agent)
        await late.connect()
        await late.send("hello", ticket=await desk.do(ticket_of, acme.agent), v=1)
        assert await late.closed() == 4503
        assert other.ready["op"] == "ready"

    live(work)


async def hello(desk: Desk, ticket: str) -> int | None:
    """The code with which the server closes; none when it is ready."""
    tab = Tab(desk, None)
    await tab.connect()
    await tab.send("hello", ticket=ticket, v=1)
    return await tab.ready_or_closed()


def run_out() -> None:
    SocketTicket.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def deactivate(world: World) -> None:
    with company_scope(world.company.pk):
        deactivate_member(actor=actor_for(world.admin), member=world.agent2)


def suspend(world: World) -> None:
    actor = Actor(ActorKind.PLATFORM, Role.SUPER_ADMIN)
    suspend_company(actor=actor, company=world.company, reason="A test")
