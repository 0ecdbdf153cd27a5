"""Files in a bucket of S3, or of a service that speaks like it; nothing in it is public."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from storages.backends.s3 import S3Storage

SECONDS_OF_A_URL = 60
# Whoever was given a file may keep it so long without asking again.
CACHING = "private, max-age=300"


class S3Files(S3Storage):  # type: ignore[misc]  # django-storages has no types
    """Raises OSError, as files do, where the service does not answer or refuses."""

    def __init__(self, **options: Any) -> None:
        # A bucket is no part of the host's name where that would need a certificate for each.
        style = "path" if options.get("endpoint_url") else "auto"
        config = Config(
            connect_timeout=5,
            read_timeout=30,
            retries={"max_attempts": 2, "mode": "standard"},
            signature_version="s3v4",
            s3={"addressing_style": style},
        )
        super().__init__(**{"client_config": config, "default_acl": None, **options})

    def signed_url(self, key: str, *, content_type: str, disposition: str) -> str | None:
        """An address that opens this one file for a short time, whoever has it."""
        parameters = {
            "ResponseContentType": content_type,
            "ResponseContentDisposition": disposition,
            "ResponseCacheControl": CACHING,
        }
        with _as_files_do():
            return str(self.url(key, parameters=parameters, expire=SECONDS_OF_A_URL))

    def _save(self, name: str, content: Any) -> Any:
        with _as_files_do():
            return super()._save(name, content)

    def _open(self, name: str, mode: str = "rb") -> Any:
        with _as_files_do():
            return super()._open(name, mode)

    def delete(self, name: str) -> None:
        with _as_files_do():
            super().delete(name)


@contextmanager
def _as_files_do() -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, Boto3Error, ClientError) as error:
        raise OSError("the store of files did not do it") from error
