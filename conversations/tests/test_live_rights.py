"""Whoever loses a right hears nothing of it any more, whatever happens there next."""

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Membership, Session
from accounts.services.members import deactivate_member
from accounts.services.passwords import change_password
from accounts.services.sessions import end_session, end_sessions, switch_company
from accounts.tests.factories import PASSWORD, actor_for, change_role, make_member, sign_in_as
from companies.models import CompanyState
from companies.services import restore_company, suspend_company, update_company
from conftest import World
from conversations.models import Conversation
from conversations.services import assign
from conversations.tests.factories import make_conversation, say
from conversations.tests.live import Desk, Tab, live
from departments.services import add_department_member, remove_department_member
from tokdesk.common.actor import Actor, ActorKind
from tokdesk.common.roles import Role
from tokdesk.common.tenancy import company_scope

pytestmark = [pytest.mark.contract, pytest.mark.django_db(transaction=True)]

PLATFORM = Actor(ActorKind.PLATFORM, Role.SUPER_ADMIN)


def deactivated(world: World, session: Session) -> None:
    deactivate_member(actor=actor_for(world.admin), member=world.agent)


def signed_out(world: World, session: Session) -> None:
    end_session(actor=actor_for(world.agent), session=session)


def signed_out_everywhere(world: World, session: Session) -> None:
    sessions = Session.objects.filter(user=world.agent.user)
    end_sessions(actor=actor_for(world.agent), sessions=sessions, reason="logout")


def suspended(world: World, session: Session) -> None:
    suspend_company(actor=PLATFORM, company=world.company, reason="A test")


def password_changed(world: World, session: Session) -> None:
    change_password(
        actor=actor_for(world.agent, sign_in_as(world.agent).pk),
        user=world.agent.user,
        current_password=PASSWORD,
        password="another-good-password",
    )


def switched(world: World, session: Session) -> None:
    actor = actor_for(world.agent, session.pk)
    switch_company(actor=actor, company="globex")


def run_out(world: World, session: Session) -> None:
    rows = Session.objects.filter(pk=session.pk)
    rows.update(expires_at=timezone.now() - timedelta(seconds=1))


@pytest.mark.parametrize(
    "loss",
    [
        deactivated,
        signed_out,
        signed_out_everywhere,
        suspended,
        password_changed,
        switched,
    ],
)
def test_a_socket_without_its_session_is_closed(
    acme: World, globex: World, loss: Callable[[World, Session], None]
) -> None:
    make_member(globex.company, Role.AGENT, "other@globex.example", user=acme.agent.user)
    row = make_conversation(acme.customer, "Hello")

    async def work(desk: Desk) -> None:
        agent = await desk.tab(acme.agent)
        await agent.ask("sub", conv=row.pk)
        await agent.ask("sub_inbox")
        await desk.do(within, acme, loss, agent)
        await desk.do(store, row)

        assert await agent.closed() == 4401
        assert "Secret" not in str(agent.heard)

    live(work)


def test_a_session_that_runs_out_ends_its_socket(acme: World) -> None:
    async def work(desk: Desk) -> None:
        agent = await desk.tab(acme.agent)
        await desk.settled()
        await desk.do(within, acme, run_out, agent)
        [socket] = desk.hub.sockets
        socket.expires_at = timezone.now()

        assert await agent.closed() == 4401

    live(work)


def test_a_frame_of_a_dead_session_is_not_done(acme: World) -> None:
    row = make_conversation(acme.customer, "Hello")

    async def work(desk: Desk) -> None:
        agent = await desk.tab(acme.agent)
        await desk.do(within, acme, signed_out, agent)
        await agent.send("sub", conv=row.pk, seq=0)

        assert await agent.closed() == 4401
        assert "Hello" not in str(agent.heard)

    live(work)


def out_of_the_department(world: World) -> None:
    remove_department_member(
        actor=actor_for(world.admin), department=world.support, member=world.agent
    )


def made_a_customer(world: World) -> None:
    change_role(actor=actor_for(world.admin), member=world.agent, role=Role.USER)


def colleagues_hidden(world: World) -> None:
    with company_scope(world.company.pk):
        row = Conversation.objects.get()
        assign(actor=actor_for(world.admin), conversation=row, assignee=world.manager)
        changes = {"settings": {"agents_see_colleagues": False}}
        update_company(actor=actor_for(world.admin), company=world.company, changes=changes)


@pytest.mark.parametrize("loss", [out_of_the_department, made_a_customer, colleagues_hidden])
def test_a_lost_right_ends_what_it_opened(acme: World, loss: Callable[[World], None]) -> None:
    row = make_conversation(acme.customer, "Hello")

    async def work(desk: Desk) -> None:
        agent, manager = await desk.tab(acme.agent), await desk.tab(acme.manager)
        for tab in (agent, manager):
            await tab.ask("sub", conv=row.pk)
            await tab.ask("sub_inbox")
        await desk.do(loss, acme)
        await desk.do(store, row)

        told = await agent.next_of("err", "bye")
        assert told.get("code") in ("gone", 4401)
        await manager.expect("event", type="message.created")
        assert "Secret" not in str(agent.heard)
        if told["op"] == "err":
            assert "Secret" not in str(await agent.rest())

    live(work)


def test_a_new_right_makes_the_inbox_be_read_again(acme: World) -> None:
    async def work(desk: Desk) -> None:
        agent = await desk.tab(acme.agent2)
        await agent.ask("sub_inbox")
        await desk.do(placed, acme)

        told = await agent.expect("resync")
        assert (told["conv"], told["reason"]) == (None, "pruned")
        row = await desk.do(make_conversation, acme.customer, "Hello")
        assert (await agent.expect("inbox"))["conversation"]["id"] == str(row.pk)

    live(work)


