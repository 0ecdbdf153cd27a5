"""Daphne with our refusals and our limit.

Left alone it answers broken requests with HTML or with nothing, keeps a body of any size on disk,
and reads all of it before anybody may refuse it. It has no place to plug another request class in,
so its own is changed where it stands.
"""

from typing import Any

from daphne.http_protocol import WebRequest  # type: ignore[import-untyped]
from twisted.web.http import HTTPChannel

from tokdesk.common.body_limit import Limit
from tokdesk.servers.refusals import headers_and_body, raw_answer

_got_length = WebRequest.gotLength
_process = WebRequest.process


def teach_daphne(limit: Limit) -> None:
    """Bodies longer than `limit` are refused as soon as their length is known."""

    def got_length(request: Any, length: int | None) -> None:
        # The request itself learns its method and path only with its last byte.
        method, path = request.channel._command, request.channel._path.partition(b"?")[0]
        request.limit = limit(method.decode("latin-1"), path.decode("latin-1"))
        request.is_refused = length is not None and length > request.limit
        if request.is_refused:
            request.channel.transport.write(raw_answer(413))
        _got_length(request, None if request.is_refused else length)

    def handle_content_chunk(request: Any, data: bytes) -> None:
        # Of a chunked body one byte too many is enough for AsgiBodyLimit to see what it is.
        if not request.is_refused and request.content.tell() <= request.limit:
            request.content.write(data)

    HTTPChannel._respondToBadRequestAndDisconnect = refuse_and_close  # type: ignore[method-assign]
    WebRequest.basic_error = tell_error
    WebRequest.gotLength = got_length
    WebRequest.handleContentChunk = handle_content_chunk
    WebRequest.process = process


def process(request: Any) -> Any:
    """A client reads its refusal only after it has sent everything, so it may; then it is over."""
    if request.is_refused:
        return request.channel.loseConnection()
    return _process(request)


def refuse_and_close(channel: Any) -> None:
    channel.transport.write(raw_answer(400))
    channel.loseConnection()


def tell_error(request: Any, status: int, reason: bytes, message: str) -> None:
    headers, body = headers_and_body(status)
    named = [(name.encode(), value.encode()) for name, value in headers.items()]
    request.handle_reply({"type": "http.response.start", "status": status, "headers": named})
    request.handle_reply({"type": "http.response.body", "body": body})
