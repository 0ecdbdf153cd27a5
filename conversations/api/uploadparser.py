"""Forms with a file, read whole or not at all."""

from collections.abc import Mapping
from typing import IO, Any

from django.utils.http import parse_header_parameters
from django.utils.translation import gettext_lazy as _
from rest_framework.parsers import BaseParser, DataAndFiles, MultiPartParser

from tokdesk.common.errors import FieldError, Invalid, TokDeskError

CHUNK = 64 * 1024


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
        body = _Form(stream, _last_boundary(media_type or ""))
        form = super().parse(body, media_type, parser_context)  # type: ignore[arg-type]
        if not body.is_complete:
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


class _Form:
    """A stream that is over with the last boundary; RFC 2046 allows anything behind it."""

    def __init__(self, stream: IO[Any], last_boundary: bytes) -> None:
        self.stream = stream
        self.last_boundary = last_boundary
        self.is_complete = False
        # The boundary may lie across two reads.
        self._tail = b""

    def read(self, size: int = -1) -> bytes:
        if self.is_complete:
            self._pass_over_the_rest()
            return b""
        chunk: bytes = self.stream.read(size)
        seen = self._tail + chunk
        place = seen.find(self.last_boundary)
        if place < 0:
            self._tail = seen[1 - len(self.last_boundary) :]
            return chunk
        self.is_complete = True
        return chunk[: place + len(self.last_boundary) - len(self._tail)]

    def _pass_over_the_rest(self) -> None:
        while self.stream.read(CHUNK):
            pass


def _last_boundary(media_type: str) -> bytes:
    _kind, options = parse_header_parameters(media_type)
    return f"--{options.get('boundary', '')}--".encode()
