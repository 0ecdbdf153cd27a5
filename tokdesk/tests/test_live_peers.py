"""What our server does with peers who stop reading."""

import asyncio
import socket
from typing import Any

import pytest
from uvicorn import Config, Server

from tokdesk.servers import uvicorn as ours
from tokdesk.servers.uvicorn import LiveProtocol

PATIENCE_SECONDS = 15
HANDSHAKE = (
    "GET / HTTP/1.1\r\nHost: desk\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


def test_a_peer_that_never_reads_loses_its_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once its socket was cut off, since nothing can be written to it any more."""
    monkeypatch.setattr(ours, "LINGER_SECONDS", 0.1)

    async def work() -> None:
        lost, written = asyncio.Event(), asyncio.Event()

        class Watched(LiveProtocol):
            def connection_lost(self, exc: Exception | None) -> None:
                super().connection_lost(exc)
                lost.set()

        async def talk(scope: Any, receive: Any, send: Any) -> None:
            await receive()
            await send({"type": "websocket.accept"})
            asyncio.get_running_loop().call_soon(written.set)
            await send({"type": "websocket.send", "text": "x" * 2**26})
            cut = asyncio.current_task()
            assert cut is not None
            asyncio.get_running_loop().call_soon(cut.cancel)
            await send({"type": "websocket.send", "text": "more"})

        config = Config(talk, ws=Watched, lifespan="off", log_config=None, ws_ping_interval=None)
        with socket.create_server(("127.0.0.1", 0)) as door:
            server = Server(config)
            serving = asyncio.create_task(server.serve([door]))
            with socket.create_connection(door.getsockname()) as peer:
                peer.sendall(HANDSHAKE.encode())
                async with asyncio.timeout(PATIENCE_SECONDS):
                    await written.wait()
                    await lost.wait()
            server.should_exit = True
            await serving

    asyncio.run(work())
