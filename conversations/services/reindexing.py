"""The index of search written anew from what it is made of, piece by piece, beside running work."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any
from uuid import UUID

from conversations.models import Conversation, Message, SearchEntry
from conversations.search.text import index_text
from conversations.services.indexing import message_entry, own_entries
from tokdesk.common.db import transactional
from tokdesk.common.tenancy import company_scope

# So many conversations are locked at once, and so many rows written in one statement.
PIECE = 50
CHUNK = 500


@dataclass(frozen=True)
class Rebuilt:
    """What was gone through; `last` is where to go on, None at the end."""

    conversations: int = 0
    entries: int = 0
    last: UUID | None = None

    def __add__(self, more: "Rebuilt") -> "Rebuilt":
        conversations = self.conversations + more.conversations
        return Rebuilt(conversations, self.entries + more.entries, more.last)


def rebuild_search(*, company_id: UUID) -> Rebuilt:
    """Write every entry of a company anew, those of now included. Asks for no right."""
    _forget_deleted(company_id)
    total = _rebuild_some(company_id, None)
    while total.last is not None:
        total += _rebuild_some(company_id, total.last)
    return total


def rebuilding(*, company_id: UUID) -> Rebuilt:
    """What there would be to go through."""
    with company_scope(company_id):
        conversations = Conversation.objects.all()
        entries = conversations.count() + 2 * conversations.of_customers().count()
        messages = Message.objects.filter(deleted_at__isnull=True, conversation__is_deleted=False)
        return Rebuilt(conversations.count(), entries + messages.count())


@transactional
def _forget_deleted(company_id: UUID) -> None:
    with company_scope(company_id):
        SearchEntry.objects.of_deleted().delete()


@transactional
def _rebuild_some(company_id: UUID, after: UUID | None) -> Rebuilt:
    with company_scope(company_id):
        rows = Conversation.objects.with_people().locked().order_by("pk")
        if after is not None:
            rows = rows.filter(pk__gt=after)
        found = list(rows[:PIECE])
        ids = [row.pk for row in found]
        SearchEntry.objects.filter(conversation_id__in=ids).delete()
        entries = _store(_entries(found, ids))
        return Rebuilt(len(found), entries, ids[-1] if len(found) == PIECE else None)


def _entries(conversations: list[Conversation], ids: list[UUID]) -> Iterator[SearchEntry]:
    for conversation in conversations:
        yield from own_entries(conversation)
    rows: Any = Message.objects.filter(conversation_id__in=ids, deleted_at__isnull=True)
    for message in rows.order_by("pk").iterator(CHUNK):
        yield message_entry(message, index_text(message.body))


def _store(entries: Iterator[SearchEntry]) -> int:
    count = 0
    while some := list(islice(entries, CHUNK)):
        count += len(SearchEntry.objects.bulk_create(some))
    return count
