"""Jobs: claimed, run, tried again, given up. The table is the queue of record.

A claim is a lease: it moves the job on by LEASE, counts a try and bears the claimer's token.
Whoever loses the lease loses the job, since the effect commits only together with its deletion.
"""

import logging
import random
import time
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from tokdesk.common import metrics
from tokdesk.common.db import commit_lazily, drop_broken_connection, run_in_transaction
from tokdesk.common.events import Subscription, Way, subscription
from tokdesk.common.ids import new_id
from tokdesk.common.models.job import Job
from tokdesk.common.queues import Queue
from tokdesk.common.tenancy import company_scope

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=settings.JOB_LEASE_SECONDS)
ATTEMPTS = 8
LONGEST_DELAY = 3600.0
BATCH = 10
DRAIN_JOBS, DRAIN_SECONDS = 100, 10.0
LONGEST_ERROR = 500


class Hopeless(Exception):
    """Raised by a listener for what no repeat can mend: the job is given up at once."""


class UnknownListener(Exception):
    """No listener of this name and type is registered in this release."""


class LeaseLost(Exception):
    """Somebody else has the job now; nothing of this run remains."""


def drain(queue: Queue, *, jobs: int = DRAIN_JOBS, seconds: float = DRAIN_SECONDS) -> bool:
    """Run what is due, up to these limits; True when something due may be left."""
    deadline = time.monotonic() + seconds
    while jobs > 0 and time.monotonic() < deadline:
        claimed = claim(queue, min(BATCH, jobs))
        if not claimed:
            return False
        for number, job in enumerate(claimed):
            if time.monotonic() > deadline:
                put_back(claimed[number:])
                return True
            run(job)
        jobs -= len(claimed)
    return True


def claim(queue: Queue, count: int) -> list[Job]:
    """Take over up to that many due jobs; of many who ask at once each job goes to one.

    The try is counted before it is made: also one that takes its worker down counts.
    """
    token, now = new_id(), timezone.now()

    def work() -> list[Job]:
        chosen = _together(list(_locked(due_jobs(queue, now))[:count]))
        if not chosen:
            return []
        commit_lazily()
        # Asked again: where rows cannot be locked, another may have claimed them since.
        rows = Job.objects.filter(
            pk__in=[job.pk for job in chosen], is_dead=False, available_at__lte=now
        )
        rows.update(claim=token, attempts=F("attempts") + 1, available_at=now + LEASE)
        return _taken(chosen, token)

    return run_in_transaction(work)


def put_back(claimed: list[Job]) -> None:
    """Give up the lease of jobs that were not begun; they are due again at once."""
    for job in claimed:
        rows = Job.objects.filter(pk=job.pk, claim=job.claim)
        rows.update(claim=None, attempts=F("attempts") - 1, available_at=timezone.now())


def due_jobs(queue: Queue, now: datetime) -> Any:
    """What may be claimed now: of each key only the oldest job that is not given up."""
    earlier = Job.objects.filter(key=OuterRef("key"), is_dead=False, id__lt=OuterRef("id"))
    rows = Job.objects.filter(is_dead=False, queue=queue, available_at__lte=now)
    return rows.filter(Q(key="") | ~Exists(earlier)).order_by("available_at", "id")


def run(job: Job) -> None:
    """Do one claimed job. Whatever goes wrong is written down and decides when it is due again."""
    if job.attempts > ATTEMPTS:
        facts = {"job": str(job.id), "listener": job.subscriber, "attempt": ATTEMPTS}
        logger.error("a job was given up: its worker died each time", extra=facts)
        _give_up(job, job.last_error or "the worker died each time")
        metrics.observe_job(job.subscriber, "dead", 0)
        return
    started, outcome = time.perf_counter(), "done"
    try:
        listener = _listener(job)
        with scope_of(job.company_id):
            _act(job, listener)
    except LeaseLost:
        outcome = "lost"
        logger.warning("a job was taken over", extra={"job": str(job.id)})
    except Exception as error:
        drop_broken_connection()
        outcome = _fail(job, error)
    metrics.observe_job(job.subscriber, outcome, time.perf_counter() - started)


