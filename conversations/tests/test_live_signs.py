"""Passing signs: who types and who looks, for those alone who may know of it, and only while so."""

from typing import Any
from uuid import UUID

import pytest

from accounts import presence
from accounts.models import Membership
from accounts.services.profile import update_profile
from accounts.tests.factories import actor_for
from conftest import World
from conversations.api.serializers.people import person
from conversations.models import Conversation
from conversations.realtime import answers, people
from conversations.services import assign
from conversations.tests.factories import make_conversation, reloaded, say
from conversations.tests.live import Desk, Tab, failing, held, live
from conversations.tests.test_live_inbox import room_of
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


def test_who_hides_where_no_staff_is_is_not_shown_to_the_first_who_comes(acme: World) -> None:
    """A process with customers alone remembers what it hears of the staff elsewhere."""
    row = make_conversation(acme.customer, "Hello")

    async def work(desk: Desk) -> None:
        customer = await desk.tab(acme.customer)
        await customer.ask("sub", conv=row.pk)
        looks = {"k": "viewing", "conv": row.pk.hex, "state": "viewing", "public": False}
        for who in (acme.agent, acme.agent2):
            shown = {"socket": who.pk.hex, "member": {**person(who), "id": str(who.pk)}}
            room_of(desk).hear({**looks, **shown})
        await desk.do(becomes, acme.agent, "invisible")
        await desk.settled()
        first = await desk.tab(acme.manager)
        await first.ask("sub", conv=row.pk)
        told = [each for each in await first.rest() if each["op"] == "viewing"]
        assert [each["member"]["id"] for each in told] == [str(acme.agent2.pk)]

        # A word of before they hid, which comes late, tells nothing either.
        room_of(desk).hear({**looks, "socket": "late", "member": person(acme.agent)})
        room_of(desk).tick()
        assert [each for each in await first.rest() if each["op"] == "viewing"] == []

    live(work)


def test_who_leaves_before_anybody_has_looked_is_told_to_have_left(acme: World) -> None:
    """REST had told of them, to a socket whose room knew nobody yet."""

    async def work(desk: Desk) -> None:
        await desk.do(becomes, acme.manager, "online")
        agent = await desk.tab(acme.agent)
        await agent.rest()
        colleague, company_id = acme.manager.pk, acme.company.pk
        await desk.do(presence.enter, company_id, colleague, "elsewhere", most=8)
        assert colleague in await desk.do(shown_in, company_id)
        await desk.do(people.take_leave, company_id, [(colleague, "elsewhere")])
        told = [each for each in await agent.rest() if each["op"] == "presence"]
        assert [(each["member"]["id"], each["availability"]) for each in told] == [
            (str(colleague), "offline")
        ]

        # The going of somebody who hides is no news.
        await desk.do(becomes, acme.manager, "invisible")
        await agent.rest()
        await desk.do(presence.enter, company_id, colleague, "elsewhere", most=8)
        await desk.do(people.take_leave, company_id, [(colleague, "elsewhere")])
        assert [each for each in await agent.rest() if each["op"] == "presence"] == []

    live(work)


def test_a_process_ends_in_good_order_though_nobody_can_be_told_who_left(acme: World) -> None:
    async def work(desk: Desk) -> None:
        await desk.tab(acme.agent)
        room = room_of(desk)
        [socket] = desk.hub.sockets
        with failing(people, "_seen"):
            socket.end()
            await room.wind_up()
        assert acme.agent.pk not in await desk.do(shown_in, acme.company.pk)

    live(work)


def test_who_hides_before_anybody_has_looked_is_told_to_have_left(acme: World) -> None:
    async def work(desk: Desk) -> None:
        await desk.do(becomes, acme.manager, "online")
        agent = await desk.tab(acme.agent)
        await agent.rest()
        await desk.do(presence.enter, acme.company.pk, acme.manager.pk, "elsewhere", most=8)
        await desk.do(becomes, acme.manager, "invisible")
        told = [each for each in await agent.rest() if each["op"] == "presence"]
        assert [each["availability"] for each in told] == ["offline"]
        await desk.do(becomes, acme.manager, "offline")
        assert [each for each in await agent.rest() if each["op"] == "presence"] == []

    live(work)


def test_a_flood_of_signs_is_announced_once(acme: World, monkeypatch: pytest.MonkeyPatch) -> None:
    row = make_conversation(acme.customer, "Hello")
    calls: list[Any] = []
    true = people.announce_signs

    def counted(*arguments: Any) -> None:
        calls.append(arguments)
        true(*arguments)

    monkeypatch.setattr(people, "announce_signs", counted)

    async def work(desk: Desk) -> None:
        customer, agent = await desk.tab(acme.customer), await desk.tab(acme.agent)
        for tab in (customer, agent):
            await tab.ask("sub", conv=row.pk)
        for _ in range(15):
            await customer.send("viewing", conv=row.pk, state="viewing")
        await until_told(desk, customer)
        assert [len(signs) for _, signs in calls] == [1]
        assert [each["state"] for each in await agent.rest()] == ["viewing"]

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


def shown_in(company_id: UUID) -> Any:
    with company_scope(company_id):
        return presence.shown(company_id)


def becomes(who: Membership, state: str) -> Any:
    with company_scope(who.company_id):
        return update_profile(actor=actor_for(who), changes={"availability": state})
