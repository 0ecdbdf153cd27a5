"""What the virus scanner says of an upload; until it has said so, nobody gets it."""

import logging
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from conversations.choices import Scan
from conversations.events import AttachmentScanned
from conversations.models import Attachment
from conversations.services import filestore
from tokdesk.common.actor import system_actor
from tokdesk.common.db import transactional
from tokdesk.common.errors import Denied
from tokdesk.common.events import publish
from tokdesk.common.tenancy import company_scope
from tokdesk.integrations.clamav import find_malware

logger = logging.getLogger(__name__)


def scan_attachment(*, company_id: UUID, attachment_id: UUID) -> None:
    """Have one upload looked at that waits for it; twice does no harm.

    Raises:
        ScanFailed: nobody knows. NotFound, Unavailable: its bytes cannot be read.
    """
    with company_scope(company_id):
        row: Attachment | None = Attachment.objects.filter(pk=attachment_id).first()
        if row is None or row.scan != Scan.PENDING:
            return
        finding = _finding(row)
        if finding is not None:
            facts = {"attachment": str(row.id), "finding": finding}
            logger.warning("an upload was blocked", extra=facts)
        _settle(row, Scan.BLOCKED if finding else Scan.CLEAN)


def refuse_unscanned(attachment: Attachment) -> None:
    """Raises Denied: `scan_pending`, `blocked`."""
    if attachment.scan == Scan.PENDING:
        raise Denied("scan_pending", _("The virus scanner has not looked at this file yet."))
    if attachment.scan == Scan.BLOCKED:
        raise Denied("blocked", _("The virus scanner has blocked this file."))


def _finding(row: Attachment) -> str | None:
    """None too where the scanner was switched off meanwhile."""
    if not settings.CLAMAV_URL:
        return None
    with filestore.open_file(row.storage_key) as file:
        return find_malware(settings.CLAMAV_URL, file)


@transactional
def _settle(row: Attachment, verdict: Scan) -> None:
    rows = Attachment.objects.filter(pk=row.pk, scan=Scan.PENDING)
    if rows.update(scan=verdict) != 1:
        return
    publish(
        AttachmentScanned(row.conversation_id, row.id, verdict),
        actor=system_actor(row.company_id),
        company_id=row.company_id,
        stream=f"attachment:{row.id}",
    )
