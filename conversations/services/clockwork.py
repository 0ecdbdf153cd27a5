"""What happens to conversations because time has passed; none of it asks for a right."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Max, Min
from django.utils import timezone

from companies.models import Company
from conversations.models import Conversation
from conversations.services.log import stream_of
from conversations.services.moves import close_conversation, closing_limit, wake_conversation
from tokdesk.common.db import transactional
from tokdesk.common.models import Event, Job
from tokdesk.common.tenancy import company_scope

# Of each log so many entries stay, however old they are.
KEPT_ENTRIES = 300
# Logs are pruned when so many could go, so that nobody is touched for one.
LEAST_PRUNED = 100
LONGEST_ROUND = 500


def wake_conversations(company_id: UUID) -> int:
    """Those whose time has come; returns how many were looked at."""
    with company_scope(company_id):
        ids = _some(Conversation.objects.waking(timezone.now()))
    for conversation_id in ids:
        wake_conversation(company_id=company_id, conversation_id=conversation_id)
    return len(ids)


def close_conversations(company_id: UUID) -> int:
    """Those that were resolved long enough ago; returns how many were looked at."""
    with company_scope(company_id):
        limit = closing_limit(Company.objects.get(pk=company_id))
        ids = _some(Conversation.objects.resolved_before(limit))
    for conversation_id in ids:
        close_conversation(company_id=company_id, conversation_id=conversation_id)
    return len(ids)


def prune_logs(company_id: UUID) -> int:
    """Drop what is old and not among the newest of its log; returns how many entries went."""
    with company_scope(company_id):
        ids = _some(Conversation.objects.with_entries(KEPT_ENTRIES + LEAST_PRUNED))
    return sum(_prune(company_id, conversation_id) for conversation_id in ids)


@transactional
def _prune(company_id: UUID, conversation_id: UUID) -> int:
    with company_scope(company_id):
        rows = Conversation.objects.locked().filter(pk=conversation_id)
        conversation: Conversation | None = rows.first()
        if conversation is None:
            return 0
        entries = Event.objects.of_stream(stream_of(conversation_id))
        limit = timezone.now() - timedelta(days=settings.LOG_DAYS)
        old = entries.filter(seq__lte=conversation.last_seq - KEPT_ENTRIES, at__lt=limit)
        waiting = Job.objects.filter(event__in=entries).aggregate(first=Min("event__seq"))["first"]
        if waiting is not None:
            # Somebody still has to do something about it.
            old = old.filter(seq__lt=waiting)
        ends = old.aggregate(seq=Max("seq"), public=Max("public_seq"))
        if ends["seq"] is None or ends["seq"] - conversation.pruned_seq < LEAST_PRUNED:
            return 0
        entries.filter(seq__lte=ends["seq"]).delete()
        rows.update(
            pruned_seq=ends["seq"],
            pruned_public_seq=ends["public"] or conversation.pruned_public_seq,
        )
        return int(ends["seq"] - conversation.pruned_seq)


def _some(rows: Any) -> list[UUID]:
    return list(rows.values_list("pk", flat=True)[:LONGEST_ROUND])
