"""How an attachment is handed out: what a browser may do with it, and from where it comes."""

from dataclasses import dataclass
from typing import Any

from django.utils.http import content_disposition_header

from conversations.models import Attachment
from conversations.services import filestore
from conversations.services.scanning import refuse_unscanned
from tokdesk.common.errors import NotFound

THUMBNAIL_TYPE = "image/webp"


@dataclass(frozen=True)
class Served:
    """One file for one reader, whose right to it was checked; either an address or the bytes."""

    content_type: str
    disposition: str
    url: str | None = None
    file: Any = None


def serve_content(attachment: Attachment) -> Served:
    """Only what we drew ourselves is shown where it stands, everything else is saved.

    Raises:
        Denied: `scan_pending`, `blocked`. NotFound: the bytes are gone. Unavailable.
    """
    refuse_unscanned(attachment)
    disposition = _disposition(attachment.name, is_shown=attachment.is_redrawn)
    return _served(attachment.storage_key, attachment.content_type, disposition)


def serve_thumbnail(attachment: Attachment) -> Served:
    """Raises as `serve_content`; NotFound also where there is none."""
    if not attachment.thumbnail_key:
        raise NotFound
    refuse_unscanned(attachment)
    disposition = _disposition("thumbnail.webp", is_shown=True)
    return _served(attachment.thumbnail_key, THUMBNAIL_TYPE, disposition)


def _disposition(name: str, *, is_shown: bool) -> str:
    """Of RFC 6266, with `filename*` where the name is not plain."""
    return content_disposition_header(not is_shown, name) or "attachment"


def _served(key: str, content_type: str, disposition: str) -> Served:
    url = filestore.signed_url(key, content_type=content_type, disposition=disposition)
    if url is not None:
        return Served(content_type, disposition, url=url)
    return Served(content_type, disposition, file=filestore.open_file(key))
