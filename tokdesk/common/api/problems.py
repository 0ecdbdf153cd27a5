"""Problem documents (RFC 9457): the one place where an error becomes an answer.

`errors` stands only where input fields are at fault; facts of the error (`extra`) stand beside the
standard members and never replace them.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpResponse, UnreadablePostError
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.utils.encoders import JSONEncoder

from tokdesk.common.api.field_errors import flatten, summary_code
from tokdesk.common.api.problem_codes import PROBLEMS
from tokdesk.common.errors import (
    Denied,
    FieldError,
    NotFound,
    RateLimited,
    TokDeskError,
    Unauthenticated,
    Unavailable,
)
from tokdesk.common.http import current_request_id
from tokdesk.common.outages import is_outage

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:tokdesk:problem:"

# What an answer of this status means where nobody said more: code and sentence.
BY_STATUS: Mapping[int, tuple[str, Any]] = {
    400: ("malformed", _("The request cannot be read.")),
    401: ("not_authenticated", Unauthenticated.default_detail),
    403: ("permission_denied", Denied.default_detail),
    404: ("not_found", NotFound.default_detail),
    405: ("method_not_allowed", _("This method does nothing here.")),
    413: ("too_large", _("The request is larger than allowed.")),
    415: ("unsupported_media_type", _("Send the body as application/json.")),
    429: ("rate_limited", RateLimited.default_detail),
    500: ("server_error", _("Something went wrong on our side. It has been noted.")),
    503: ("unavailable", Unavailable.default_detail),
}


@dataclass(frozen=True)
class Problem:
    """One error, ready to be told to a client."""

    status: int
    code: str
    detail: Any
    errors: Mapping[str, list[FieldError]] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


def problem_of_status(status: int) -> Problem:
    """The problem for an answer of which only the status is known."""
    known = status if status in BY_STATUS else 500 if status >= 500 else 400
    code, detail = BY_STATUS[known]
    return Problem(status, code, detail, headers=_retry_headers(1 if status == 503 else None))


def problem_of(error: BaseException) -> Problem | None:
    """The problem that tells this error, or None when it is a mistake of ours (a crash)."""
    if isinstance(error, TokDeskError):
        return _of_our_error(error)
    if isinstance(error, exceptions.ValidationError):
        fields = flatten(error)
        return Problem(400, summary_code(fields), TokDeskError.default_detail, fields)
    if isinstance(error, exceptions.APIException):
        return _of_framework_error(error)
    if is_outage(error):
        return _of_our_error(Unavailable())
    status = _status_of(error)
    return problem_of_status(status) if status else None


def body_of(problem: Problem) -> bytes:
    body: dict[str, Any] = {
        "type": TYPE_PREFIX + problem.code,
        "title": _title(problem),
        "status": problem.status,
        "code": problem.code,
        "detail": problem.detail,
        "request_id": current_request_id(),
    }
    if problem.errors:
        body["errors"] = {
            name: [{"code": fault.code, "detail": fault.detail} for fault in faults]
            for name, faults in problem.errors.items()
        }
    text = json.dumps({**problem.extra, **body}, cls=JSONEncoder, ensure_ascii=False)
    return text.encode("utf-8", "replace")


def respond(problem: Problem) -> HttpResponse:
    """A plain answer, not DRF's: an error is JSON whatever renderer the request asked for."""
    return tell(HttpResponse(status=problem.status), problem)


def tell(response: HttpResponse, problem: Problem) -> HttpResponse:
    """Turn a response into this problem and keep its other headers (Allow, cookies, security)."""
    for stale in ("Content-Encoding", "Content-Disposition", "ETag"):
        del response[stale]
    response.content = body_of(problem)
    response["Content-Type"] = CONTENT_TYPE
    response["Content-Length"] = str(len(response.content))
    for name, value in problem.headers.items():
        response[name] = value
    if response.status_code == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


def exception_handler(error: Exception, context: Any) -> HttpResponse | None:
    """DRF's hook; None lets a crash go on to Django, which logs it once."""
    problem = problem_of(error)
    if problem is None:
        return None
    if problem.status >= 500:
        logger.error("a part did not answer: %s", type(error).__name__, exc_info=error)
    return respond(problem)


def _of_our_error(error: TokDeskError) -> Problem:
    return Problem(
        error.status,
        error.code,
        error.detail,
        getattr(error, "fields", {}),
        error.extra,
        _retry_headers(getattr(error, "retry_after", None)),
    )


def _of_framework_error(error: exceptions.APIException) -> Problem:
    problem = problem_of_status(error.status_code)
    wait = getattr(error, "wait", None)
    return Problem(
        problem.status,
        problem.code,
        problem.detail,
        headers={**problem.headers, **_retry_headers(None if wait is None else int(wait) + 1)},
    )


def _status_of(error: BaseException) -> int | None:
    if isinstance(error, RequestDataTooBig):
        return 413
    if isinstance(error, SuspiciousOperation | UnreadablePostError):
        return 400
    if isinstance(error, Http404):
        return 404
    return 403 if isinstance(error, PermissionDenied) else None


def _retry_headers(seconds: int | None) -> dict[str, str]:
    return {} if seconds is None else {"Retry-After": str(seconds)}


def _title(problem: Problem) -> Any:
    return PROBLEMS.get(problem.code) or PROBLEMS[problem_of_status(problem.status).code]
