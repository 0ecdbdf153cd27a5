"""Publishes for the measurements: one transaction an event, at a pace or all at once."""

import argparse
import os
import time
import uuid
from collections.abc import Callable
from functools import partial
from uuid import UUID

import django

django.setup()

from django.db import transaction  # noqa: E402

from bench.jobs_listeners import Idled, Ticked, Wrote, stamp  # noqa: E402
from tokdesk.common.actor import system_actor  # noqa: E402
from tokdesk.common.db import run_in_transaction  # noqa: E402
from tokdesk.common.events import Fact, publish  # noqa: E402

COMPANY = UUID(os.environ["BENCH_COMPANY"])


def tell(fact: Fact) -> None:
    publish(fact, actor=system_actor(COMPANY), company_id=COMPANY, stream="bench:feed")


def tick(number: int) -> None:
    # Before what publish() does after the commit, so that the clock runs for all of it.
    transaction.on_commit(partial(stamp, "commits", number))
    tell(Ticked(number, uuid.uuid4()))


KINDS: dict[str, Callable[[int], None]] = {
    "tick": tick,
    "idle": lambda number: tell(Idled()),
    "mail": lambda number: tell(Wrote(number)),
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--rate", type=float, default=0)
    options = parser.parse_args()
    started = time.monotonic()
    for number in range(options.count):
        if options.rate:
            time.sleep(max(0, started + number / options.rate - time.monotonic()))
        run_in_transaction(partial(KINDS[options.kind], number))


if __name__ == "__main__":
    main()
