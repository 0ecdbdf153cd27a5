"""Any order of deeds leaves the rows as the plain reference says they are."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)

from accounts.models import Membership
from accounts.services.members import deactivate_member, reactivate_member
from accounts.tests.factories import NOBODY, PASSWORD, actor_for, change_role, make_member
from companies.tests.factories import make_company
from departments.models import Department
from departments.services import add_department_member, remove_department_member
from departments.tests.factories import make_department
from invitations.models import Invitation
from invitations.services import accept, expire_invitations, invite, resend, revoke
from invitations.services.offers import token_of
from invitations.tests.factories import EMAIL
from invitations.tests.reference import Letter, Person, Reference
from tokdesk.common.actor import system_actor
from tokdesk.common.ids import new_id
from tokdesk.common.models import Event
from tokdesk.common.roles import Role
from tokdesk.tests.machines import orders_tried, outcome_of

pytestmark = pytest.mark.django_db

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
NAMES = st.sampled_from(["ann", "max"])
ROLES = st.sampled_from(["company_admin", "manager", "agent", "user"])
PLACES = st.sampled_from(["support", "billing"])


class Invitations(RuleBasedStateMachine):
    """Two people who may invite, one address, and a clock."""

    letters: Bundle[Letter] = Bundle("letters")

    @initialize(target=letters, inviter=NAMES)
    def open_company(self, inviter: str) -> Letter:
        """With a first invitation, or most orders would be of deeds that find nothing to do."""
        self.clock = time_machine.travel(START, tick=False)
        self.travel = self.clock.start()
        self.company = make_company(f"c-{new_id().hex}")
        self.boss = actor_for(self._member("boss", Role.COMPANY_ADMIN))
        self.members = {
            "ann": self._member("ann", Role.COMPANY_ADMIN),
            "max": self._member("max", Role.MANAGER),
        }
        self.places: dict[str, Department] = {
            "support": make_department(self.company, "Support", self.members["max"]),
            "billing": make_department(self.company, "Billing"),
        }
        people = {"ann": Person("company_admin", set()), "max": Person("manager", {"support"})}
        self.reference = Reference(START, people)
        self.rows: list[Invitation] = []
        first = self.invite(inviter, "agent", "support")
        assert isinstance(first, Letter)
        return first

    def teardown(self) -> None:
        self.clock.stop()

    @rule(target=letters, name=NAMES, role=ROLES, place=PLACES | st.none())
    def invite_somebody(self, name: str, role: str, place: str | None) -> Any:
        if not self.reference.people[name].is_active:
            return multiple()
        return self.invite(name, role, place)

    def invite(self, name: str, role: str, place: str | None) -> Any:
        department = self.places[place] if place else None

        def work() -> None:
            facts = {"email": EMAIL, "role": role, "department": department}
            self.rows.append(invite(actor=self._actor(name), **facts))

        found = outcome_of(work)
        self._same(found, self.reference.invite(name, role, place))
        return self.reference.letters[-1] if found == "done" else multiple()

    @rule(name=NAMES, letter=letters)
    def resend(self, name: str, letter: Letter) -> None:
        if self.reference.people[name].is_active:
            row = self._row(letter)
            found = outcome_of(lambda: resend(actor=self._actor(name), invitation=row))
            self._same(found, self.reference.resend(name, letter))

    @rule(name=NAMES, letter=letters)
    def revoke(self, name: str, letter: Letter) -> None:
        if self.reference.people[name].is_active:
            row = self._row(letter)
            found = outcome_of(lambda: revoke(actor=self._actor(name), invitation=row))
            self._same(found, self.reference.revoke(name, letter))

    @rule(letter=letters, back=st.integers(0, 2))
    def accept(self, letter: Letter, back: int) -> None:
        """By the newest mail, or by one before it."""
        mail = max(1, letter.sent - back)
        token = token_of(self._row(letter).id, mail - 1)
        found = outcome_of(
            lambda: accept(actor=NOBODY, token=token, name="Nour", password=PASSWORD)
        )
        self._same(found, self.reference.accept(letter, mail))

    @precondition(lambda self: self.reference.is_in)
    @rule()
    def leave(self) -> None:
        """Removed for good, and so to be invited again; the account stays."""
        Membership.unscoped.filter(company=self.company, email=EMAIL).update(is_deleted=True)
        self.reference.is_in = False

    @rule(hours=st.sampled_from([1, 24, 100, 168, 169]))
    def wait(self, hours: int) -> None:
        self.reference.now += timedelta(hours=hours)
        self.travel.move_to(self.reference.now)

    @rule()
    def sweep(self) -> None:
        expire_invitations(actor=system_actor(), company_id=self.company.id)
        self.reference.expire()

    @rule(name=NAMES, role=ROLES)
    def change_role(self, name: str, role: str) -> None:
        change_role(actor=self.boss, member=self.members[name], role=role)
        self.reference.people[name].role = role

    @rule(name=NAMES, is_active=st.booleans())
    def open_or_shut(self, name: str, is_active: bool) -> None:
        service = reactivate_member if is_active else deactivate_member
        service(actor=self.boss, member=self.members[name])
        self.reference.people[name].is_active = is_active

    @rule(name=NAMES, place=PLACES)
    def place(self, name: str, place: str) -> None:
        person = self.reference.people[name]
        facts = {"department": self.places[place], "member": self.members[name]}
        if place in person.places:
            remove_department_member(actor=self.boss, **facts)
            person.places.remove(place)
        elif person.is_active and person.role != "user":
            add_department_member(actor=self.boss, **facts)
            person.places.add(place)

    @invariant()
    def the_rows_are_as_the_reference_says(self) -> None:
        stored = Invitation.unscoped.in_bulk([row.pk for row in self.rows])
        found = [stored[row.pk] for row in self.rows]
        assert [(row.state, row.status, row.resent + 1) for row in found] == [
            (self.reference.state(each), each.status, each.sent) for each in self.reference.letters
        ]
        assert sum(row.status == "pending" for row in found) <= 1

    @invariant()
    def the_person_is_in_or_out(self) -> None:
        people = Membership.unscoped.filter(company=self.company, email=EMAIL, is_deleted=False)
        assert people.exists() == self.reference.is_in

    @invariant()
    def each_deed_was_told_once(self) -> None:
        rows = Event.objects.filter(company=self.company, type__startswith="invitation.")
        assert Counter(rows.values_list("type", flat=True)) == self.reference.told

    def _member(self, name: str, role: str) -> Membership:
        return make_member(self.company, role, f"{name}-{self.company.slug}@x.example")

    def _actor(self, name: str) -> Any:
        return actor_for(Membership.unscoped.get(pk=self.members[name].pk))

    def _row(self, letter: Letter) -> Invitation:
        where = next(i for i, each in enumerate(self.reference.letters) if each is letter)
        return self.rows[where]

    def _same(self, found: str, expected: str) -> None:
        assert found == expected


def test_any_order_of_deeds_leaves_what_the_reference_says() -> None:
    assert orders_tried(Invitations, examples=30, steps=20) >= 30


@pytest.mark.proof
def test_two_thousand_orders_of_fifty_deeds_leave_what_the_reference_says() -> None:
    assert orders_tried(Invitations, examples=2000, steps=50) >= 2000
