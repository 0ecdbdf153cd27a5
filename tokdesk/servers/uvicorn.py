"""Gunicorn's worker for sockets: uvicorn, which says goodbye before it closes connections."""

import asyncio
import logging
import signal
import socket
from typing import Any

from gunicorn.arbiter import Arbiter  # type: ignore[import-untyped]
from uvicorn import Server
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn_worker import UvicornWorker
from websockets.frames import Frame, Opcode
from websockets.protocol import State

from tokdesk.common.live.goodbye import say_goodbye
from tokdesk.servers.messages import LARGEST_MESSAGE

# More than the closing of a socket takes anybody who still reads.
LINGER_SECONDS = 15.0


class LiveServer(Server):
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Who comes back at once must reach another process.
        for server in self.servers:
            server.close()
        await say_goodbye()
        await super().shutdown(sockets)


class LiveProtocol(WebSocketsSansIOProtocol):
    """Makes the bytes of a text once, however many sockets it goes to one after the other.

    A connection does not outlive its socket for long: what is closed politely goes on waiting for
    a peer who reads nothing.
    """

    _text, _wire = "", b""
    _end: asyncio.TimerHandle | None = None
    _is_lost = False

    async def run_asgi(self) -> None:
        try:
            await super().run_asgi()
        finally:
            if not self._is_lost:
                self._end = self.loop.call_later(LINGER_SECONDS, self.transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        self._is_lost = True
        if self._end is not None:
            self._end.cancel()
        super().connection_lost(exc)

    async def send(self, message: Any) -> None:
        text = message.get("text")
        if text is None or not self._is_free:
            await super().send(message)
        else:
            self.transport.write(self._wire_of(text))

    @property
    def _is_free(self) -> bool:
        is_open = self.handshake_complete and self.conn.state is State.OPEN
        return is_open and not self.disconnected and self.writable.is_set()

    @classmethod
    def _wire_of(cls, text: str) -> bytes:
        if text is not cls._text:
            # Nothing is compressed, and what servers send is not masked.
            cls._wire = Frame(Opcode.TEXT, text.encode()).serialize(mask=False)
            cls._text = text
        return cls._wire


class LiveWorker(UvicornWorker):
    """For `worker_class`."""

    CONFIG_KWARGS: dict[str, Any] = {  # noqa: RUF012  # the base has it so
        "loop": "auto",
        "ws": LiveProtocol,
        # Compression would cost a browser's socket twice its memory.
        "ws_per_message_deflate": False,
        "ws_max_size": LARGEST_MESSAGE,
        "ws_ping_interval": 20.0,
        "ws_ping_timeout": 20.0,
        "access_log": False,
        # Whom to believe about addresses is read by our own rule.
        "proxy_headers": False,
        "server_header": False,
        "lifespan": "off",
        "timeout_graceful_shutdown": 5,
    }

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # It tells of each socket with its query, whatever somebody put into that.
        logging.getLogger("uvicorn.error").setLevel(logging.WARNING)

    async def _serve(self) -> None:
        self.config.app = self.wsgi
        server = LiveServer(config=self.config)
        # How gunicorn stops after Ctrl+C; the handler of the base ends nothing.
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGQUIT, setattr, server, "should_exit", True)
        await server.serve(sockets=self.sockets)
        if not server.started:
            raise SystemExit(Arbiter.WORKER_BOOT_ERROR)
