"""The log of a conversation: every entry has the next number, given where the change is written.

The conversation's row is locked from its reading on, so entries are numbered in the order in which
they commit, and a transaction that fails leaves no hole.
"""

from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from conversations.models import Conversation
from tokdesk.common.actor import Actor
from tokdesk.common.db import RetryTransaction, on_commit_once
from tokdesk.common.errors import NotFound
from tokdesk.common.events import Fact, publish
from tokdesk.common.live.hints import hint_head
from tokdesk.common.models import Event
from tokdesk.common.models.event import Audience

# Changes of these count the version: somebody who edits must know of them.
VERSIONED = frozenset(
    {
        "subject",
        "priority",
        "tags",
        "attributes",
        "department",
        "assignee",
        "status",
        "snoozed_until",
        "is_archived",
        "merged_into",
        "is_deleted",
    }
)


def stream_of(conversation_id: UUID) -> str:
    return f"conversation:{conversation_id}"


def conversation_of(stream: str) -> UUID:
    """Whose log it is."""
    return UUID(stream.removeprefix("conversation:"))


def reread(actor: Actor, conversation: Conversation) -> Conversation:
    """The conversation as of now, locked until commit.

    Raises:
        NotFound: it is gone, or out of this actor's sight.
    """
    return read_locked(actor, conversation.pk)


def read_locked(actor: Actor, conversation_id: UUID) -> Conversation:
    """The same, where nobody has read it before."""
    # Without joins: PostgreSQL reads a row that it waited for again, but none that is joined to it.
    row: Conversation = Conversation.objects.visible_to(actor).fresh_by_id(conversation_id)
    return row


def reread_both(
    actor: Actor, first: Conversation, second: Conversation
) -> tuple[Conversation, Conversation]:
    """Two of them, locked in one order whoever asks, so that two askers wait for each other.

    Raises:
        NotFound: one is gone, or out of this actor's sight.
    """
    ids = [first.pk, second.pk]
    seen = Conversation.objects.visible_to(actor).locked()
    rows = {row.pk: row for row in seen.filter(pk__in=ids).order_by("pk")}
    if rows.keys() != set(ids):
        raise NotFound
    return rows[first.pk], rows[second.pk]


@dataclass
class Log:
    """What one transaction adds to the log of a conversation that it has read and locked.

    `append` any number of entries, then `save` once: it writes the new head of the log and what
    else of the row changed, in one statement.
    """

    actor: Actor
    conversation: Conversation
    now: datetime = field(default_factory=timezone.now)

    def __post_init__(self) -> None:
        self._seen = self.conversation.last_seq
        self._seen_public = self.conversation.last_public_seq

    def append(self, fact: Fact, audience: Audience = Audience.ALL) -> Event:
        """Store the next entry. In a room every entry is for everybody."""
        row = self.conversation
        is_public = audience == Audience.ALL or row.is_room
        row.last_seq += 1
        row.last_public_seq += is_public
        return publish(
            fact,
            actor=self.actor,
            company_id=row.company_id,
            stream=stream_of(row.id),
            audience=Audience.ALL if is_public else Audience.STAFF,
            seq=row.last_seq,
            public_seq=row.last_public_seq if is_public else None,
        )

    def save(self, changes: dict[str, Any] | None = None) -> Conversation:
        """Raises RetryTransaction: another transaction wrote to this log since it was read."""
        row, changes = self.conversation, dict(changes or {})
        written = {
            **changes,
            "last_seq": row.last_seq,
            "last_public_seq": row.last_public_seq,
            "changed_at": self.now,
            "updated_at": self.now,
        }
        if row.last_public_seq != self._seen_public:
            written["public_activity_at"] = self.now
        counts = bool(VERSIONED & changes.keys())
        rows = Conversation.objects.filter(pk=row.pk, last_seq=self._seen, version=row.version)
        if rows.update(**written, version=F("version") + int(counts)) != 1:
            raise RetryTransaction
        for name, value in written.items():
            setattr(row, name, value)
        row.version += int(counts)
        on_commit_once(f"head {row.pk}", partial(_hint, row, self._seen_public))
        self._seen, self._seen_public = row.last_seq, row.last_public_seq
        return row


def _hint(row: Conversation, public_seq: int) -> None:
    """After commit: the log reaches to where the row says then, from `public_seq` for customers."""
    is_public = row.last_public_seq > public_seq
    hint_head(row.company_id, row.pk, row.last_seq, is_public=is_public)
