"""A server that stops or is replaced tells its sockets, so that they come back elsewhere."""

import asyncio

from tokdesk.common.live.codes import RESTARTING
from tokdesk.common.live.hub import hubs

SECONDS = 3.0


async def say_goodbye() -> None:
    """On the server's event loop, before it closes connections by itself."""
    hub = hubs.get(asyncio.get_running_loop())
    if hub is not None:
        await hub.say_goodbye(SECONDS, RESTARTING)
