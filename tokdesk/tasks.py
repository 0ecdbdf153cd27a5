"""What the clock starts that belongs to no single app."""

from celery import shared_task

from tokdesk import purging
from tokdesk.db import statistics

NIGHTLY_SECONDS = 20.0


@shared_task(name="tokdesk.count_rows")
def count_rows() -> None:
    statistics.count_rows()


@shared_task(name="tokdesk.purge_expired")
def purge_expired() -> None:
    """What is left when its time is over goes the next night."""
    purging.purge_expired(seconds=NIGHTLY_SECONDS)
