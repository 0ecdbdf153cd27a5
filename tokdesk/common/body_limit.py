"""Bodies of any length and of odd types, made readable before Django reads them.

A chunked body names no length: WSGI Django would take it for empty, ASGI Django would store it
without end. Both wrappers give it a Content-Length, and of a body that is too long nothing but
that; ProblemMiddleware then refuses it like every other one.
"""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from io import BytesIO
from typing import Any
from urllib.parse import quote

from django.conf import settings

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApp = Callable[[Any, Any, Any], Awaitable[None]]
WsgiApp = Callable[[dict[str, Any], Any], Iterable[bytes]]
# What the body of a request with this method and path may have, in bytes.
Limit = Callable[[str, str], int]

# Django fails on a parameter in a charset that nobody knows (RFC 2231), before any middleware. No
# type that is read here has one, so it is a type that is not.
UNREADABLE = "application/octet-stream"

PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))


def longest_body(method: str, path: str) -> int:
    """The usual, but where files are sent: exactly there."""
    usual: int = settings.MAX_BODY_BYTES
    return settings.UPLOAD_BODY_BYTES.get(path, usual) if method == "POST" else usual


class AsgiBodyLimit:
    def __init__(self, app: AsgiApp, limit: Limit) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            # No socket is served here: refused before it is accepted, which the client sees as 403.
            await send({"type": "websocket.close"})
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        # Django decodes the query before any middleware could refuse it.
        query = quote(scope.get("query_string", b""), safe=PRINTABLE).encode()
        scope = {**scope, "query_string": query}
        scope["headers"] = [_readable(name, value) for name, value in scope["headers"]]
        declared = dict(scope["headers"]).get(b"content-length")
        limit = self.limit(scope["method"], scope["path"])
        if declared is None:
            counted = await self._count(receive, limit)
            if counted is None:
                return
            body, length = counted
            scope["headers"] = [*scope["headers"], (b"content-length", str(length).encode())]
            receive = _only(body, receive)
        elif len(declared) > 18 or not declared.isdigit() or int(declared) > limit:
            receive = _only(b"", receive)
        await self.app(scope, receive, send)

    async def _count(self, receive: Receive, limit: int) -> tuple[bytes, int] | None:
        """The whole body and its length; of a longer one only as much length as was looked at.

        None when the client went away in the middle: half a body is no request.
        """
        chunks: list[bytes] = []
        length = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            chunks.append(message.get("body", b""))
            length += len(chunks[-1])
            if length > limit:
                return b"", length
            if not message.get("more_body", False):
                return b"".join(chunks), length


class WsgiBodyLimit:
    def __init__(self, app: WsgiApp, limit: Limit) -> None:
        self.app = app
        self.limit = limit

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        coding = environ.get("HTTP_TRANSFER_ENCODING", "").lower()
        if "chunked" in coding and environ.get("wsgi.input_terminated"):
            limit = self.limit(environ["REQUEST_METHOD"], environ["PATH_INFO"])
            body = environ["wsgi.input"].read(limit + 1)
            environ["wsgi.input"] = BytesIO(body)
            environ["CONTENT_LENGTH"] = str(len(body))
        if "*" in environ.get("CONTENT_TYPE", ""):
            environ["CONTENT_TYPE"] = UNREADABLE
        return self.app(environ, start_response)


def _readable(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    is_odd = name == b"content-type" and b"*" in value
    return name, UNREADABLE.encode() if is_odd else value


def _only(body: bytes, receive: Receive) -> Receive:
    """Give out this body; what the client still sends is dropped until it goes away."""
    first: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def next_message() -> Message:
        if first:
            return first.pop()
        message = await receive()
        while message["type"] == "http.request":
            message = await receive()
        return message

    return next_message
