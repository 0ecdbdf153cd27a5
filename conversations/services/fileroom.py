"""How much room a company's attachments may take, counted on one row."""

from uuid import UUID

from django.conf import settings
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from conversations.models import AttachmentUse
from tokdesk.common.db import RetryTransaction, try_insert
from tokdesk.common.errors import Conflict


class QuotaExceeded(Conflict):
    default_code = "quota_exceeded"
    default_detail = _("Your company has no more room for files.")


def require_room(size: int) -> None:
    """Before the work that an upload is; who loses the race for the last room hears it later.

    Raises:
        QuotaExceeded.
    """
    if AttachmentUse.objects.filter(size__gt=settings.ATTACHMENT_QUOTA_BYTES - size).exists():
        raise QuotaExceeded


def take_room(company_id: UUID, size: int) -> None:
    """Within the transaction of an upload. Raises QuotaExceeded."""
    left = settings.ATTACHMENT_QUOTA_BYTES - size
    rows = AttachmentUse.objects.all()
    if rows.filter(size__lte=left).update(size=F("size") + size) == 1:
        return
    if left < 0 or rows.exists():
        raise QuotaExceeded
    if not try_insert(AttachmentUse(company_id=company_id, size=size)):
        raise RetryTransaction


def give_back(size: int) -> None:
    AttachmentUse.objects.filter(size__gte=size).update(size=F("size") - size)
