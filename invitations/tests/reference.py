"""Invitations of one address into one company, told again in plain Python: no rows, no services."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

WEEK = timedelta(days=7)


@dataclass
class Person:
    """Somebody who may invite, as long as role, access and places allow it."""

    role: str
    places: set[str]
    is_active: bool = True


@dataclass
class Letter:
    """One invitation; `sent` counts its mails, of which the last one's link is good."""

    role: str
    place: str | None
    inviter: str
    expires: datetime
    status: str = "pending"
    sent: int = 1


@dataclass
class Reference:
    now: datetime
    people: dict[str, Person]
    letters: list[Letter] = field(default_factory=list)
    told: Counter[str] = field(default_factory=Counter)
    is_in: bool = False

    def state(self, letter: Letter) -> str:
        is_late = letter.status == "pending" and letter.expires <= self.now
        return "expired" if is_late else letter.status

    def is_good(self, letter: Letter) -> bool:
        """It waits, and whoever sent it may send it still."""
        may = self.may(letter.inviter, letter.role, letter.place)
        return self.state(letter) == "pending" and may and self.people[letter.inviter].is_active

    def may(self, name: str, role: str, place: str | None) -> bool:
        person = self.people[name]
        if person.role == "company_admin":
            return True
        is_led = person.role == "manager" and role in ("agent", "user")
        return is_led and place in person.places

    def invite(self, name: str, role: str, place: str | None) -> str:
        own = self.people[name].role
        if own in ("agent", "user"):
            return "permission_denied"
        is_led = own == "manager" and role in ("agent", "user")
        if (is_led and place is None) or (role == "user" and place and not is_led):
            return "invalid"
        if not self.may(name, role, place):
            return "permission_denied"
        if self.is_in:
            return "already_member"
        if any(self.is_good(each) for each in self.letters):
            return "already_invited"
        self.make_room()
        self.letters.append(Letter(role, place, name, self.now + WEEK))
        self.told["invitation.sent"] += 1
        return "done"

    def resend(self, name: str, letter: Letter) -> str:
        if not self.may(name, letter.role, letter.place):
            return "permission_denied"
        if self.state(letter) not in ("pending", "expired"):
            return "illegal_move"
        if self.is_in:
            return "already_member"
        others = [each for each in self.letters if each is not letter]
        if any(self.is_good(each) for each in others):
            return "already_invited"
        self.make_room(spared=letter)
        letter.status, letter.inviter = "pending", name
        letter.expires, letter.sent = self.now + WEEK, letter.sent + 1
        self.told["invitation.resent"] += 1
        return "done"

    def revoke(self, name: str, letter: Letter) -> str:
        if not self.may(name, letter.role, letter.place):
            return "permission_denied"
        if letter.status == "revoked":
            return "done"
        if self.state(letter) != "pending":
            return "illegal_move"
        letter.status = "revoked"
        self.told["invitation.revoked"] += 1
        return "done"

    def accept(self, letter: Letter, mail: int) -> str:
        """`mail` is the number of the mail whose link is used."""
        if mail != letter.sent:
            return "not_found"
        if not self.is_good(letter):
            return "gone"
        if self.is_in:
            return "already_member"
        letter.status, self.is_in = "accepted", True
        self.told["invitation.accepted"] += 1
        return "done"

    def make_room(self, spared: Letter | None = None) -> None:
        self.expire(spared)
        for letter in self.letters:
            if letter.status == "pending" and letter is not spared:
                letter.status = "revoked"
                self.told["invitation.revoked"] += 1

    def expire(self, spared: Letter | None = None) -> None:
        for letter in self.letters:
            is_late = letter.status == "pending" and letter.expires <= self.now
            if is_late and letter is not spared:
                letter.status = "expired"
                self.told["invitation.expired"] += 1
