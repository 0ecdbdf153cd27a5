"""Forms with a file, read whole or not at all."""

from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext_lazy as _
from rest_framework.parsers import BaseParser, DataAndFiles, MultiPartParser

from tokdesk.common.errors import FieldError, Invalid, TokDeskError

LONGEST_BOUNDARY = 200


class WrongForm(TokDeskError):
    status = 415
    default_code = "unsupported_media_type"
    default_detail = _("Send the file as multipart/form-data.")


class UploadParser(MultiPartParser):
    """Django takes the body of a client that went away in the middle for a shorter file."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> "DataAndFiles[Any, Any]":
        """Raises Invalid: `malformed`; or a field stands twice."""
        body = _Ended(stream)
        form = super().parse(body, media_type, parser_context)  # type: ignore[arg-type]
        if not body.tail.rstrip(b"\r\n").endswith(b"--"):
            raise Invalid("malformed", _("The body ends in the middle."))
        fault = FieldError("repeated", _("Give this field once."))
        parts = [*form.data.lists(), *form.files.lists()]
        names = [name for name, values in parts for _value in values]
        if twice := {name: [fault] for name in names if names.count(name) > 1}:
            raise Invalid(fields=twice)
        return form


class OtherForms(BaseParser):
    """Whatever is no form with a file."""

    media_type = "*/*"

    def parse(self, *args: Any, **options: Any) -> Any:
        raise WrongForm


class _Ended:
    """A stream that remembers how it ended."""

    def __init__(self, stream: IO[Any]) -> None:
        self.stream = stream
        self.tail = b""

    def read(self, size: int = -1) -> bytes:
        chunk: bytes = self.stream.read(size)
        self.tail = (self.tail + chunk)[-LONGEST_BOUNDARY:]
        return chunk
