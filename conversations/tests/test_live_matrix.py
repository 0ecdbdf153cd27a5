"""Every frame for everybody, and every event as the API tells it: sockets open nothing else."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import Membership
from accounts.tests.factories import make_member
from conftest import World
from conversations.consumers import OPS
from conversations.models import Conversation
from conversations.tests.factories import make_conversation
from conversations.tests.live import Desk, Tab, live
from conversations.tests.test_log_replay import CASES, READERS, Story, deleted, entries
from tokdesk.common.roles import Role

pytestmark = pytest.mark.django_db(transaction=True)

PRINCIPALS = ("customer", "agent", "manager", "admin")
OWN, ELSEWHERE, FOREIGN = "own", "out of sight", "of another company"
FOUND = dict.fromkeys(PRINCIPALS, "")
NOT_FOUND = dict.fromkeys(PRINCIPALS, "not_found")
# An admin sees every conversation with a customer.
UNSEEN = {**NOT_FOUND, "admin": ""}
STAFF_ONLY = {**FOUND, "customer": "permission_denied"}


def say(**fields: Any) -> Callable[[], dict[str, Any]]:
    return lambda: {"client_id": str(uuid4()), "body": "Hello", **fields}


def with_(**fields: Any) -> Callable[[], dict[str, Any]]:
    return lambda: fields


# op, its fields, and what each principal is refused with on what is theirs ("" is nothing).
FRAMES: list[tuple[str, Callable[[], dict[str, Any]], dict[str, str]]] = [
    ("sub", with_(seq=0), FOUND),
    ("send", say(), FOUND),
    ("send", say(visibility="note"), STAFF_ONLY),
    ("read", with_(seq=1), FOUND),
    ("recv", with_(seq=1), FOUND),
    ("typing", with_(), FOUND),
    ("typing", with_(visibility="note"), STAFF_ONLY),
    ("viewing", with_(state="viewing"), FOUND),
]
# Of no conversation, or of none that must be seen.
GENERAL = {"unsub", "sub_inbox", "availability"}


def test_every_frame_has_its_rows() -> None:
    assert {op for op, _, _ in FRAMES} | GENERAL == set(OPS)


@pytest.mark.parametrize("scope", [OWN, ELSEWHERE, FOREIGN])
def test_a_frame_does_for_somebody_what_they_may(acme: World, globex: World, scope: str) -> None:
    talk = {
        OWN: lambda: make_conversation(acme.customer, "Hello"),
        ELSEWHERE: lambda: elsewhere(acme),
        FOREIGN: lambda: make_conversation(globex.customer, "Hello"),
    }[scope]()

    async def work(desk: Desk) -> None:
        for principal in PRINCIPALS:
            tab = await desk.tab(getattr(acme, principal))
            for op, fields, refused in FRAMES:
                expected = {OWN: refused, ELSEWHERE: UNSEEN, FOREIGN: NOT_FOUND}[scope]
                told = await answer(tab, op, conv=str(talk.pk), **fields())
                assert (principal, op, told) == (principal, op, expected[principal])

    live(work, limits=False)


def test_what_names_no_conversation_is_for_everybody(acme: World) -> None:
    async def work(desk: Desk) -> None:
        for principal in PRINCIPALS:
            tab = await desk.tab(getattr(acme, principal))
            assert (await tab.ask("sub_inbox"))["op"] == "inbox_ok"
            assert (await tab.ask("unsub", conv=uuid4()))["op"] == "ok"
            assert (await tab.ask("availability", state="away"))["op"] == "ok"

    live(work)


def test_a_stranger_gets_no_frame_answered(acme: World) -> None:
    talk = make_conversation(acme.customer, "Hello")

    async def work(desk: Desk) -> None:
        for op, fields in [(op, fields()) for op, fields, _ in FRAMES] + [
            (op, {}) for op in GENERAL
        ]:
            tab = Tab(desk, None)
            await tab.connect()
            assert await answer(tab, op, conv=str(talk.pk), **fields) == "not_authenticated"

    live(work)


def put_aside(story: Story) -> None:
    """As the story does, with times of now."""
    story.post("snooze/", {"until": (timezone.now() + timedelta(days=1)).isoformat()})
    story.post("snooze/", {"until": None})


DEEDS = {**CASES, "conversation.snoozed": [put_aside]}


class Still:
    """A clock that stands: what a story needs of time is in its deeds."""

    def shift(self, seconds: float) -> None:
        """It goes on by itself."""


@pytest.mark.parametrize(
    ("type_", "deed"), [(name, deed) for name, deeds in DEEDS.items() for deed in deeds]
)
def test_sockets_are_told_what_the_api_tells(
    acme: World, type_: str, deed: Callable[[Story], None]
) -> None:
    story = Story(acme, Still())
    people = [getattr(acme, name) for name in READERS]

    async def work(desk: Desk) -> None:
        tabs = [await desk.tab(who) for who in people]
        heads = [(await tab.ask("sub", conv=story.talk.pk))["head"] for tab in tabs]
        await desk.do(deed, story)
        for who, tab, head in zip(people, tabs, heads, strict=True):
            if deed is deleted:
                assert (await tab.expect("err"))["code"] == "gone"
                continue
            expected = await desk.do(told_by_api, who, story.talk, head)
            told = [await tab.expect("event", seq=each["seq"]) for each in expected]
            assert [entry_of(each) for each in told] == [entry_of(each) for each in expected]
            assert latest(told) == latest(expected)
            assert [each for each in await tab.rest() if each["op"] == "event"] == []

    live(work)


def told_by_api(who: Membership, talk: Conversation, head: int) -> list[dict[str, Any]]:
    return entries(who, talk, head)


def entry_of(frame: dict[str, Any]) -> dict[str, Any]:
    """All but what a message says, which may have changed once more since it was told."""
    without = {"op"} | ({"data"} if frame["type"].startswith("message.") else set())
    return {name: value for name, value in frame.items() if name not in without}


def latest(frames: list[dict[str, Any]]) -> dict[str, Any]:
    """Each message as it was told last."""
    told = [frame["data"] for frame in frames if frame["type"].startswith("message.")]
    return {data["id"]: data for data in told}


def elsewhere(world: World) -> Conversation:
    """In a department in which none of the four works, and of another customer."""
    carla = make_member(world.company, Role.USER, "carla@acme.example")
    return make_conversation(carla, "Hello", department=world.billing)


async def answer(tab: Tab, op: str, **fields: Any) -> str:
    """The code of a refusal, or "" where there is none."""
    await tab.send(op, ref="asked", **fields)
    await tab.send("unsub", conv=uuid4(), ref="end")
    told = ""
    while True:
        frame = await tab.next_of("err", "nack", "ok")
        if frame.get("ref") == "asked" and frame["op"] != "ok":
            told = frame["code"]
        if frame.get("ref") == "end":
            return told
