"""Where the bytes of attachments lie; a key tells the company and nothing of the file."""

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, BinaryIO
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import storages

from tokdesk.common.errors import NotFound, Unavailable

RETRY_SECONDS = 5


def put(company_id: UUID, file: BinaryIO) -> str:
    """Keep these bytes under a new key. Raises Unavailable."""
    file.seek(0)
    with _told():
        return str(_store().save(f"{company_id.hex}/{secrets.token_hex(16)}", File(file)))


def open_file(key: str) -> Any:
    """The bytes, to be closed. Raises NotFound, Unavailable."""
    with _told():
        return _store().open(key)


def signed_url(key: str, *, content_type: str, disposition: str) -> str | None:
    """An address that opens this file for a short time, where the store can give one."""
    with _told():
        url: str | None = _store().signed_url(
            key, content_type=content_type, disposition=disposition
        )
    return url


def remove(keys: Iterable[str]) -> None:
    """What is gone already is no error. Raises Unavailable."""
    with _told():
        for key in keys:
            if key:
                _store().delete(key)


def remove_if_possible(keys: Iterable[str]) -> None:
    """While another error is on its way, which is the one to be told."""
    with suppress(Unavailable):
        remove(keys)


def _store() -> Any:
    return storages["attachments"]


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise NotFound from error
    except OSError as error:
        raise Unavailable(RETRY_SECONDS) from error
