"""What the clock asks before it works company by company; one function each."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from conversations.models import Attachment, Conversation


def companies_with_waking_conversations(now: datetime) -> list[UUID]:
    return _companies(_living().waking(now))


def companies_with_resolved_conversations(before: datetime) -> list[UUID]:
    return _companies(_living().resolved_before(before))


def companies_with_long_logs(least: int) -> list[UUID]:
    """Where some log has so many entries that its oldest may go."""
    return _companies(_living().with_entries(least))


def companies_with_stale_attachments(before: datetime) -> list[UUID]:
    """Where one was deleted, or waits for a message since before that time."""
    stale = Q(is_deleted=True) | Q(visibility="", created_at__lt=before)
    return _companies(Attachment.unscoped.filter(stale))


def deleted_attachments(company_id: UUID, most: int) -> list[Attachment]:
    """Which no query of the company finds any more, the first deleted first."""
    return list(Attachment.unscoped.deleted().filter(company_id=company_id)[:most])


def _living() -> Any:
    """What is deleted waits for nothing; no company is asked for its sake."""
    return Conversation.unscoped.filter(is_deleted=False)


def _companies(rows: object) -> list[UUID]:
    # Told apart here: for a DISTINCT SQLite reads all conversations, company by company.
    found = rows.order_by().values_list("company_id", flat=True)  # type: ignore[attr-defined]  # a queryset
    return sorted(set(found))


def every_conversation(company_id: UUID) -> Any:
    """Of one company, deleted ones too: also their logs must be whole."""
    return Conversation.unscoped.filter(company_id=company_id)


def conversations_changed(company_id: UUID, since: datetime) -> Any:
    """Of one company, deleted ones too: (id, end of the log, time of the last public entry)."""
    rows = Conversation.unscoped.filter(company_id=company_id, changed_at__gt=since)
    return rows.order_by("changed_at", "id").values_list("pk", "last_seq", "public_activity_at")
