"""Versions on the wire: `ETag` out, `version` in the body or `If-Match` in."""

import re
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from tokdesk.common.errors import Invalid

ETAG = re.compile(r'"([0-9]{1,9})"\Z')


def set_etag(response: HttpResponse, row: Any) -> None:
    """Only for answers that show one object, so that the tag can be sent back as If-Match."""
    version = getattr(row, "version", None)
    if isinstance(version, int):
        response["ETag"] = f'"{version}"'


def expected_version(request: Request, data: Mapping[str, Any]) -> int | None:
    """The version the caller saw; None means that the last write wins.

    Raises:
        Invalid: `If-Match` is neither one quoted number nor `*`.
    """
    version: int | None = data.get("version")
    if version is not None:
        return version
    header = request.headers.get("If-Match", "*").strip()
    if header == "*":
        return None
    found = ETAG.match(header)
    if found is None:
        raise Invalid("malformed", _('If-Match takes one version in quotes, such as "3".'))
    return int(found.group(1))
