"""Attachments that nobody needs any more: their bytes go, then their rows."""

import time
from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from conversations.doors import deleted_attachments
from conversations.models import Attachment
from conversations.services import filestore
from conversations.services.fileroom import give_back
from tokdesk.common.db import transactional
from tokdesk.common.tenancy import company_scope

# Time enough to write the message that goes with it.
KEEP_WAITING = timedelta(hours=24)
AT_ONCE = 100


def sweep_attachments(company_id: UUID, *, seconds: float = 20.0) -> int:
    """Forget what waited too long, then remove what is deleted; returns how many went.

    What is left when the time is over goes with the next sweep. Raises Unavailable.
    """
    deadline, removed = time.monotonic() + seconds, 0
    with company_scope(company_id):
        Attachment.objects.forgotten(timezone.now() - KEEP_WAITING).soft_delete()
        while time.monotonic() < deadline:
            rows = deleted_attachments(company_id, AT_ONCE)
            for row in rows:
                # The bytes first: of a row without them nothing is lost, of bytes without a row
                # nobody knows.
                filestore.remove([row.storage_key, row.thumbnail_key])
                _erase(row)
            removed += len(rows)
            if len(rows) < AT_ONCE:
                break
    return removed


@transactional
def _erase(row: Attachment) -> None:
    if row.delete()[0] == 1:
        give_back(row.size)
