"""Uploads: made ready, kept, and sent along with a message."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import Any, BinaryIO
from uuid import UUID

from django.conf import settings
from django.db.models import Case, PositiveSmallIntegerField, Value, When
from django.utils.translation import gettext_lazy as _

from conversations.choices import Scan
from conversations.events import AttachmentUploaded
from conversations.models import Attachment, Conversation, Message
from conversations.models.attachment import MOST_ATTACHMENTS
from conversations.services import filestore
from conversations.services.filenames import clean_name, extension_of
from conversations.services.fileroom import require_room, take_room
from conversations.services.filetypes import UNKNOWN, type_of
from conversations.services.images import FORMATS, NoImage, TooManyPixels, redraw
from conversations.services.log import reread
from conversations.services.refusals import field_fault, not_here, refuse_read_only
from tokdesk.common.actor import Actor
from tokdesk.common.db import RetryTransaction, transactional
from tokdesk.common.errors import Denied, TokDeskError
from tokdesk.common.events import publish
from tokdesk.common.ids import new_id
from tokdesk.common.policy import authorize
from tokdesk.common.tenancy import company_scope

CHUNK = 256 * 1024


class TooLarge(TokDeskError):
    status = 413
    default_code = "too_large"
    default_detail = _("A file may have 25 MB at most.")


@dataclass(frozen=True)
class Prepared:
    """What will be kept of an upload; made outside of any transaction, since drawing takes time."""

    name: str
    content_type: str
    body: BinaryIO
    size: int
    checksum: str
    width: int | None = None
    height: int | None = None
    is_redrawn: bool = False
    thumbnail: bytes | None = None


@dataclass(frozen=True)
class Kept:
    """The keys of what the store has of it by now."""

    body: str
    thumbnail: str

    def keys(self) -> tuple[str, str]:
        return self.body, self.thumbnail


def upload_attachment(
    *, actor: Actor, conversation: Conversation, file: BinaryIO, name: str
) -> Attachment:
    """Keep a file for a message of this conversation that is yet to be said.

    The bytes are stored before the row commits, and removed again where it does not. With a scanner
    nobody gets the file before it was looked at.

    Raises:
        NotFound: out of sight. Denied: `closed`, `archived`, or no right to reply. TooLarge.
        Invalid: the file is empty, or an image of too many pixels. Conflict: `quota_exceeded`.
        Unavailable: the store does not answer.
    """
    size = _length(file)
    with company_scope(conversation.company_id):
        _admit(actor, conversation)
        require_room(size)
        prepared = prepare(file, name)
        kept = _keep(conversation.company_id, prepared)
        try:
            return _record(actor, conversation, prepared, kept)
        except BaseException:
            filestore.remove_if_possible(kept.keys())
            raise


def prepare(file: BinaryIO, name: str) -> Prepared:
    """Raises Invalid: an image of too many pixels."""
    cleaned = clean_name(name)
    content_type = type_of(file, extension_of(cleaned))
    if content_type not in FORMATS:
        return _as_sent(file, cleaned, content_type)
    try:
        drawing = redraw(file, content_type)
    except TooManyPixels as error:
        detail = _("This image has too many pixels.")
        raise field_fault("file", "too_many_pixels", detail) from error
    except NoImage:
        return _as_sent(file, cleaned, UNKNOWN)
    return _as_sent(
        BytesIO(drawing.body),
        cleaned,
        content_type,
        width=drawing.width,
        height=drawing.height,
        is_redrawn=drawing.is_redrawn,
        thumbnail=drawing.thumbnail,
    )


def take_uploads(actor: Actor, conversation: Conversation, ids: Sequence[UUID]) -> list[Attachment]:
    """The actor's own uploads of this conversation that wait, locked, in this order.

    Raises:
        Invalid: one is unknown, foreign, used or deleted, all told alike; or it is blocked.
    """
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return []
    if len(wanted) > MOST_ATTACHMENTS:
        detail = _("A message takes ten files at most.")
        raise field_fault("attachments", "max_length", detail)
    rows = Attachment.objects.waiting().of_conversation(conversation)
    mine = rows.uploaded_by(actor.member_id).filter(pk__in=wanted)
    found: dict[UUID, Attachment] = {row.pk: row for row in mine.order_by("pk").locked()}
    if len(found) != len(wanted) or actor.member_id is None:
        raise not_here("attachments")
    if any(row.scan == Scan.BLOCKED for row in found.values()):
        raise field_fault("attachments", "blocked", _("The virus scanner has blocked this file."))
    return [found[each] for each in wanted]


def send_along(uploads: Sequence[Attachment], message: Message) -> None:
    """Give taken uploads to a new message. Raises RetryTransaction: another one got them."""
    if not uploads:
        message.loaded_files = []
        return
    places = [When(pk=each.pk, then=Value(number)) for number, each in enumerate(uploads)]
    rows = Attachment.objects.waiting().filter(pk__in=[each.pk for each in uploads])
    given = rows.update(
        message=message,
        visibility=message.visibility,
        position=Case(*places, output_field=PositiveSmallIntegerField()),
    )
    if given != len(uploads):
        raise RetryTransaction


def delete_of_message(message: Message) -> None:
    """Nobody gets them from now on; their bytes go with the next sweep."""
    Attachment.objects.of_message(message).soft_delete()


def _length(file: BinaryIO) -> int:
    """Raises TooLarge, Invalid: empty."""
    size = file.seek(0, 2)
    if size > settings.MAX_ATTACHMENT_BYTES:
        raise TooLarge
    if size == 0:
        raise field_fault("file", "empty", _("The file is empty."))
    return size


@transactional
def _admit(actor: Actor, conversation: Conversation) -> tuple[Conversation, UUID]:
    """The conversation as of now, where this actor may say something, and as whom."""
    row = reread(actor, conversation)
    authorize(actor, "conversation:reply", row)
    if actor.member_id is None:
        raise Denied(permission="conversation:reply", obj=row)
    refuse_read_only(row)
    return row, actor.member_id


def _as_sent(file: BinaryIO, name: str, content_type: str, **drawn: Any) -> Prepared:
    digest, size = sha256(), 0
    file.seek(0)
    while chunk := file.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
    return Prepared(name, content_type, file, size, digest.hexdigest(), **drawn)


def _keep(company_id: UUID, prepared: Prepared) -> Kept:
    body = filestore.put(company_id, prepared.body)
    if prepared.thumbnail is None:
        return Kept(body, "")
    try:
        return Kept(body, filestore.put(company_id, BytesIO(prepared.thumbnail)))
    except BaseException:
        filestore.remove_if_possible([body])
        raise


@transactional
def _record(actor: Actor, conversation: Conversation, prepared: Prepared, kept: Kept) -> Attachment:
    row, uploader_id = _admit(actor, conversation)
    take_room(row.company_id, prepared.size)
    attachment = Attachment(
        id=new_id(),
        company_id=row.company_id,
        conversation=row,
        uploaded_by_id=uploader_id,
        name=prepared.name,
        content_type=prepared.content_type,
        size=prepared.size,
        checksum=prepared.checksum,
        width=prepared.width,
        height=prepared.height,
        is_redrawn=prepared.is_redrawn,
        storage_key=kept.body,
        thumbnail_key=kept.thumbnail,
        scan=Scan.PENDING if settings.CLAMAV_URL else Scan.CLEAN,
    )
    attachment.save(force_insert=True)
    fact = AttachmentUploaded(row.id, attachment.id)
    publish(fact, actor=actor, company_id=row.company_id, stream=f"attachment:{attachment.id}")
    return attachment
