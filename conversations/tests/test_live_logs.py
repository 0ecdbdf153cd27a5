"""Following a conversation: nothing missed, nothing twice, and nothing of notes for customers."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tests.factories import actor_for
from companies.models import CompanyState
from conftest import World
from conversations.models import Conversation
from conversations.realtime import answers, people
from conversations.services import (
    add_participant,
    assign,
    delete_conversation,
    delete_message,
    edit_message,
    mark_read,
    remove_participant,
    update_conversation,
)
from conversations.tests.factories import make_conversation, make_room, note, reloaded, say
from conversations.tests.live import Desk, live, ticket_of
from tokdesk.common.tenancy import company_scope

pytestmark = [pytest.mark.contract, pytest.mark.django_db(transaction=True)]


def test_a_message_reaches_both_sides(acme: World) -> None:
    row = make_conversation(acme.customer, "Hello")

    async def work(desk: Desk) -> None:
        agent, customer = await desk.tab(acme.agent), await desk.tab(acme.customer)
        for tab in (agent, customer):
            answer = await tab.ask("sub", conv=row.pk)
            assert (answer["op"], answer["head"], answer["events"]) == ("sub_ok", 2, [])
            assert answer["recovered"] is True
        said = await desk.do(say, acme.agent, row, "Hi *you*")

        told = [await tab.expect("event") for tab in (agent, customer)]
        assert told[0] == told[1]
        assert (told[0]["conv"], told[0]["seq"]) == (str(row.pk), 3)
        assert told[0]["type"] == "message.created"
        assert told[0]["actor"]["id"] == str(acme.agent.pk)
        assert told[0]["data"]["id"] == str(said.pk)
        assert told[0]["data"]["body_html"] == '<p dir="auto">Hi <em>you</em></p>'
        assert [await agent.rest(), await customer.rest()] == [[], []]

    live(work)


def test_a_note_leaves_no_trace_for_a_customer(acme: World) -> None:
    row = make_conversation(acme.customer, "Hello")

    async def work(desk: Desk) -> None:
        agent, customer = await desk.tab(acme.agent), await desk.tab(acme.customer)
        for tab in (agent, customer):
            await tab.ask("sub", conv=row.pk)
            await tab.ask("sub_inbox")
        kept = await desk.do(note, acme.agent, row)
        await desk.do(edit_message, actor=actor_for(acme.agent), message=kept, body="More")
        await desk.do(change, acme, row, priority="high")
        await desk.do(mark_read, actor=actor_for(acme.manager), conversation=row, seq=5)
        assert await customer.rest() == []
        await desk.do(say, acme.agent, row, "Public")

        assert [(await agent.expect("event"))["seq"] for _ in range(4)] == [3, 4, 5, 6]
        event = await customer.expect("event")
        assert (event["seq"], event["data"]["body"]) == (3, "Public")
        frames = await customer.rest()
        assert [frame["op"] for frame in frames] == ["inbox", "counts"]
        assert "Careful" not in str(frames)
        assert "high" not in str(frames)

    live(work)


def test_who_comes_back_gets_what_was_missed(acme: World) -> None:
    row = make_conversation(acme.customer, "Hello")
    for number in range(3):
        say(acme.agent, row, f"Answer {number}")
        note(acme.agent, row)

    async def work(desk: Desk) -> None:
        agent, customer = await desk.tab(acme.agent), await desk.tab(acme.customer)
        whole = await agent.ask("sub", conv=row.pk, seq=2)
        public = await customer.ask("sub", conv=row.pk, seq=2, epoch=whole["epoch"])

        assert ([e["seq"] for e in whole["events"]], whole["head"]) == ([3, 4, 5, 6, 7, 8], 8)
        assert ([e["seq"] for e in public["events"]], public["head"]) == ([3, 4, 5], 5)
        assert [e["data"]["visibility"] for e in public["events"]] == ["public"] * 3

    live(work)


def test_a_message_deleted_since_comes_as_its_place(acme: World) -> None:
    row = make_conversation(acme.customer, "Hello")
    said = say(acme.agent, row, "Secret")
    delete_message(actor=actor_for(acme.agent), message=said)

    async def work(desk: Desk) -> None:
        customer = await desk.tab(acme.customer)
        answer = await customer.ask("sub", conv=row.pk, seq=2)

        types = [event["type"] for event in answer["events"]]
        assert types == ["message.created", "message.deleted"]
        assert "Secret" not in str(answer)

    live(work)


def test_more_than_three_hundred_are_left_to_pages(acme: World) -> None:
    row = make_conversation(acme.customer, "Hello")
    for _ in range(301):
        say(acme.agent, row)

    async def work(desk: Desk) -> None:
        agent = await desk.tab(acme.agent)
        for seq, expected in ((2, (False, 0)), (3, (True, 300))):
            answer = await agent.ask("sub", conv=row.pk, seq=seq)
            assert (answer["recovered"], len(answer["events"])) == expected
            assert (answer["op"], answer["head"]) == ("sub_ok", 303)

    live(work)


@pytest.mark.parametrize(
    ("position", "reason"),
    [({"seq": 3}, "ahead"), ({"seq": 2, "epoch": "other"}, "epoch"), ({"seq": 0}, "pruned")],
)
def test_a_position_that_is_none_starts_over(acme: World, position: Any, reason: str) -> None:
    row = make_conversation(acme.customer, "Hello")
    with company_scope(acme.company.pk):
        epoch = CompanyState.objects.get().log_epoch
        Conversation.objects.update(pruned_seq=1, pruned_public_seq=1)

    async def work(desk: Desk) -> None:
        agent = await desk.tab(acme.agent)
        answer = await agent.ask("sub", conv=row.pk, **position)
        assert answer == {
            "op": "resync",
            "conv": str(row.pk),
            "reason": reason,
            "head": 2,
            "epoch": epoch,
            "ref": "r1",
        }

        # It is followed all the same.
        await desk.do(say, acme.agent, row)
        assert (await agent.expect("event"))["seq"] == 3

    live(work)


def test_what_is_out_of_sight_is_not_found(acme: World, globex: World) -> None:
    foreign = make_conversation(globex.customer, "Hello")
    other = make_conversation(acme.customer, "Hello", department=acme.billing)
    direct = make_room(acme.manager, acme.admin)

    async def work(desk: Desk) -> None:
        agent = await desk.tab(acme.agent)
        frames: list[tuple[str, dict[str, Any]]] = [
            ("sub", {}),
            ("read", {"seq": 1}),
            ("recv", {"seq": 1}),
            ("typing", {}),
            ("viewing", {"state": "viewing"}),
        ]
        answers = [
            await agent.ask(op, conv=conv, **fields)
            for op, fields in frames
            for conv in (foreign.pk, other.pk, direct.pk, uuid4())
        ]

        assert {(answer["op"], answer["code"]) for answer in answers} == {("err", "not_found")}

    slowly(work)


def test_nobody_hears_what_they_do_not_follow(acme: World, globex: World) -> None:
    row, other = make_conversation(acme.customer, "A"), make_conversation(acme.customer, "B")

    async def work(desk: Desk) -> None:
        agent, stranger = await desk.tab(acme.agent), await desk.tab(globex.agent)
        await agent.ask("sub", conv=row.pk)
        await stranger.ask("sub_inbox")
        await desk.do(say, acme.customer, other)
        await agent.ask("unsub", conv=row.pk)
        await desk.do(say, acme.customer, row)

        assert [await agent.rest(), await stranger.rest()] == [[], []]

    live(work)


def test_a_socket_follows_two_hundred(acme: World) -> None:
    rows = [make_conversation(acme.customer) for _ in range(201)]

    async def work(desk: Desk) -> None:
        agent = await desk.tab(acme.agent)
        answers = [await agent.ask("sub", conv=row.pk) for row in rows]
        again = await agent.ask("sub", conv=rows[0].pk)

        assert [answer["op"] for answer in answers] == ["sub_ok"] * 200 + ["err"]
        assert (answers[-1]["code"], again["op"]) == ("limit", "sub_ok")

    slowly(work)


def test_a_move_ends_what_is_out_of_sight_now(acme: World) -> None:
    row = make_conversation(acme.customer, "Hello")

    async def work(desk: Desk) -> None:
        agent, manager = await desk.tab(acme.agent), await desk.tab(acme.admin)
        for tab in (agent, manager):
            await tab.ask("sub", conv=row.pk)
            await tab.ask("sub_inbox")
        await desk.do(change, acme, row, department=acme.billing)
        await desk.do(say, acme.admin, row, "Secret")

        gone = await agent.expect("err")
        assert (gone["code"], gone["conv"]) == ("gone", str(row.pk))
        assert (await agent.expect("inbox_gone"))["conv"] == str(row.pk)
        assert "Secret" not in str(await agent.rest())
        assert [(await manager.expect("event"))["seq"] for _ in range(2)] == [3, 4]

    live(work)


def test_who_is_taken_out_hears_nothing_more(acme: World) -> None:
    room = make_room(acme.agent, acme.agent2, acme.manager)

    async def work(desk: Desk) -> None:
        tab = await desk.tab(acme.agent2)
        await tab.ask("sub", conv=room.pk)
        await tab.ask("sub_inbox")
        await desk.do(take_out, acme, room)
        await desk.do(say, acme.agent, room, "Secret")

        assert (await tab.expect("err"))["code"] == "gone"
        assert (await tab.expect("inbox_gone"))["conv"] == str(room.pk)
        assert [f for f in await tab.rest() if f["op"] != "counts"] == []

    live(work)


def test_who_is_called_in_sees_it_come(acme: World) -> None:
    row = make_conversation(acme.customer, "Hello")

    async def work(desk: Desk) -> None:
        tab = await desk.tab(acme.agent2)
        await tab.ask("sub_inbox")
        await desk.do(call_in, acme, row)

        shown = (await tab.expect("inbox"))["conversation"]
        assert (shown["id"], shown["last_seq"]) == (str(row.pk), 3)

    live(work)


def test_an_assignee_of_elsewhere_is_told_and_stays_in_it(acme: World) -> None:
    row = make_conversation(acme.customer, "Hello")

    async def work(desk: Desk) -> None:
        tab = await desk.tab(acme.agent2)
        await tab.ask("sub_inbox")
        await desk.do(give, acme, row, acme.agent2)
        assert (await tab.expect("inbox"))["conversation"]["id"] == str(row.pk)

        await desk.do(give, acme, row, None)
        assert (await tab.expect("inbox"))["conversation"]["assignee"] is None

    live(work)


def test_a_deleted_conversation_is_gone_everywhere(acme: World) -> None:
    row = make_conversation(acme.customer, "Hello")

    async def work(desk: Desk) -> None:
        tabs = [await desk.tab(acme.agent), await desk.tab(acme.customer)]
        for tab in tabs:
            await tab.ask("sub", conv=row.pk)
            await tab.ask("sub_inbox")
        await desk.do(delete, acme, row)

        for tab in tabs:
            assert (await tab.expect("err"))["code"] == "gone"
            assert (await tab.expect("inbox_gone"))["conv"] == str(row.pk)

    live(work)


def slowly(work: Any) -> None:
    """With more frames than a person sends."""
    live(work, limits=False)


def change(world: World, row: Conversation, **changes: Any) -> None:
    update_conversation(actor=actor_for(world.admin), conversation=row, changes=changes)


def take_out(world: World, room: Conversation) -> None:
    remove_participant(actor=actor_for(world.agent), conversation=room, member_id=world.agent2.pk)


def call_in(world: World, row: Conversation) -> None:
    add_participant(actor=actor_for(world.agent), conversation=row, member=world.agent2)


def give(world: World, row: Conversation, to: Any) -> None:
    assign(actor=actor_for(world.admin), conversation=reloaded(row), assignee=to)


def delete(world: World, row: Conversation) -> None:
    delete_conversation(actor=actor_for(world.admin), conversation=row)


def test_questions_that_come_together_are_answered_each(acme: World, globex: World) -> None:
    rows = [make_conversation(acme.customer, f"Hello {number}") for number in range(3)]
    foreign = make_conversation(globex.customer, "Hello")
    say(acme.agent, rows[0], "Hi")

    async def work(desk: Desk) -> None:
        agent = await desk.tab(acme.agent)
        await agent.send("sub", ref="first", conv=rows[0].pk, seq=2)
        await agent.send("sub", ref="foreign", conv=foreign.pk)
        await agent.send("sub", ref="bad", conv="nothing")
        await agent.send("sub", ref="ahead", conv=rows[1].pk, seq=99)
        await agent.send("sub", ref="again", conv=rows[0].pk, seq=3)
        await agent.send("sub", ref="last", conv=rows[2].pk, seq=0)

        told = {}
        for ref in ("first", "foreign", "bad", "ahead", "again", "last"):
            frame = await agent.next_with(ref=ref)
            told[ref] = (frame["op"], frame.get("code") or frame.get("reason"), frame.get("head"))
            if frame["op"] == "sub_ok":
                assert [event["seq"] for event in frame["events"]] == SEQS[ref]
        assert told == {
            "first": ("sub_ok", None, 3),
            "foreign": ("err", "not_found", None),
            "bad": ("err", "bad_frame", None),
            "ahead": ("resync", "ahead", 2),
            "again": ("sub_ok", None, 3),
            "last": ("sub_ok", None, 2),
        }

    live(work)


SEQS = {"first": [3], "again": [], "last": [1, 2]}


def test_many_logs_are_opened_by_as_many_queries_as_one(acme: World) -> None:
    rows = [make_conversation(acme.customer, f"Hello {number}") for number in range(4)]
    who = people.come_in(ticket_of(acme.agent), "tab", None, "", "").who

    def queries_for(count: int) -> int:
        asked = [answers.Asked(row.pk, 0, None, {}) for row in rows[:count]]
        with CaptureQueriesContext(connection) as captured:
            opened = answers.open_logs(who, asked)
        assert [each and each.place for each in opened] == [2] * count
        return len(captured)

    assert queries_for(1) == queries_for(4)


def test_what_is_too_much_for_one_answer_is_left_to_pages(
    acme: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [make_conversation(acme.customer, f"Hello {number}") for number in range(3)]
    who = people.come_in(ticket_of(acme.agent), "tab", None, "", "").who
    monkeypatch.setattr(answers, "MOST_ENTRIES", 3)

    opened = answers.open_logs(who, [answers.Asked(row.pk, 0, None, {}) for row in rows])

    told = [json.loads(each.answer.text) for each in opened if each]
    assert [(each["recovered"], len(each["events"])) for each in told] == [
        (True, 2),
        (False, 0),
        (False, 0),
    ]
