"""Work that is done at once as far as it goes."""

import asyncio

import pytest

from tokdesk.common.live.tasks import at_once


def test_what_waits_for_nothing_is_no_task() -> None:
    done = []

    async def work() -> None:
        done.append("work")

    async def go() -> None:
        assert at_once(work()) is None
        assert done == ["work"]

    asyncio.run(go())


def test_the_rest_of_what_waits_is_a_task() -> None:
    done = []

    async def work(gate: asyncio.Event) -> None:
        done.append("begun")
        await gate.wait()
        done.append("let through")
        await asyncio.sleep(0)
        done.append("ended")

    async def go() -> None:
        gate = asyncio.Event()
        task = at_once(work(gate))
        assert task is not None
        assert done == ["begun"]
        gate.set()
        await task
        assert done == ["begun", "let through", "ended"]

    asyncio.run(go())


def test_a_failure_is_the_caller_s_at_once_and_the_task_s_later() -> None:
    async def work(gate: asyncio.Event) -> None:
        await gate.wait()
        raise LookupError("too late")

    async def go() -> None:
        gate = asyncio.Event()
        task = at_once(work(gate))
        gate.set()
        assert task is not None
        with pytest.raises(LookupError, match="too late"):
            await task
        with pytest.raises(LookupError, match="too late"):
            at_once(work(gate))

    asyncio.run(go())


def test_a_task_that_is_cancelled_ends_its_work() -> None:
    done = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            done.append("cleaned up")

    async def go() -> None:
        task = at_once(work())
        assert task is not None
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert done == ["cleaned up"]

    asyncio.run(go())
