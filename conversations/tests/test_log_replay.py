"""A snapshot and the entries after it are the same as a fresh snapshot, for every type (R5)."""

from collections.abc import Callable
from typing import Any, cast

import pytest
import time_machine

from accounts.models import Membership
from accounts.tests.factories import make_member
from conftest import World, client_of
from conversations import events
from conversations.models import Conversation, Message
from conversations.services import close_conversation
from conversations.tests.deeds import done, undone
from conversations.tests.factories import make_conversation, note, say
from conversations.tests.reference import Snapshot, read
from tokdesk.common.events import Fact
from tokdesk.common.models import Event
from tokdesk.common.models.event import Audience
from tokdesk.common.roles import Role

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

# Facts that are entries of no log.
ELSEWHERE = {
    "conversation.bulk_requested",
    *("attachment.uploaded", "attachment.scanned"),
    *("tag.created", "tag.changed", "tag.deleted"),
    *("view.created", "view.changed", "view.deleted"),
    *("attribute.created", "attribute.changed", "attribute.deleted"),
}
READERS = ("admin", "agent", "customer")


class Story:
    """One conversation that every reader sees, and everything that can happen to it."""

    def __init__(self, world: World, clock: Any) -> None:
        self.world, self.clock = world, clock
        self.talk = make_conversation(world.customer, "One", subject="Late")
        self.said = say(world.agent, self.talk, "Two")
        self.remark = note(world.agent, self.talk, "Three")
        self.carla = make_member(world.company, Role.USER, "carla@acme.example")
        self.post("participants/", {"member": str(self.carla.pk)})
        body = {"key": "order", "label": "Order", "kind": "text"}
        client_of(world.admin).post("attributes/", body)

    def post(self, tail: str, body: Any = None) -> None:
        self.send("POST", tail, body)

    def send(self, method: str, tail: str, body: Any = None) -> None:
        self.clock.shift(10)
        path = f"conversations/{self.talk.pk}/{tail}"
        answer = client_of(self.world.admin).send(method, path, body or {})
        assert answer.status_code in (200, 201, 204), answer.content

    def patch(self, **changes: Any) -> None:
        self.send("PATCH", "", changes)

    def as_agent(self, method: str, message: Message, body: Any = None) -> None:
        self.clock.shift(10)
        path = f"conversations/{self.talk.pk}/messages/{message.pk}/"
        answer = client_of(self.world.agent).send(method, path, body)
        assert answer.status_code in (200, 204)


def created(story: Story) -> None:
    """It is there already; see the test."""


def status(story: Story) -> None:
    for each in ("pending", "on_hold", "resolved", "open", "resolved"):
        story.post("status/", {"status": each})
    say(story.world.customer, story.talk, "Still broken")
    story.post("status/", {"status": "resolved"})
    story.clock.shift(8 * 86_400)
    close_conversation(company_id=story.world.company.pk, conversation_id=story.talk.pk)


def assigned(story: Story) -> None:
    for each in (story.world.agent, story.world.agent2, None, story.world.admin):
        story.post("assign/", {"assignee": str(each.pk) if each else None})


def department(story: Story) -> None:
    story.post("participants/", {"member": str(story.world.agent.pk)})
    story.patch(department=str(story.world.billing.pk))


def priority(story: Story) -> None:
    story.patch(priority="urgent")


def tags(story: Story) -> None:
    story.patch(tags=["vip", "late"])
    story.patch(tags=["VIP"])


def attributes(story: Story) -> None:
    story.patch(attributes={"order": "A-1"})


def subject(story: Story) -> None:
    story.patch(subject="Lost")


def snoozed(story: Story) -> None:
    story.post("snooze/", {"until_reply": True})
    story.post("snooze/", {"until": "2026-03-09T08:00:00+02:00"})
    say(story.world.customer, story.talk, "And?")
    story.post("snooze/", {"until": "2026-03-09T08:00:00.25Z"})
    story.post("status/", {"status": "resolved"})


def waits_again(story: Story) -> None:
    say(story.world.customer, story.talk, "And?")
    story.clock.shift(10)
    job = done(story.world.admin, [story.talk], "status", status="resolved")
    story.clock.shift(10)
    undone(story.world.admin, job)


def merged_away(story: Story) -> None:
    other = make_conversation(story.world.customer, "Another")
    story.post("merge/", {"into": str(other.pk)})


def merged_here(story: Story) -> None:
    """From somebody who has waited longer, and who comes along."""
    dora = make_member(story.world.company, Role.USER, "dora@acme.example")
    other = make_conversation(dora, "Mine, too")
    story.clock.shift(10)
    say(story.world.customer, story.talk, "And?")
    path = f"conversations/{other.pk}/merge/"
    assert client_of(story.world.admin).post(path, {"into": str(story.talk.pk)}).status_code == 200


def archived(story: Story) -> None:
    story.post("archive/")


def deleted(story: Story) -> None:
    story.send("DELETE", "")


def came(story: Story) -> None:
    dora = make_member(story.world.company, Role.USER, "dora@acme.example")
    for each in (dora, story.world.agent2, story.world.agent):
        story.post("participants/", {"member": str(each.pk)})


