"""What the clock starts that belongs to no single app."""

from celery import shared_task

from tokdesk import purging


@shared_task(name="tokdesk.purge_expired")
def purge_expired() -> None:
    purging.purge_expired()
