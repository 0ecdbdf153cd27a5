"""Versions on the wire: `ETag` out, `version` in the body or `If-Match` in."""

import re
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from tokdesk.common.errors import Invalid

ETAG_PATTERN = r'"([0-9]{1,9})"'
ETAG = re.compile(rf"{ETAG_PATTERN}\Z")


def set_etag(response: HttpResponse, row: Any) -> None:
    """Only for answers that show one object, so that the tag can be sent back as If-Match."""
    version = row.get("version") if isinstance(row, Mapping) else getattr(row, "version", None)
    if isinstance(version, int):
        response["ETag"] = f'"{version}"'


def expected_version(request: Request, data: Mapping[str, Any]) -> int | None:
    """The version the caller saw; None means that the last write wins.

    Raises:
        Invalid: `If-Match` is neither one quoted number nor `*`.
    """
    told = _version_of(request.headers.get("If-Match", "*").strip())
    version: int | None = data.get("version")
    return told if version is None else version


def _version_of(tag: str) -> int | None:
    if tag == "*":
        return None
    found = ETAG.match(tag)
    if found is None:
        raise Invalid("malformed", _('If-Match takes one version in quotes, such as "3".'))
    return int(found.group(1))
