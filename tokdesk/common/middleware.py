"""The two outermost layers: every answer has a request id, every error under /api/ is a problem."""

import logging
from collections.abc import Callable
from http import HTTPStatus

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views import csrf

from tokdesk.common.api.problems import CONTENT_TYPE, Problem, problem_of_status, respond, tell
from tokdesk.common.body_limit import longest_body
from tokdesk.common.http import accepted_request_id, is_api, request_id_set

logger = logging.getLogger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponseBase]

# The contract itself may be cached; everything else under /api/ is somebody's own.
PUBLIC_PAGES = ("/api/schema/", "/api/docs/")


class RequestIdMiddleware:
    """Takes the caller's X-Request-ID or makes one, for logs, events and the answer."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request_id = accepted_request_id(request.headers.get("X-Request-ID"))
        request.request_id = request_id  # type: ignore[attr-defined]
        with request_id_set(request_id):
            response = self.get_response(request)
        response["X-Request-ID"] = request_id
        return response


class ProblemMiddleware:
    """Refuses what no view should see, and shapes what Django itself answers to the API.

    It stands outside of LocaleMiddleware, so it speaks the request's language itself; the language
    ends with the request, which LocaleMiddleware would leave behind for the thread's next one.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with translation.override(translation.get_language_from_request(request)):
            problem = refusal_of(request)
            response = _refuse(request, problem) if problem else self.get_response(request)
            shaped = _shape(request, response) if is_api(request.path_info) else response
            return _bodiless(shaped) if request.method == "HEAD" else shaped


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF_FAILURE_VIEW: its own page for people, a problem for the API."""
    if not is_api(request.path_info):
        return csrf.csrf_failure(request, reason)
    return respond(Problem(403, "csrf_failed", _("Reload the page and try again.")))


def refusal_of(request: HttpRequest) -> Problem | None:
    """What is wrong with the request as such, whatever it asks for."""
    return (
        _wrong_length(request) or _wrong_charset(request) or _nul(request) or _foreign_host(request)
    )


def _wrong_length(request: HttpRequest) -> Problem | None:
    """Chunked bodies come here with a length too: the servers' wrappers have counted them."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not (length.isascii() and length.isdigit()):
        return problem_of_status(400)
    # Python itself refuses to read a number of thousands of digits.
    longest = longest_body(request.method or "", request.path_info)
    is_long = len(length) > 18 or int(length) > longest
    return problem_of_status(413) if is_long else None


def _wrong_charset(request: HttpRequest) -> Problem | None:
    """Django would fail on a form in UTF-16 at every layer, its own page for errors included."""
    charset = (request.content_params or {}).get("charset", "utf-8").lower()
    return None if charset in ("utf-8", "utf8", "us-ascii") else problem_of_status(415)


def _nul(request: HttpRequest) -> Problem | None:
    """PostgreSQL takes no NUL, and no text of ours has one."""
    query = request.META.get("QUERY_STRING", "")
    parts = [request.path_info, query.replace("%00", "\x00"), *request.COOKIES.values()]
    return problem_of_status(400) if any("\x00" in part for part in parts) else None


def _foreign_host(request: HttpRequest) -> Problem | None:
    """Other pages keep Django's own answer to a foreign host."""
    if not is_api(request.path_info):
        return None
    try:
        request.get_host()
    except DisallowedHost:
        logger.warning("request for a host that is not ours")
        return Problem(400, "bad_host", _("This host name is not served here."))
    return None


def _refuse(request: HttpRequest, problem: Problem) -> HttpResponse:
    if not is_api(request.path_info):
        phrase = HTTPStatus(problem.status).phrase
        return HttpResponse(phrase, status=problem.status, content_type="text/plain")
    response = respond(problem)
    # SecurityMiddleware, further in, never sees this answer.
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _shape(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    if response.status_code >= 400 and response.get("Content-Type") != CONTENT_TYPE:
        if not isinstance(response, HttpResponse):
            response = HttpResponse(status=response.status_code)
        response = tell(response, problem_of_status(response.status_code))
    if not request.path_info.startswith(PUBLIC_PAGES):
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _bodiless(response: HttpResponseBase) -> HttpResponseBase:
    """Gunicorn would drop the body of an answer to HEAD too, with a warning for each."""
    if isinstance(response, HttpResponse):
        response.headers.setdefault("Content-Length", str(len(response.content)))
        response.content = b""
    return response
