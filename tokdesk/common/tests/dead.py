"""Jobs that were given up, for tests."""

from django.utils import timezone

from companies.models import Company
from tokdesk.common.jobs import ATTEMPTS
from tokdesk.common.models import Event, Job


def dead_job(company: Company | None, error: str = "ValueError: poison") -> Job:
    [job] = bury(company, 1, error)
    return job


def bury(company: Company | None, count: int, error: str = "ValueError: poison") -> list[Job]:
    events = Event.objects.bulk_create(
        Event(
            company=company,
            stream="company:x",
            type="company.rejected",
            actor_kind="system",
            at=timezone.now(),
        )
        for _ in range(count)
    )
    return Job.objects.bulk_create(
        Job(
            event=event,
            subscriber="test.listens",
            company=company,
            queue="default",
            attempts=ATTEMPTS,
            is_dead=True,
            died_at=timezone.now(),
            last_error=error,
        )
        for event in events
    )
