"""The web server of a bench: threads that publish in transactions until every stream is full."""

import argparse
import os
import random
import sys
import threading
import time
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path
from uuid import UUID

import django

django.setup()

from django.db import InterfaceError, OperationalError, close_old_connections, connection  # noqa: E402

from bench.jobs_listeners import Rang  # noqa: E402
from tokdesk.common.actor import system_actor  # noqa: E402
from tokdesk.common.db import run_in_transaction  # noqa: E402
from tokdesk.common.errors import Unavailable  # noqa: E402
from tokdesk.common.events import publish  # noqa: E402

COMPANY = UUID(os.environ["BENCH_COMPANY"])
INTENTS = Path(os.environ["BENCH_FOLDER"]) / "intents"


def next_number(stream: str, length: int) -> int | None:
    """Locks the stream, as services lock the row whose events must not overtake each other."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE bench_streams SET last = last + 1 WHERE name = %s AND last < %s RETURNING last",
            (stream, length),
        )
        row = cursor.fetchone()
    return row[0] if row else None


def happen(stream: str, options: argparse.Namespace) -> bool:
    """One event of the stream; False when it is full."""
    number = next_number(stream, options.length)
    if number is None:
        return False
    nonce = uuid.uuid4()
    intend(nonce)
    is_poison = number == 2 and int(stream.partition(":")[2]) < options.poisoned
    publish(
        Rang(number, nonce, is_poison),
        actor=system_actor(COMPANY),
        company_id=COMPANY,
        stream=stream,
    )
    # What a service still does between its event and its commit; half of the time, so that a kill
    # often falls into it.
    time.sleep(pause(options))
    return True


def pause(options: argparse.Namespace) -> float:
    return random.uniform(0, 1) * options.threads / options.rate  # noqa: S311


def intend(nonce: UUID) -> None:
    """Outlives the process, unlike its transaction."""
    with INTENTS.open("ab", buffering=0) as intents:
        intents.write(f"{nonce}\n".encode())


def keep_publishing(streams: list[str], options: argparse.Namespace) -> None:
    rest = list(streams)
    while rest:
        stream = random.choice(rest)  # noqa: S311
        if not request(partial(happen, stream, options)):
            rest.remove(stream)
        time.sleep(pause(options))


def request(work: Callable[[], bool]) -> bool:
    """As in a web server: a connection that is cut costs the request, not the server."""
    close_old_connections()
    try:
        return run_in_transaction(work)
    except (OperationalError, InterfaceError, Unavailable) as error:
        sys.stderr.write(f"a request failed: {error}\n")
        return True


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("streams", "length", "poisoned", "threads"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--rate", type=float, required=True)
    options = parser.parse_args()
    streams = [f"bench:{number}" for number in range(options.streams)]
    threads = [
        threading.Thread(target=keep_publishing, args=(streams, options))
        for _ in range(options.threads)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    sys.stdout.write("all published\n")


if __name__ == "__main__":
    main()
