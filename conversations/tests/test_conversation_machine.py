"""Any order of deeds leaves one conversation as the plain reference says it is."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import pytest
import time_machine
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from accounts.models import Membership
from accounts.tests.factories import actor_for, make_member
from companies.tests.factories import make_company
from conversations import services
from conversations.api.serializers.rows import whole
from conversations.choices import NEVER, Priority
from conversations.models import Conversation, Message, MessageRevision
from conversations.tests.factories import make_conversation
from conversations.tests.plain import Said, Talk
from departments.tests.factories import make_department
from tokdesk.common.ids import new_id
from tokdesk.common.models import Event
from tokdesk.common.roles import Role
from tokdesk.common.tenancy import company_scope
from tokdesk.tests.machines import orders_tried, outcome_of

pytestmark = pytest.mark.django_db

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEYS = UUID(int=7)
ROLES = {
    "admin": Role.COMPANY_ADMIN,
    "manager": Role.MANAGER,
    "agent": Role.AGENT,
    "agent2": Role.AGENT,
    "customer": Role.USER,
    "carla": Role.USER,
}
NAMES = st.sampled_from(["admin", "manager", "agent", "customer", "carla"])
BODIES = st.sampled_from(["One", "Two"])
STATUSES = st.sampled_from(["open", "pending", "on_hold", "resolved", "closed"])


class Deeds(RuleBasedStateMachine):
    """Staff, a customer, somebody who may be copied, one conversation, and a clock."""

    @initialize()
    def open_company(self) -> None:
        self.clock = time_machine.travel(START, tick=False)
        self.travel = self.clock.start()
        company = make_company(f"c-{new_id().hex}")
        self.people = {
            name: make_member(company, role, f"{name}-{company.slug}@x.example")
            for name, role in ROLES.items()
        }
        inside = [self.people[name] for name in ("manager", "agent")]
        make_department(company, "Support", *inside, is_default=True)
        make_department(company, "Billing", self.people["agent2"])
        self.row = make_conversation(self.people["customer"], "Hello")
        self.talk = Talk(START)
        self.talk.begin("Hello")

    def teardown(self) -> None:
        self.clock.stop()

    @rule(name=NAMES, key=st.integers(1, 12), is_note=st.booleans(), body=BODIES)
    def say(self, name: str, key: int, is_note: bool, body: str) -> None:
        """Keys come again: with the same words or with others."""
        facts = {
            "client_id": uuid5(KEYS, f"{name} {key}"),
            "body": body,
            "visibility": "note" if is_note else "public",
        }
        expected = self.talk.say(name, key, is_note, body)
        self._same(name, expected, services.post_message, conversation_id=self.row.pk, **facts)

    @rule(name=NAMES, place=st.integers(0, 5), body=BODIES)
    def edit(self, name: str, place: int, body: str) -> None:
        said = self._said(place)
        expected = self.talk.edit(name, said, body)
        self._same(name, expected, services.edit_message, message=self._row(said), body=body)

    @rule(place=st.integers(0, 5), body=BODIES)
    def edit_own(self, place: int, body: str) -> None:
        self.edit(self._said(place).author, place, body)

    @rule(name=NAMES, place=st.integers(0, 5))
    def delete(self, name: str, place: int) -> None:
        said = self._said(place)
        expected = self.talk.delete(name, said)
        self._same(name, expected, services.delete_message, message=self._row(said))

    @rule(place=st.integers(0, 5))
    def delete_own(self, place: int) -> None:
        self.delete(self._said(place).author, place)

    @rule(name=NAMES, status=STATUSES)
    def move(self, name: str, status: str) -> None:
        expected = self.talk.move(name, status)
        self._same(name, expected, services.change_status, conversation=self.row, status=status)

    @rule(name=NAMES, to=st.sampled_from(["agent", "manager", "agent2", "admin", None]))
    def assign(self, name: str, to: str | None) -> None:
        assignee = self.people[to] if to else None
        expected = self.talk.assign(name, to)
        self._same(name, expected, services.assign, conversation=self.row, assignee=assignee)

    @rule(name=NAMES)
    def claim(self, name: str) -> None:
        self._same(name, self.talk.claim(name), services.claim, conversation=self.row)

    @rule(name=NAMES, minutes=st.sampled_from([1, 60, 0, None]))
    def snooze(self, name: str, minutes: int | None) -> None:
        """None takes it back, 0 waits for a reply."""
        until = self.talk.now + timedelta(minutes=minutes) if minutes else None
        expected = self.talk.snooze(name, NEVER if minutes == 0 else until)
        facts = {"until": until, "until_reply": minutes == 0}
        self._same(name, expected, services.snooze, conversation=self.row, **facts)

    @rule(name=NAMES, archived=st.booleans())
    def archive(self, name: str, archived: bool) -> None:
        service = services.archive if archived else services.unarchive
        self._same(name, self.talk.archive(name, archived), service, conversation=self.row)

    @precondition(lambda self: self.talk.is_archived)
    @rule()
    def take_out_again(self) -> None:
        """Or most of a long order would find it archived."""
        self.archive("admin", False)

    @rule(name=NAMES, value=st.sampled_from(["", "Late", "Lost"]))
    def rename(self, name: str, value: str) -> None:
        self._write(name, "subject", value)

    @rule(name=NAMES, value=st.sampled_from(["low", "normal", "urgent"]))
    def rank(self, name: str, value: str) -> None:
        self._write(name, "priority", value)

    @rule(name=NAMES, value=st.lists(st.sampled_from(["a", "b", "c"]), unique=True))
    def sort(self, name: str, value: list[str]) -> None:
        self._write(name, "tags", sorted(value))

    @rule(name=NAMES)
    def copy(self, name: str) -> None:
        carla, expected = self.people["carla"], self.talk.copy(name)
        self._same(name, expected, services.add_participant, conversation=self.row, member=carla)

    @rule(name=NAMES)
    def drop(self, name: str) -> None:
        facts = {"conversation": self.row, "member_id": self.people["carla"].pk}
        self._same(name, self.talk.drop(name), services.remove_participant, **facts)

    @rule(name=NAMES, seq=st.integers(0, 30), is_read=st.booleans())
    def point(self, name: str, seq: int, is_read: bool) -> None:
        service = services.mark_read if is_read else services.mark_unread
        service(actor=actor_for(self.people[name]), conversation=self._fresh(), seq=seq)
        (self.talk.look if is_read else self.talk.mark)(name, seq)

    @rule(minutes=st.sampled_from([1, 4, 61, 60 * 24 * 8]))
    def wait(self, minutes: int) -> None:
        self.talk.now += timedelta(minutes=minutes)
        self.travel.move_to(self.talk.now)

    @rule()
    def tick(self) -> None:
        ids = {"company_id": self.row.company_id, "conversation_id": self.row.pk}
        services.wake_conversation(**ids)
        self.talk.ring()
        services.close_conversation(**ids)
        self.talk.close()

    @invariant()
    def the_row_is_as_the_reference_says(self) -> None:
        row, talk = self._fresh(), self.talk
        holder = self.people[talk.assignee].pk if talk.assignee else None
        assert (row.status, row.assignee_id, row.snoozed_until) == (
            *(talk.status, holder, talk.snoozed),
        )
        assert (row.subject, Priority(row.priority).name.lower(), row.tags) == (
            *(talk.subject, talk.priority, talk.tags),
        )
        assert (row.is_archived, row.version) == (talk.is_archived, talk.version)
        assert (row.last_seq, row.last_public_seq) == (talk.seq, talk.public_seq)
        assert row.waiting_since == (talk.waiting or NEVER)

    @invariant()
    def the_messages_are_as_the_reference_says(self) -> None:
        rows = list(Message.unscoped.filter(conversation_id=self.row.pk).order_by("seq"))
        assert [
            (row.author_id, row.is_note, row.body, row.seq, row.public_seq, row.is_deleted)
            for row in rows
        ] == [
            (self.people[s.author].pk, s.is_note, s.body, s.seq, s.public_seq, s.is_deleted)
            for s in self.talk.said
        ]
        history = MessageRevision.unscoped.filter(message__conversation_id=self.row.pk)
        assert history.count() == sum(each.revisions for each in self.talk.said)

    @invariant()
    def previews_and_unread_are_what_each_person_may_know(self) -> None:
        everything = self.talk.said[-1].body
        public = [each.body for each in self.talk.said if not each.is_note][-1]
        with company_scope(self.row.company_id):
            for name in ("manager", "agent", "customer", "carla"):
                shown = whole(actor_for(self.people[name]), self.row.pk)
                assert (shown is not None) == self.talk.sees(name)
                if shown is not None:
                    told = everything if name in ("manager", "agent") else public
                    assert (shown["preview"], shown["unread"]) == (told, self.talk.unread(name))

    @invariant()
    def the_log_has_no_holes(self) -> None:
        rows = Event.objects.of_stream(f"conversation:{self.row.pk}").order_by("seq")
        found = list(rows.values_list("seq", "public_seq"))
        assert [seq for seq, _public in found] == [*range(1, self.talk.seq + 1)]
        public = [each for _seq, each in found if each is not None]
        assert public == [*range(1, self.talk.public_seq + 1)]

    def _said(self, place: int) -> Said:
        """One of the last few."""
        return self.talk.said[-1 - place % len(self.talk.said)]

    def _row(self, said: Said) -> Message:
        rows = Message.unscoped.select_related("conversation")
        row: Message = rows.get(conversation_id=self.row.pk, seq=said.seq)
        return row

    def _fresh(self) -> Conversation:
        row: Conversation = Conversation.unscoped.get(pk=self.row.pk)
        return row

    def _write(self, name: str, what: str, value: object) -> None:
        facts = {"conversation": self.row, "changes": {what: value}}
        self._same(name, self.talk.write(name, what, value), services.update_conversation, **facts)

    def _same(self, name: str, expected: str, service: Any, **facts: Any) -> None:
        member: Membership = self.people[name]
        assert outcome_of(lambda: service(actor=actor_for(member), **facts)) == expected


def test_any_order_of_deeds_leaves_what_the_reference_says() -> None:
    assert orders_tried(Deeds, examples=15, steps=15) >= 15


@pytest.mark.proof
def test_two_thousand_orders_of_twenty_deeds_leave_what_the_reference_says() -> None:
    assert orders_tried(Deeds, examples=2000, steps=20) >= 2000
