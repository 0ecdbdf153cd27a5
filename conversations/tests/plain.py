"""One conversation told again in plain Python: no rows, no services, no log but its length."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

STAFF = {"admin", "manager", "agent"}
CUSTOMERS = {"customer", "carla"}
ACTIVE = {"open", "pending", "on_hold"}
MOVES = {
    "open": {"pending", "on_hold", "resolved"},
    "pending": {"open", "on_hold", "resolved"},
    "on_hold": {"open", "pending", "resolved"},
    "resolved": {"open"},
    "closed": set(),
}
WINDOW = timedelta(minutes=5)
CLOSES_AFTER = timedelta(days=7)
DONE, DENIED, UNKNOWN = "done", "permission_denied", "not_found"


@dataclass
class Said:
    author: str
    is_note: bool
    body: str
    at: datetime
    seq: int
    public_seq: int | None
    is_deleted: bool = False
    revisions: int = 0


@dataclass
class Talk:
    """Opened by the customer with one message; the agent and the manager work in its department."""

    now: datetime
    status: str = "open"
    assignee: str | None = None
    snoozed: datetime | None = None
    is_archived: bool = False
    priority: str = "normal"
    subject: str = ""
    tags: list[str] = field(default_factory=list)
    version: int = 1
    seq: int = 2
    public_seq: int = 2
    waiting: datetime | None = None
    resolved: datetime | None = None
    copied: bool = False
    seated: bool = False
    said: list[Said] = field(default_factory=list)
    sent: dict[tuple[str, int], tuple[bool, str]] = field(default_factory=dict)
    read: dict[str, int] = field(default_factory=dict)
    marks: dict[str, int] = field(default_factory=dict)

    def begin(self, body: str) -> None:
        self.said.append(Said("customer", False, body, self.now, 2, 2))
        self.waiting, self.read["customer"] = self.now, 2

    def sees(self, name: str) -> bool:
        return name != "carla" or self.copied

    def unread(self, name: str) -> int:
        """Behind what was read, or already from the mark on."""
        first = min(self.marks.get(name, self.seq + 1), self.read.get(name, 0) + 1)
        mine = [each for each in self.said if name in STAFF or not each.is_note]
        return sum(each.seq >= first for each in mine)

    def add(self, *, public: bool) -> None:
        self.seq += 1
        self.public_seq += public

    def frozen(self) -> str:
        if self.is_archived:
            return "archived"
        return "closed" if self.status == "closed" else ""

    def say(self, name: str, key: int, is_note: bool, body: str) -> str:
        if not self.sees(name):
            return UNKNOWN
        if (name, key) in self.sent:
            is_same = self.sent[name, key] == (is_note, body)
            return DONE if is_same else "client_id_reused"
        if is_note and name in CUSTOMERS:
            return DENIED
        if self.frozen():
            return self.frozen()
        self.sent[name, key] = (is_note, body)
        self.add(public=not is_note)
        number = None if is_note else self.public_seq
        self.said.append(Said(name, is_note, body, self.now, self.seq, number))
        self.read[name] = self.seq
        self.marks.pop(name, None)
        if not is_note:
            self.follow(name)
        return DONE

    def follow(self, name: str) -> None:
        """What a public message does beside being there."""
        if name in STAFF:
            self.waiting = None
            return
        self.waiting = self.waiting or self.now
        changed = self.status != "open" or self.snoozed is not None
        if self.status != "open":
            self.status, self.resolved = "open", None
            self.add(public=True)
        self.wake()
        self.version += changed

    def wake(self) -> None:
        if self.snoozed is not None:
            self.snoozed = None
            self.add(public=False)

    def own(self, name: str, said: Said) -> str:
        """Why this person cannot change it, if so."""
        if not self.sees(name) or (said.is_note and name in CUSTOMERS):
            return UNKNOWN
        if said.author != name:
            return DENIED
        if self.frozen():
            return self.frozen()
        is_open = said.is_note or said.is_deleted or self.now - said.at <= WINDOW
        return "" if is_open else "too_late"

    def edit(self, name: str, said: Said, body: str) -> str:
        if refusal := self.own(name, said):
            return refusal
        if said.is_deleted:
            return "deleted"
        if said.body != body:
            said.body, said.revisions = body, said.revisions + 1
            self.add(public=not said.is_note)
        return DONE

    def delete(self, name: str, said: Said) -> str:
        if refusal := self.own(name, said):
            return refusal
        if not said.is_deleted:
            said.body, said.revisions, said.is_deleted = "", 0, True
            self.add(public=not said.is_note)
        return DONE

    def move(self, name: str, status: str) -> str:
        if not self.sees(name):
            return UNKNOWN
        if name == "carla":
            return DENIED
        if self.is_archived:
            return "archived"
        if status == self.status:
            return DONE
        allowed = MOVES[self.status]
        if name == "customer":
            allowed = allowed & ({"resolved"} if self.status in ACTIVE else {"open"})
        if status not in allowed:
            return "illegal_move"
        self.enter(status)
        if name == "customer" and status == "open":
            self.waiting = self.now
        return DONE

    def enter(self, status: str) -> None:
        self.status = status
        self.add(public=True)
        self.version += 1
        if status in ("resolved", "closed"):
            self.waiting = None
            self.wake()
        if status != "closed":
            self.resolved = self.now if status == "resolved" else None

    def close(self) -> None:
        is_over = self.resolved is not None and self.now - self.resolved > CLOSES_AFTER
        if self.status == "resolved" and is_over and not self.is_archived:
            self.enter("closed")

    def assign(self, name: str, to: str | None) -> str:
        if refusal := self.refusal_for_staff(name):
            return refusal
        may = {
            "admin": True,
            "manager": to in (None, "agent", "manager"),
            "agent": to == "agent" or (to is None and self.assignee in (None, "agent")),
        }
        if not may[name]:
            return DENIED
        self.give(to)
        return DONE

    def claim(self, name: str) -> str:
        if refusal := self.refusal_for_staff(name):
            return refusal
        if self.assignee not in (None, name):
            return "already_assigned"
        self.give(name)
        return DONE

    def give(self, to: str | None) -> None:
        if to == self.assignee:
            return
        self.assignee = to
        self.add(public=False)
        self.version += 1
        if to == "agent2" and not self.seated:
            self.seated = True
            self.add(public=False)

    def refusal_for_staff(self, name: str) -> str:
        if not self.sees(name):
            return UNKNOWN
        return DENIED if name in CUSTOMERS else self.frozen()

    def snooze(self, name: str, until: datetime | None) -> str:
        if refusal := self.refusal_for_staff(name):
            return refusal
        if until == self.snoozed:
            return DONE
        if until is not None and self.status not in ACTIVE:
            return "illegal_move"
        self.snoozed = until
        self.add(public=False)
        self.version += 1
        return DONE

    def ring(self) -> None:
        """What was put away stays as it is until it is taken out again."""
        is_due = self.snoozed is not None and self.snoozed <= self.now
        if is_due and not self.is_archived:
            self.wake()
            self.version += 1

    def archive(self, name: str, archived: bool) -> str:
        if not self.sees(name):
            return UNKNOWN
        if name not in ("admin", "manager"):
            return DENIED
        if archived != self.is_archived:
            self.is_archived = archived
            self.add(public=True)
            self.version += 1
        return DONE

    def write(self, name: str, what: str, value: object) -> str:
        if refusal := self.refusal_for_staff(name):
            return refusal
        if getattr(self, what) != value:
            setattr(self, what, value)
            self.add(public=what == "subject")
            self.version += 1
        return DONE

    def copy(self, name: str) -> str:
        if refusal := self.refusal_for_staff(name):
            return refusal
        if not self.copied:
            self.copied = True
            self.add(public=True)
        return DONE

    def drop(self, name: str) -> str:
        if refusal := self.refusal_for_staff(name):
            return refusal
        if not self.copied:
            return UNKNOWN
        self.copied = False
        self.add(public=True)
        return DONE

    def look(self, name: str, seq: int) -> None:
        self.read[name] = max(self.read.get(name, 0), min(seq, self.seq))
        self.marks.pop(name, None)

    def mark(self, name: str, seq: int) -> None:
        self.marks[name] = max(1, min(seq, self.seq))
