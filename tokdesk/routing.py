"""Where sockets go: one path for everything live. HTTP goes where it is handed to."""

from typing import Any

from conversations.consumers import LiveConsumer
from tokdesk.common.body_limit import AsgiApp

PATH = "/ws/v1/"

live = LiveConsumer.as_asgi()


def with_sockets(http: AsgiApp) -> AsgiApp:
    """One application for both; a socket to any other path is refused before it is accepted."""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "websocket":
            await http(scope, receive, send)
        elif scope["path"] == PATH:
            await live(scope, receive, send)
        else:
            await receive()
            await send({"type": "websocket.close"})

    return application
