"""A fact and its listeners that only benches know; each leaves a row for every effect it had.

Loaded by the publisher and by workers that a bench starts with `--include`.
"""

import os
import time
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.db import connection, transaction

from notifications.letters import password_changed_letter
from notifications.senders import email
from tokdesk.common.events import Fact, deliver, fact, read_fact, subscribe
from tokdesk.common.models import Event
from tokdesk.common.queues import Queue

FOLDER = Path(os.environ["BENCH_FOLDER"])
SHAKY_FAILURES = 2


@fact("bench.rang")
@dataclass(frozen=True)
class Rang(Fact):
    number: int
    nonce: UUID
    is_poison: bool


@fact("bench.ticked")
@dataclass(frozen=True)
class Ticked(Fact):
    """One listener with one effect: to measure how soon it is committed."""

    number: int
    nonce: UUID


@fact("bench.idled")
@dataclass(frozen=True)
class Idled(Fact):
    """One listener that does nothing: to measure what a job costs by itself."""


@fact("bench.wrote")
@dataclass(frozen=True)
class Wrote(Fact):
    number: int


def leave_effect(event: Event, listener: str) -> None:
    values = (event.id, event.payload["nonce"], listener, event.stream, event.payload["number"])
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO bench_effects (event, nonce, listener, stream, number)"
            " VALUES (%s, %s, %s, %s, %s)",
            values,
        )


def count_try(event: Event, listener: str) -> int:
    """How often this listener was called for that event, also where the call was rolled back."""
    path = FOLDER / f"{listener}-{event.id}"
    with path.open("ab", buffering=0) as tries:
        tries.write(b".")
    return path.stat().st_size


def stamp(name: str, number: int) -> None:
    """Note when something happened; one clock serves all processes of a machine."""
    with (FOLDER / name).open("ab", buffering=0) as stamps:
        stamps.write(f"{number} {time.time()}\n".encode())


@subscribe(Rang, "bench.plain")
def plain(event: Event) -> None:
    leave_effect(event, "plain")


@subscribe(Rang, "bench.aside", queue=Queue.NOTIFICATIONS)
def aside(event: Event) -> None:
    leave_effect(event, "aside")


@subscribe(Rang, "bench.ordered", ordered=True)
def ordered(event: Event) -> None:
    leave_effect(event, "ordered")


@subscribe(Rang, "bench.shaky")
def shaky(event: Event) -> None:
    leave_effect(event, "shaky")
    if count_try(event, "shaky") <= SHAKY_FAILURES:
        raise ConnectionError("not this time")


@subscribe(Rang, "bench.poison")
def poison(event: Event) -> None:
    leave_effect(event, "poison")
    if read_fact(event).is_poison:
        count_try(event, "poison")
        if not (FOLDER / "mended").exists():
            raise ValueError("poison")


@subscribe(Ticked, "bench.tick")
def tick(event: Event) -> None:
    leave_effect(event, "tick")
    transaction.on_commit(lambda: stamp("effects", event.payload["number"]))


@subscribe(Idled, "bench.idle")
def idle(event: Event) -> None:
    pass


@deliver(Wrote, "bench.mail", queue=Queue.EMAIL)
def mail(event: Event, delivery: UUID) -> None:
    email.send(
        to=f"reader-{read_fact(event).number}@acme.example",
        language="en",
        delivery=delivery,
        write=password_changed_letter,
    )