def test_who_is_looked_at_again_still_comes_from_the_same_address(acme: World) -> None:
    async def work(desk: Desk) -> None:
        await desk.tab(acme.agent2, **{"user-agent": "A browser"})
        [socket] = desk.hub.sockets
        before = socket.actor
        await desk.do(placed, acme)
        socket.room.check_soon()
        await desk.settled()

        assert socket.sight.departments == {acme.billing.pk, acme.support.pk}
        assert socket.actor.user_agent == before.user_agent == "A browser"
        assert (socket.actor.ip, socket.actor.request_id) == (before.ip, before.request_id)

    live(work)


def test_a_restored_database_starts_every_log_over(acme: World) -> None:
    row = make_conversation(acme.customer, "Hello")

    async def work(desk: Desk) -> None:
        agent = await desk.tab(acme.agent)
        await agent.ask("sub", conv=row.pk)
        await agent.ask("sub_inbox")
        await desk.do(restored, acme)

        told = [await agent.expect("resync") for _ in range(2)]
        assert [(each["conv"], each["reason"], each["epoch"]) for each in told] == [
            (str(row.pk), "epoch", "new"),
            (None, "epoch", "new"),
        ]

    live(work)


def within(world: World, loss: Callable[[World, Session], None], tab: Tab) -> None:
    session = Session.objects.get(pk=tab.ready["session"])
    with company_scope(world.company.pk):
        loss(world, session)


def store(row: Conversation) -> None:
    with company_scope(row.company_id):
        customer = Membership.objects.get(pk=row.customer_id)
    say(customer, row, "Secret")


def placed(world: World) -> None:
    add_department_member(
        actor=actor_for(world.admin), department=world.support, member=world.agent2
    )


def restored(world: World) -> None:
    with company_scope(world.company.pk):
        CompanyState.objects.update(log_epoch="new")


# Under traffic


def moved_out(world: World, who: Membership, session: Session) -> None:
    actor = actor_for(world.admin)
    remove_department_member(actor=actor, department=world.support, member=who)


def fired(world: World, who: Membership, session: Session) -> None:
    deactivate_member(actor=actor_for(world.admin), member=who)


def demoted(world: World, who: Membership, session: Session) -> None:
    change_role(actor=actor_for(world.admin), member=who, role=Role.USER)


def left_for_good(world: World, who: Membership, session: Session) -> None:
    end_session(actor=actor_for(who), session=session)


def left_everywhere(world: World, who: Membership, session: Session) -> None:
    sessions = Session.objects.filter(user=who.user)
    end_sessions(actor=actor_for(who), sessions=sessions, reason="logout")


def new_password(world: World, who: Membership, session: Session) -> None:
    actor = actor_for(who, sign_in_as(who).pk)
    change_password(
        actor=actor,
        user=who.user,
        current_password=PASSWORD,
        password="another-good-password",
    )


def elsewhere(world: World, who: Membership, session: Session) -> None:
    switch_company(actor=actor_for(who, session.pk), company="globex")


def all_suspended(world: World, who: Membership, session: Session) -> None:
    suspend_company(actor=PLATFORM, company=world.company, reason="A test")


KINDS = (
    *(moved_out, fired, demoted, left_for_good),
    *(left_everywhere, new_password, elsewhere, all_suspended),
)
MOST_SECONDS = 2.0


def revocations(acme: World, globex: World, trials: int) -> list[str]:
    """What came too late: of each kind in turn, while somebody talks without a pause."""
    row = make_conversation(acme.customer, "Hello")
    late: list[str] = []

    async def work(desk: Desk) -> None:
        for number in range(trials):
            loss = KINDS[number % len(KINDS)]
            who = await desk.do(hired, acme, globex, number)
            tab = await desk.tab(who)
            await tab.ask("sub", conv=row.pk)
            talk = asyncio.create_task(without_pause(desk, row))
            await tab.expect("event")
            session = await desk.do(Session.objects.get, pk=tab.ready["session"])
            await desk.do(in_scope, acme, loss, who, session)
            lost_at = time.monotonic()
            last = await until_the_end(tab)
            talk.cancel()
            await asyncio.gather(talk, return_exceptions=True)
            if last - lost_at > MOST_SECONDS:
                late.append(f"{loss.__name__}: {last - lost_at:.1f} s")
            await tab.end()
            if loss is all_suspended:
                await desk.do(restore_company, actor=PLATFORM, company=acme.company)

    live(work, limits=False)
    return late


async def until_the_end(tab: Tab) -> float:
    """When the socket heard the last thing of what it has lost."""
    while True:
        frame = await tab.next_message()
        if isinstance(frame, int) or frame["op"] in ("bye", "err"):
            return time.monotonic()


async def without_pause(desk: Desk, row: Conversation) -> None:
    while True:
        await desk.do(store, row)


def hired(acme: World, globex: World, number: int) -> Membership:
    who = make_member(acme.company, Role.AGENT, f"n{number}@acme.example")
    make_member(globex.company, Role.AGENT, f"n{number}@globex.example", user=who.user)
    add_department_member(actor=actor_for(acme.admin), department=acme.support, member=who)
    return who


def in_scope(
    world: World,
    loss: Callable[[World, Membership, Session], None],
    who: Membership,
    session: Session,
) -> None:
    with company_scope(world.company.pk):
        loss(world, who, session)


def test_every_loss_is_felt_at_once_under_traffic(acme: World, globex: World) -> None:
    assert revocations(acme, globex, 2 * len(KINDS)) == []


@pytest.mark.proof
def test_a_thousand_losses_are_felt_within_two_seconds(acme: World, globex: World) -> None:
    assert revocations(acme, globex, 1_000) == []
