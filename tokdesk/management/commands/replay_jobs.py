"""Bring back jobs that were given up, or list them."""

from typing import Any

from django.core.management.base import CommandParser

from tokdesk.common.api.fields import parse_uuid
from tokdesk.common.commands import BaseOperatorCommand, Report, WrongUsage, printable
from tokdesk.common.dead_letters import replay_jobs
from tokdesk.common.models import Job

SHOWN = 50


class Command(BaseOperatorCommand):
    help = "Make dead jobs due again with fresh attempts; --list shows them with their last error."
    examples = (
        "  manage.py replay_jobs --list\n"
        "  manage.py replay_jobs --listener notifications.mail_reset\n"
        "  manage.py replay_jobs --all --dry-run"
    )

    def add_options(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--list", action="store_true", help="show what is dead and stop")
        which.add_argument("--all", action="store_true", help="every dead job")
        which.add_argument("--id", help="one job")
        which.add_argument("--listener", help="every dead job of one listener")

    def work(self) -> Report:
        if self.options["list"]:
            return self.report_dead()
        chosen = self.chosen()
        count = chosen.count() if self.is_dry_run else replay_jobs(actor=self.actor, jobs=chosen)
        verb = "Would replay" if self.is_dry_run else "Replayed"
        data = {"dry_run": self.is_dry_run, "jobs": count}
        return Report([f"{verb} {count} jobs."], data, "nothing; a worker takes what is due.")

    def chosen(self) -> Any:
        dead = Job.objects.all().dead()
        if listener := self.options["listener"]:
            return dead.filter(subscriber=listener)
        if self.options["id"]:
            job_id = parse_uuid(self.options["id"])
            if job_id is None:
                raise WrongUsage("--id must be the id of a job; --list shows them.")
            return dead.filter(pk=job_id)
        return dead

    def report_dead(self) -> Report:
        dead = Job.objects.all().dead().select_related("event").order_by("-died_at", "-id")
        shown = [data_of(job) for job in dead[:SHOWN]]
        total = dead.count()
        lines = [line_of(each) for each in shown] or ["No job is dead."]
        if total > SHOWN:
            lines.append(f"... and {total - SHOWN} more")
        next_step = "mend the cause, then replay_jobs --id or --listener." if shown else "nothing."
        return Report(lines, {"jobs": shown, "total": total}, next_step)


def data_of(job: Job) -> dict[str, str]:
    return {
        "id": str(job.id),
        "listener": job.subscriber,
        "event": job.event.type,
        "died_at": job.died_at.isoformat(timespec="seconds") if job.died_at else "",
        "error": job.last_error,
    }


def line_of(job: dict[str, str]) -> str:
    error = printable(job["error"])
    return "{id}  {died_at}  {listener:<36} {event:<26} {error}".format(**{**job, "error": error})
