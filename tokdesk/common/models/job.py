from dataclasses import dataclass
from typing import Any, ClassVar

from django.db import models
from django.db.models import Count, Min
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tokdesk.common.models.base import BaseModel
from tokdesk.common.models.event import Event
from tokdesk.common.queues import Queue


@dataclass(frozen=True)
class Depth:
    """How full a queue is; `oldest_seconds` is how long its longest due job has been waiting."""

    waiting: int
    dead: int
    oldest_seconds: float


class JobQuerySet(models.QuerySet["Job"]):
    def waiting(self) -> Any:
        """Not done and not given up: due, in work, or to be tried again."""
        return self.filter(is_dead=False)

    def dead(self) -> Any:
        return self.filter(is_dead=True)

    def depths(self) -> "dict[str, Depth]":
        """What waits in each queue, also in the empty ones; two queries."""
        now = timezone.now()
        due = self.waiting().filter(available_at__lte=now).order_by("queue").values("queue")
        oldest = {row["queue"]: row["oldest"] for row in due.annotate(oldest=Min("available_at"))}
        rows = self.order_by("queue", "is_dead").values("queue", "is_dead")
        counts = {
            (row["queue"], row["is_dead"]): row["jobs"] for row in rows.annotate(jobs=Count("id"))
        }
        return {
            queue: Depth(
                waiting=counts.get((queue, False), 0),
                dead=counts.get((queue, True), 0),
                oldest_seconds=(now - oldest.get(queue, now)).total_seconds(),
            )
            for queue in Queue
        }


class Job(BaseModel):
    """What one listener still has to do about one event.

    The table holds only what waits or is dead: the effect and the deletion of its job commit
    together. Nothing here belongs to a company's people, so it is not behind the scoped manager.
    """

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+")
    subscriber = models.CharField(_("listener"), max_length=100)
    company = models.ForeignKey(
        "companies.Company", on_delete=models.PROTECT, null=True, related_name="+"
    )
    queue = models.CharField(_("queue"), max_length=20)
    # Jobs of one key run one after another, in the order of their events.
    key = models.CharField(max_length=220, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    # Due from then on. Whoever claims a job moves it on: when the claimer dies, it is due again.
    available_at = models.DateTimeField(_("due"), default=timezone.now)
    claim = models.UUIDField(null=True)
    last_error = models.CharField(_("last error"), max_length=500, blank=True)
    is_dead = models.BooleanField(_("given up"), default=False)
    died_at = models.DateTimeField(_("given up at"), null=True)

    objects: ClassVar = JobQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["available_at", "id"]
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event", "subscriber"], name="job_once_per_event"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["is_dead", "queue", "available_at", "id"], name="job_due"),
            # Also of jobs without a key: a condition would hide it from whoever compares two jobs.
            models.Index(fields=["key", "id"], name="job_key_order"),
            models.Index(
                fields=["died_at", "id"], name="job_dead", condition=models.Q(is_dead=True)
            ),
        ]

    def __str__(self) -> str:
        return self.subscriber