def left(story: Story) -> None:
    story.post("participants/", {"member": str(story.world.agent.pk)})
    for each in (story.carla, story.world.agent):
        story.send("DELETE", f"participants/{each.pk}/")


def said(story: Story) -> None:
    story.clock.shift(10)
    note(story.world.agent, story.talk, "> Quoted\n\n**Note** " + "long " * 60)
    say(story.world.customer, story.talk, "Four")
    story.clock.shift(10)
    say(story.carla, story.talk, "Five")
    say(story.world.agent, story.talk, "Six", reply_to=story.said)


def edited(story: Story) -> None:
    story.as_agent("PATCH", story.said, {"body": "Zwei"})
    story.as_agent("PATCH", story.remark, {"body": "Drei"})
    story.as_agent("PATCH", story.said, {"body": "Deux"})


def taken_back(story: Story) -> None:
    story.as_agent("DELETE", story.said)
    story.as_agent("DELETE", story.remark)


CASES: dict[str, list[Callable[[Story], None]]] = {
    "conversation.created": [created],
    "conversation.status": [status],
    "conversation.assigned": [assigned],
    "conversation.department": [department],
    "conversation.priority": [priority],
    "conversation.tags": [tags],
    "conversation.attributes": [attributes],
    "conversation.subject": [subject],
    "conversation.snoozed": [snoozed],
    "conversation.waiting": [waits_again],
    "conversation.merged": [merged_away, merged_here],
    "conversation.archived": [archived],
    "conversation.deleted": [deleted],
    "participant.added": [came],
    "participant.removed": [left],
    "message.created": [said],
    "message.edited": [edited],
    "message.deleted": [taken_back],
}


def test_every_fact_of_a_log_has_its_case() -> None:
    facts = {
        each.type
        for each in vars(events).values()
        if isinstance(each, type) and issubclass(each, Fact) and each is not Fact
    }

    assert facts - ELSEWHERE == set(CASES)


@pytest.fixture
def story(acme: World) -> Any:
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        yield Story(acme, clock)


def person(member: Membership) -> dict[str, Any]:
    return {"id": str(member.pk), "role": member.role}


def seen_by(member: Membership, talk: Conversation) -> Snapshot | None:
    return read(client_of(member), talk.pk, person(member))


def readers(story: Story) -> list[Membership]:
    return [getattr(story.world, who) for who in READERS]


def everybodys(story: Story) -> list[Snapshot]:
    found = [seen_by(member, story.talk) for member in readers(story)]
    assert None not in found
    return cast(list[Snapshot], found)


def catch_up(member: Membership, known: Snapshot, talk: Conversation) -> None:
    for entry in entries(member, talk, known.head):
        known.apply(entry)


def now(member: Membership, talk: Conversation) -> Any:
    snapshot = seen_by(member, talk)
    assert snapshot is not None
    return snapshot.told()


def entries(member: Membership, talk: Conversation, after: int) -> list[dict[str, Any]]:
    page = client_of(member).get(f"conversations/{talk.pk}/events/?after={after}").json()
    assert page["complete"]
    found: list[dict[str, Any]] = page["events"]
    return found


def stored(talk: Conversation, type_: str) -> Any:
    return Event.objects.of_stream(f"conversation:{talk.pk}").filter(type=type_)


@pytest.mark.parametrize(
    ("type_", "deed"), [(name, deed) for name, deeds in CASES.items() for deed in deeds]
)
def test_a_snapshot_and_what_came_after_is_a_fresh_snapshot(
    story: Story, type_: str, deed: Callable[[Story], None]
) -> None:
    talk, known = story.talk, everybodys(story)

    deed(story)

    assert stored(talk, type_).exists()
    if deed is deleted:
        assert stored(talk, type_).get().audience == Audience.ALL
        assert [seen_by(member, talk) for member in readers(story)] == [None, None, None]
        return
    for member, snapshot in zip(readers(story), known, strict=True):
        catch_up(member, snapshot, talk)
        assert (member.role, snapshot.told()) == (member.role, now(member, talk))
        shown = stored(talk, type_)
        if member.role == Role.USER:
            shown = shown.filter(audience=Audience.ALL)
        assert [each["type"] for each in entries(member, talk, 0)].count(type_) == shown.count()


def test_a_whole_story_can_be_told_from_any_place(story: Story) -> None:
    places = []
    for deed in (said, edited, assigned, tags, taken_back, came, left, snoozed, attributes):
        places.append(everybodys(story))
        deed(story)

    for number, member in enumerate(readers(story)):
        fresh = now(member, story.talk)
        for known in places:
            catch_up(member, known[number], story.talk)
            assert (member.role, known[number].told()) == (member.role, fresh)


def test_a_replayed_entry_shows_what_it_tells_of_as_it_is_now(acme: World) -> None:
    talk = make_conversation(acme.customer, "One")
    secret = say(acme.agent, talk, "Secret")
    path = f"conversations/{talk.pk}/messages/{secret.pk}/"
    client_of(acme.agent).delete(path)

    told = entries(acme.customer, talk, 2)

    assert [(each["type"], each["data"]["deleted"]) for each in told] == [
        ("message.created", True),
        ("message.deleted", True),
    ]
    assert "Secret" not in str(told)
