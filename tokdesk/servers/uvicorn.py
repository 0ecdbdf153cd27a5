"""Gunicorn's worker for sockets: uvicorn, which says goodbye before it closes connections."""

import socket
from typing import Any

from gunicorn.arbiter import Arbiter  # type: ignore[import-untyped]
from uvicorn import Server
from uvicorn_worker import UvicornWorker

from tokdesk.common.live.frames import LARGEST_FRAME
from tokdesk.common.live.goodbye import say_goodbye

# A little more than a frame may have: what is just too big is told so by its own code (4413).
LARGEST_MESSAGE = 4 * LARGEST_FRAME


class LiveServer(Server):
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await say_goodbye()
        await super().shutdown(sockets)


class LiveWorker(UvicornWorker):
    """For `worker_class`."""

    CONFIG_KWARGS: dict[str, Any] = {  # noqa: RUF012  # the base has it so
        "loop": "auto",
        "ws": "websockets-sansio",
        # Compression would cost a browser's socket twice its memory.
        "ws_per_message_deflate": False,
        "ws_max_size": LARGEST_MESSAGE,
        "ws_ping_interval": 20.0,
        "ws_ping_timeout": 20.0,
        # Its lines would hold whatever somebody puts into a query.
        "access_log": False,
        # Whom to believe about addresses is read by our own rule.
        "proxy_headers": False,
        "server_header": False,
        "lifespan": "off",
        "timeout_graceful_shutdown": 5,
    }

    async def _serve(self) -> None:
        self.config.app = self.wsgi
        self._install_sigquit_handler()
        server = LiveServer(config=self.config)
        await server.serve(sockets=self.sockets)
        if not server.started:
            raise SystemExit(Arbiter.WORKER_BOOT_ERROR)
