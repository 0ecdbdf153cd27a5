"""`websockets` and Redis with nothing around them: what sockets of TokDesk are measured beside.

`python -m bench.sockets_bare PORT REDIS_URL`; see the dialect `bare` of sockets_wire.py.
"""

import contextlib
import sys
from collections import defaultdict

import redis.asyncio
import uvloop
from websockets.asyncio.server import ServerConnection, broadcast, serve
from websockets.exceptions import ConnectionClosed

CHANNEL = "bare:"


class Server:
    def __init__(self, redis_url: str) -> None:
        self.redis = redis.asyncio.Redis.from_url(redis_url, socket_timeout=None)
        self.rooms: defaultdict[str, set[ServerConnection]] = defaultdict(set)

    async def serve(self, port: int) -> None:
        async with serve(self.handle, "127.0.0.1", port, compression=None, backlog=1000):
            await self.relay()

    async def relay(self) -> None:
        async with self.redis.pubsub() as subscription:
            await subscription.psubscribe(f"{CHANNEL}*")
            async for message in subscription.listen():
                if message["type"] == "pmessage":
                    room = message["channel"].decode().removeprefix(CHANNEL)
                    broadcast(self.rooms[room], message["data"].decode())

    async def handle(self, socket: ServerConnection) -> None:
        room = str(await socket.recv())
        if room:
            self.rooms[room].add(socket)
        try:
            await socket.send("ok")
            async for text in socket:
                name, _space, body = str(text).partition(" ")
                await self.redis.publish(f"{CHANNEL}{name}", body)
                await socket.send(f"ack {body}")
        finally:
            self.rooms[room].discard(socket)


async def main() -> None:
    with contextlib.suppress(ConnectionClosed):
        await Server(sys.argv[2]).serve(int(sys.argv[1]))


if __name__ == "__main__":
    uvloop.run(main())
