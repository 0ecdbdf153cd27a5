"""A refusal as bytes, for requests that are too broken to become one of Django's.

Nobody knows what such a client wanted, so it always gets a problem document and never HTML.
"""

import logging
from http import HTTPStatus

from tokdesk.common.api.problems import CONTENT_TYPE, body_of, problem_of_status
from tokdesk.common.http import accepted_request_id, request_id_set

logger = logging.getLogger(__name__)


def headers_and_body(status: int) -> tuple[dict[str, str], bytes]:
    request_id = accepted_request_id(None)
    with request_id_set(request_id):
        logger.warning("refused before Django: %d", status)
        body = body_of(problem_of_status(status))
    headers = {
        "Content-Type": CONTENT_TYPE,
        "Content-Length": str(len(body)),
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "X-Request-ID": request_id,
    }
    return headers, body


def raw_answer(status: int) -> bytes:
    """The whole answer; the connection ends with it, since its next bytes cannot be trusted."""
    headers, body = headers_and_body(status)
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body