def scope_of(company_id: UUID | None) -> AbstractContextManager[None]:
    """The scope that work for this company, or for none, runs in."""
    return company_scope(company_id) if company_id else nullcontext()


def retry_delay(attempts: int) -> timedelta:
    """How long to wait after that many tries: 2 s, 8 s, 32 s ... an hour, give or take 20 %."""
    usual = min(settings.JOB_RETRY_SECONDS * 4.0 ** (attempts - 1), LONGEST_DELAY)
    return timedelta(seconds=usual * random.uniform(0.8, 1.2))  # noqa: S311


def _locked(rows: Any) -> Any:
    rows = rows.select_related("event")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True, of=("self",))
    return rows


def _together(due: list[Job]) -> list[Job]:
    """The first of them that may share a batch; one that is due but still claimed goes alone.

    Whoever had it died over it or over a neighbour, and would take these neighbours' tries along.
    """
    unclaimed = list(takewhile(lambda job: job.claim is None, due))
    return unclaimed or due[:1]


def _taken(chosen: list[Job], token: UUID) -> list[Job]:
    rows = Job.objects.filter(pk__in=[job.pk for job in chosen], claim=token)
    mine = set(rows.values_list("pk", flat=True))
    taken = [job for job in chosen if job.pk in mine]
    for job in taken:
        job.claim, job.attempts = token, job.attempts + 1
    return taken


def _listener(job: Job) -> Subscription:
    listener = subscription(job.event.type, job.subscriber)
    if listener is None:
        raise UnknownListener(f"{job.subscriber} does not listen to {job.event.type}")
    return listener


def _act(job: Job, listener: Subscription) -> None:
    if listener.way is Way.DELIVER:
        # What reaches the world outside cannot be taken back, so first be sure that it is ours.
        _renew(job)
        listener.handler(job.event, job.id)
        _finish(job)
        return

    def work() -> None:
        # First, so that nobody can take the job over before this commits.
        _finish(job)
        listener.handler(job.event)

    run_in_transaction(work)


def _renew(job: Job) -> None:
    rows = Job.objects.filter(pk=job.pk, claim=job.claim)
    if rows.update(available_at=timezone.now() + LEASE) != 1:
        raise LeaseLost


def _finish(job: Job) -> None:
    if Job.objects.filter(pk=job.pk, claim=job.claim).delete()[0] != 1:
        raise LeaseLost


def _fail(job: Job, error: Exception) -> str:
    facts = {"job": str(job.id), "listener": job.subscriber, "attempt": job.attempts}
    if job.attempts >= ATTEMPTS or isinstance(error, Hopeless):
        logger.error("a job was given up", extra=facts, exc_info=error)
        _give_up(job, described(error))
        return "dead"
    logger.warning("a job failed and will be tried again", extra=facts, exc_info=error)
    _release(job, available_at=timezone.now() + retry_delay(job.attempts), error=described(error))
    return "failed"


def described(error: BaseException) -> str:
    first = (str(error).strip().splitlines() or [""])[0]
    return f"{type(error).__name__}: {first}"[:LONGEST_ERROR]


def _release(job: Job, *, available_at: datetime, error: str) -> None:
    rows = Job.objects.filter(pk=job.pk, claim=job.claim)
    rows.update(available_at=available_at, claim=None, last_error=error)


def _give_up(job: Job, error: str) -> None:
    rows = Job.objects.filter(pk=job.pk, claim=job.claim)
    rows.update(
        is_dead=True,
        died_at=timezone.now(),
        claim=None,
        attempts=min(job.attempts, ATTEMPTS),
        last_error=error[:LONGEST_ERROR],
    )
