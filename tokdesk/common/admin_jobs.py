"""Jobs that wait or were given up, for staff: why, and once more."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tokdesk.common.admin_base import (
    NOTHING,
    badge,
    latin,
    moment,
    person_text,
    required_staff,
)
from tokdesk.common.admin_moves import Move, MovesAdmin
from tokdesk.common.dead_letters import replay_jobs
from tokdesk.common.models import Job
from tokdesk.common.policy import explain
from tokdesk.common.queues import Queue

REPLAY = Move(
    name="replay",
    code="platform:jobs",
    label=gettext_lazy("Replay"),
    title=gettext_lazy("Replay %(row)s?"),
    effect=gettext_lazy("A worker tries it again, up to eight times. Mend the cause first."),
    done=gettext_lazy("%(row)s is due again."),
    work=lambda actor, job, answers: replay_jobs(actor=actor, jobs=Job.objects.filter(pk=job.pk)),
    fits=lambda job: job.is_dead,
)


class QueueFilter(admin.SimpleListFilter):
    title = gettext_lazy("queue")
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(queue.value, queue.value) for queue in Queue]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(queue=self.value()) if self.value() else queryset


@admin.register(Job)
class JobAdmin(MovesAdmin):
    view_code = "platform:jobs"
    moves = (REPLAY,)
    actions = ("replay_selected",)
    list_display = ("listener", "event_type", "company_name", "state", "tries", "due", "error")
    list_filter = ("is_dead", QueueFilter)
    list_select_related = ("event", "company")
    search_fields = ("=subscriber", "=company__slug", "=event__type")
    search_help_text = gettext_lazy("A listener, an event type or a company's address, in full.")
    ordering = ("-is_dead", "-id")
    sortable_by: ClassVar[tuple[str, ...]] = ()
    fields = (
        "listener",
        "event_type",
        "event_id_text",
        "company_name",
        "state",
        "tries",
        "due",
        "given_up",
        "error",
    )
    readonly_fields = fields

    def has_replay_permission(self, request: HttpRequest) -> bool:
        return explain(required_staff(request), "platform:jobs").allowed

    @admin.action(permissions=["replay"], description=gettext_lazy("Replay selected jobs"))
    def replay_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        ids = list(queryset.values_list("pk", flat=True))
        count = replay_jobs(actor=required_staff(request), jobs=Job.objects.filter(pk__in=ids))
        text = ngettext("%(number)s job is due again.", "%(number)s jobs are due again.", count)
        messages.success(request, text % {"number": count})

    @admin.display(description=gettext_lazy("listener"))
    def listener(self, job: Job) -> SafeString:
        return latin(job.subscriber)

    @admin.display(description=gettext_lazy("type"))
    def event_type(self, job: Job) -> SafeString:
        return latin(job.event.type)

    @admin.display(description=gettext_lazy("event"))
    def event_id_text(self, job: Job) -> SafeString:
        return latin(job.event_id)

    @admin.display(description=gettext_lazy("company"))
    def company_name(self, job: Job) -> Any:
        return person_text(job.company.name) if job.company else NOTHING

    @admin.display(description=gettext_lazy("status"))
    def state(self, job: Job) -> SafeString:
        if job.is_dead:
            return badge(_("Given up"), "bad")
        if job.claim:
            return badge(_("Running"), "ok")
        return (
            badge(_("To be tried again"), "warn") if job.attempts else badge(_("Waiting"), "quiet")
        )

    @admin.display(description=gettext_lazy("tries"))
    def tries(self, job: Job) -> int:
        return job.attempts

    @admin.display(description=gettext_lazy("due"))
    def due(self, job: Job) -> str:
        return NOTHING if job.is_dead else moment(job.available_at)

    @admin.display(description=gettext_lazy("given up at"))
    def given_up(self, job: Job) -> str:
        return moment(job.died_at) if job.died_at else NOTHING

    @admin.display(description=gettext_lazy("last error"))
    def error(self, job: Job) -> Any:
        return latin(job.last_error) if job.last_error else NOTHING
