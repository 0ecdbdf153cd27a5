"""What Celery runs: the drain of a queue, and the base of tasks that work for one company."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

import redis
from celery import Task, shared_task

from tokdesk.common import jobs, metrics, wakeup
from tokdesk.common.actor import system_actor
from tokdesk.common.errors import Unavailable
from tokdesk.common.queues import Queue
from tokdesk.common.tenancy import company_scope

# In seconds. A job that is begun when the drain's own time is up has so long until it must end; the
# second limit ends the process, before the lease of its jobs does (JOB_LEASE_SECONDS).
DRAIN_SOFT_LIMIT, DRAIN_HARD_LIMIT = 32, 36


class DrainTask(Task):  # type: ignore[misc]  # Celery has no types
    """What the clock sends every other second, whether or not anybody is there to take it."""

    def apply_async(self, args: Any = None, *rest: Any, **options: Any) -> Any:
        with suppress(redis.RedisError, OSError):
            if wakeup.has_hints_enough(Queue(args[0])):
                return None
        return super().apply_async(args, *rest, **options)


@shared_task(  # type: ignore[untyped-decorator]  # Celery has no types
    name=wakeup.DRAIN_TASK,
    base=DrainTask,
    soft_time_limit=DRAIN_SOFT_LIMIT,
    time_limit=DRAIN_HARD_LIMIT,
)
def drain(queue: str) -> None:
    """Run what is due in one queue; what is left over is asked for again at once."""
    name = Queue(queue)
    wakeup.begin(name)
    is_more = jobs.drain(name)
    metrics.flush_when_due()
    if is_more:
        wakeup.wake(name)


class CompanyTask(Task):  # type: ignore[misc]  # Celery has no types
    """A task for one company: takes ids alone, opens the scope, and acts as the desk itself.

    The function gets the actor, the company's id, and the ids it was sent with. It reads every row
    and its state again, and calls one service. When the database is busy it runs again.
    """

    # The actor is added on this side, so what is sent never fits the function's own signature.
    typing = False
    autoretry_for = (Unavailable,)
    retry_backoff = 2
    retry_backoff_max = 30
    retry_jitter = True
    max_retries = 5

    def __call__(self, company_id: str, *ids: str) -> Any:
        company = UUID(company_id)
        actor = system_actor(company, request_id=f"task-{self.request.id or self.name}")
        with company_scope(company):
            return self.run(actor, company, *ids)


def company_task(name: str) -> Callable[..., Any]:
    """Make `work(actor, company_id, *ids)` a task: `task.delay(str(company_id), *ids)`."""

    def register(work: Callable[..., Any]) -> Any:
        return shared_task(name=name, base=CompanyTask)(work)

    return register
