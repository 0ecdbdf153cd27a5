"""Jobs that were given up: bring them back once their cause is mended."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone

from tokdesk.common.actor import Actor
from tokdesk.common.db import on_commit_once, transactional
from tokdesk.common.events import Fact, fact, publish
from tokdesk.common.models.job import Job
from tokdesk.common.policy import authorize
from tokdesk.common.queues import Queue
from tokdesk.common.wakeup import wake

# So many rows are changed in one transaction.
CHUNK = 200


@fact("job.replayed")
@dataclass(frozen=True)
class JobReplayed(Fact):
    job_id: UUID
    event_id: UUID
    subscriber: str


def replay_jobs(*, actor: Actor, jobs: Any) -> int:
    """Make the dead ones of a queryset due again with fresh attempts; returns how many there were.

    Each replay is an event of its company. A job that is not dead is left alone.
    """
    authorize(actor, "platform:jobs")
    ids = list(jobs.dead().order_by("id").values_list("pk", flat=True))
    chunks = [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)]
    return sum(_replay(actor=actor, ids=chunk) for chunk in chunks)


@transactional
def _replay(*, actor: Actor, ids: list[UUID]) -> int:
    return sum(_revive(actor, job) for job in Job.objects.filter(pk__in=ids).order_by("id"))


def _revive(actor: Actor, job: Job) -> bool:
    dead = Job.objects.dead().filter(pk=job.pk)
    if dead.update(is_dead=False, died_at=None, attempts=0, available_at=timezone.now()) != 1:
        return False
    fact_ = JobReplayed(job.id, job.event_id, job.subscriber)
    publish(fact_, actor=actor, company_id=job.company_id, stream=f"job:{job.id}")
    on_commit_once(f"wake {job.queue}", lambda: wake(Queue(job.queue)))
    return True
