"""Daphne with our refusals and our limit.

Left alone it answers broken requests with HTML or with nothing, keeps a body of any size on disk,
and reads all of it before anybody may refuse it. It has no place to plug another request class in,
so its own is changed where it stands.
"""

import asyncio
from typing import Any

from daphne.http_protocol import WebRequest  # type: ignore[import-untyped]
from daphne.server import Server  # type: ignore[import-untyped]
from daphne.ws_protocol import (  # type: ignore[import-untyped]
    WebSocketFactory,
    WebSocketProtocol,
)
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.web.http import HTTPChannel

from tokdesk.common.body_limit import Limit
from tokdesk.common.live.goodbye import say_goodbye
from tokdesk.servers.messages import LARGEST_MESSAGE
from tokdesk.servers.refusals import headers_and_body, raw_answer

_got_length = WebRequest.gotLength
_process = WebRequest.process
_on_message = WebSocketProtocol.onMessage
_set_options = WebSocketFactory.setProtocolOptions
_kill_all = Server.kill_all_applications

# Frames of one socket that wait for the application; then nothing more is read of it for a moment.
MOST_WAITING = 8
PAUSE_SECONDS = 0.02


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
    WebSocketFactory.setProtocolOptions = set_options
    WebSocketProtocol.onMessage = on_message
    WebSocketProtocol.is_held = False
    Server.kill_all_applications = leave


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


def set_options(factory: Any, **options: Any) -> None:
    """Whole messages keep Daphne's limit, for what we send is measured by it too.

    What is too big is told so (1009); its connection would just drop.
    """
    told = {**options, "maxFramePayloadSize": LARGEST_MESSAGE, "failByDrop": False}
    _set_options(factory, **told)


def on_message(socket: Any, payload: bytes, is_binary: bool) -> None:
    _on_message(socket, payload, is_binary)
    if not socket.is_held and has_many_waiting(socket):
        socket.is_held = True
        socket.transport.pauseProducing()
        look_again_later(socket)


def has_many_waiting(socket: Any) -> bool:
    waiting: int = socket.application_queue.qsize()
    return waiting > MOST_WAITING


def look_again_later(socket: Any) -> None:
    reactor.callLater(PAUSE_SECONDS, look_again, socket)  # type: ignore[arg-type]  # zope


def look_again(socket: Any) -> None:
    """Go on reading once the application has caught up; one that is gone never does."""
    if socket.state == WebSocketProtocol.STATE_CLOSED:
        return
    if has_many_waiting(socket):
        look_again_later(socket)
    else:
        socket.is_held = False
        socket.transport.resumeProducing()


def leave(server: Any) -> "Deferred[None]":
    """Stopping waits for it: applications that are killed could not say goodbye any more."""
    told = Deferred.fromFuture(asyncio.ensure_future(say_goodbye()))
    return told.addBoth(lambda _: _kill_all(server))
