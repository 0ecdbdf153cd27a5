"""Wait for something outside this process, with a deadline instead of a guess."""

import time
from collections.abc import Callable


def wait_until(
    condition: Callable[[], object],
    *,
    seconds: float = 10,
    on_timeout: Callable[[], str] = lambda: "",
) -> None:
    """Return as soon as the condition holds.

    Raises:
        TimeoutError: it never did; the message ends with what `on_timeout` tells.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds:.0f} s\n{on_timeout()}")
        time.sleep(0.05)
