"""Tasks only for what has to wait."""

import asyncio
import types
from collections.abc import Coroutine, Generator
from typing import Any


def at_once(work: Coroutine[Any, Any, None]) -> "asyncio.Task[None] | None":
    """Do it as far as it goes without waiting; the rest is a task, None where there is none.

    What Python 3.12 calls an eager task. Written to a thousand sockets, of which hardly one has to
    be waited for, a task each would cost more than the writing.
    """
    try:
        waits_for = work.send(None)
    except StopIteration:
        return None
    return asyncio.get_running_loop().create_task(_rest(work, waits_for))


@types.coroutine
def _rest(work: Coroutine[Any, Any, None], waits_for: Any) -> Generator[Any, Any, None]:
    try:
        while True:
            try:
                result = yield waits_for
            except BaseException as error:
                waits_for = work.throw(error)
            else:
                waits_for = work.send(result)
    except StopIteration:
        return
