"""Rights move while they are being read: the newest always wins, for everybody."""

import pytest

from accounts.tests.factories import actor_for, change_role
from companies.services import rights_of
from conftest import World
from conversations.realtime import answers, people, seeing
from conversations.services import mark_read
from conversations.tests.factories import make_conversation, say
from conversations.tests.live import Desk, failing, held, live
from departments.services import add_department_member, remove_department_member
from tokdesk.common.roles import Role

pytestmark = [pytest.mark.contract, pytest.mark.django_db(transaction=True)]


def test_who_comes_while_rights_are_read_does_not_keep_older_ones(acme: World) -> None:
    row = make_conversation(acme.customer, "Hello")

    async def work(desk: Desk) -> None:
        await desk.tab(acme.manager)
        await desk.settled()
        with held(people, "come_in") as coming:
            agent = await desk.begin(acme.agent)
            await coming.until_read()
            with held(seeing, "standings") as reading:
                await desk.do(moved_out, acme)
                await reading.until_read()
                coming.may_go.set()
                await agent.expect("ready")
                reading.may_go.set()
                await desk.settled()

        [socket] = [each for each in desk.hub.sockets if each.sight.member_id == acme.agent.pk]
        assert socket.sight.departments == frozenset()
        assert (await agent.ask("sub", conv=row.pk))["code"] == "not_found"

    live(work)


def test_of_two_readings_the_older_never_counts(acme: World) -> None:
    async def work(desk: Desk) -> None:
        await desk.tab(acme.agent)
        await desk.settled()
        [socket] = desk.hub.sockets
        with held(seeing, "standings") as reading:
            socket.room.check_soon()
            await reading.until_read()
            await desk.do(moved_out, acme)
            socket.room.check_soon()
            reading.may_go.set()
            await desk.settled()

        assert reading.calls == 2
        assert socket.sight.departments == frozenset()
        assert socket.sight.version == socket.room.rights.version

    live(work)


def test_rights_that_could_not_be_read_are_read_again(acme: World) -> None:
    async def work(desk: Desk) -> None:
        await desk.tab(acme.agent)
        await desk.settled()
        [socket] = desk.hub.sockets
        with failing(seeing, "standings"):
            await desk.do(moved_out, acme)
            socket.room.check_soon()
            await desk.settled()
            socket.room.look(0)
            await desk.settled()

        assert socket.sight.departments == frozenset()

    live(work)


@pytest.mark.parametrize("who", ["agent", "customer"])
def test_who_changes_sides_comes_in_anew(acme: World, who: str) -> None:
    """Staff and customers count logs each in their own way."""

    async def work(desk: Desk) -> None:
        member = getattr(acme, who)
        tab = await desk.tab(member)
        role = Role.USER if who == "agent" else Role.AGENT
        await desk.do(change_role, actor=actor_for(acme.admin), member=member, role=role)

        assert await tab.closed() == 4401

    live(work)


def test_entries_that_could_not_be_read_are_told_later(acme: World) -> None:
    row = make_conversation(acme.customer, "Hello")

    async def work(desk: Desk) -> None:
        agent = await desk.tab(acme.agent)
        await agent.ask("sub", conv=row.pk)
        await desk.settled()
        [socket] = desk.hub.sockets
        with failing(seeing, "standings"):
            await desk.do(placed, acme)
            await desk.do(say, acme.customer, row, "Not lost")
            await desk.settled()
            socket.room.look(0)

            assert [frame["data"]["body"] for frame in await agent.rest()] == ["Not lost"]

    live(work)


def test_a_language_is_spoken_as_soon_as_it_is_chosen(acme: World) -> None:
    row = make_conversation(acme.customer, "Hello")

    async def work(desk: Desk) -> None:
        agent = await desk.tab(acme.agent)
        await desk.do(speaks_arabic, acme)
        await desk.settled()
        [socket] = desk.hub.sockets
        states = await desk.do(rights_of, [acme.company.pk])
        socket.room.check(states[acme.company.pk])
        await desk.settled()

        refused = await agent.ask("send", conv=row.pk, client_id="1" * 32, body=" ")
        assert any("\u0600" <= letter <= "\u06ff" for letter in refused["detail"])

    live(work)


def test_places_of_before_are_forgotten_with_a_restored_database(acme: World) -> None:
    row = make_conversation(acme.customer, "Hello")

    async def work(desk: Desk) -> None:
        agent = await desk.tab(acme.agent)
        for seq in (1, 2):
            await agent.send("read", conv=row.pk, seq=seq)
        await agent.rest()
        [socket] = desk.hub.sockets
        socket.room._start_over("new")
        await agent.leave()
        await desk.settled()

        assert await desk.do(reads_again, acme, row) == 1

    live(work)


def moved_out(world: World) -> None:
    actor = actor_for(world.admin)
    remove_department_member(actor=actor, department=world.support, member=world.agent)


def placed(world: World) -> None:
    actor = actor_for(world.admin)
    add_department_member(actor=actor, department=world.support, member=world.agent2)


def speaks_arabic(world: World) -> None:
    answers.update_profile(actor=actor_for(world.agent), changes={"language": "ar"})


def reads_again(world: World, row: object) -> int:
    return mark_read(actor=actor_for(world.agent), conversation=row, seq=1).seq  # type: ignore[arg-type]
