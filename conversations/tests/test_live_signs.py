"""Passing signs: who types and who looks, for those alone who may know of it, and only while so."""

from typing import Any

import pytest

from accounts.models import Membership
from accounts.services.profile import update_profile
from accounts.tests.factories import actor_for
from conftest import World
from conversations.models import Conversation
from conversations.realtime import answers
from conversations.services import assign
from conversations.tests.factories import make_conversation, reloaded, say
from conversations.tests.live import Desk, Tab, held, live
from tokdesk.common.tenancy import company_scope

pytestmark = [pytest.mark.contract, pytest.mark.django_db(transaction=True)]


def test_who_waits_for_an_answer_hears_no_signs_of_it(acme: World) -> None:
    """Before it is known whether they may see the conversation at all."""
    row = make_conversation(acme.customer, "Hello")

    async def work(desk: Desk) -> None:
        agent, outsider = await desk.tab(acme.agent), await desk.tab(acme.agent2)
        await agent.ask("sub", conv=row.pk)
        with held(answers, "open_logs") as opening:
            await outsider.send("sub", ref="question", conv=row.pk)
            await opening.until_read()
            await agent.send("typing", conv=row.pk, visibility="note")
            await agent.send("viewing", conv=row.pk, state="writing")
            await until_told(desk, agent)
            [socket] = [each for each in desk.hub.sockets if each.sight.member_id == acme.agent2.pk]
            assert socket.heads() == {}
            opening.may_go.set()
            await outsider.next_with("question")

        assert {frame["op"] for frame in outsider.heard} <= {"presence", "hb"}

    live(work)


def test_customers_see_typing_of_people_whom_they_have_met(acme: World) -> None:
    row = make_conversation(acme.customer, "Hello")

    async def work(desk: Desk) -> None:
        tabs = [await desk.tab(who) for who in (acme.agent, acme.manager, acme.customer)]
        agent, manager, customer = tabs
        for tab in tabs:
            await tab.ask("sub", conv=row.pk)
        await agent.send("typing", conv=row.pk)
        await until_told(desk, agent)
        assert (await manager.expect("typing"))["visibility"] == "public"
        assert await customer.rest() == []

        await desk.do(say, acme.agent, row)
        await desk.do(give, acme, row)
        await customer.rest()
        for tab in (agent, manager):
            forget_typing(desk)
            await tab.send("typing", conv=row.pk)
        told = [(await customer.expect("typing"))["member"]["id"] for _ in range(2)]
        assert told == [str(acme.agent.pk), str(acme.manager.pk)]

    live(work)


def test_a_question_asked_twice_takes_nobody_away(acme: World) -> None:
    row = make_conversation(acme.customer, "Hello")

    async def work(desk: Desk) -> None:
        agent, colleague = await desk.tab(acme.agent), await desk.tab(acme.manager)
        for tab in (agent, colleague):
            await tab.ask("sub", conv=row.pk)
        await agent.send("viewing", conv=row.pk, state="viewing")
        assert (await colleague.expect("viewing"))["state"] == "viewing"
        await agent.ask("sub", conv=row.pk)

        assert await colleague.rest() == []

    live(work)


def test_of_two_tabs_the_one_that_is_left_still_looks(acme: World) -> None:
    row = make_conversation(acme.customer, "Hello")

    async def work(desk: Desk) -> None:
        one, other = await desk.tab(acme.agent), await desk.tab(acme.agent)
        colleague = await desk.tab(acme.manager)
        for tab in (one, other, colleague):
            await tab.ask("sub", conv=row.pk)
        await one.send("viewing", conv=row.pk, state="viewing")
        await until_told(desk, one)
        await other.send("viewing", conv=row.pk, state="writing")
        await until_told(desk, other)
        await other.leave()
        await desk.settled()
        await one.send("viewing", conv=row.pk, state="away")
        await until_told(desk, one)

        states = [frame["state"] for frame in await colleague.rest()]
        assert states == ["viewing", "writing", "viewing", "away"]

    live(work)


def test_who_hides_is_seen_no_longer_and_leaves_no_sign(acme: World) -> None:
    row = make_conversation(acme.customer, "Hello")

    async def work(desk: Desk) -> None:
        agent, colleague = await desk.tab(acme.agent), await desk.tab(acme.manager)
        for tab in (agent, colleague):
            await tab.ask("sub", conv=row.pk)
        await agent.send("viewing", conv=row.pk, state="viewing")
        assert (await colleague.expect("viewing"))["state"] == "viewing"
        # By the API, of which the tab knows nothing.
        await desk.do(becomes, acme.agent, "invisible")
        await agent.send("viewing", conv=row.pk, state="writing")
        assert (await colleague.expect("viewing"))["state"] == "away"
        await colleague.rest()
        late = await desk.tab(acme.admin)
        await late.ask("sub", conv=row.pk)
        assert [frame["op"] for frame in await late.rest() if frame["op"] == "viewing"] == []

        await desk.do(becomes, acme.agent, "online")
        await agent.send("viewing", conv=row.pk, state="viewing")
        assert (await colleague.expect("viewing"))["state"] == "viewing"

    live(work)


async def until_told(desk: Desk, tab: Tab) -> None:
    """What the tab has sent is worked off."""
    await tab.rest()
    await desk.settled()


def forget_typing(desk: Desk) -> None:
    for socket in desk.hub.sockets:
        socket.typed_at.clear()


def give(world: World, row: Conversation) -> None:
    assign(actor=actor_for(world.admin), conversation=reloaded(row), assignee=world.manager)


def becomes(who: Membership, state: str) -> Any:
    with company_scope(who.company_id):
        return update_profile(actor=actor_for(who), changes={"availability": state})
