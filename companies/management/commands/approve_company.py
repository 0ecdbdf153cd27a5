"""Approve a company that waits, or list all that do."""

from typing import Any

from django.core.management.base import CommandParser

from companies.models import Company
from companies.services import approve_company
from tokdesk.common.commands import BaseOperatorCommand, Failed, Report, printable, rehearse


class Command(BaseOperatorCommand):
    help = "Approve a company that waits for it; --list shows which do."
    examples = "  manage.py approve_company --list\n  manage.py approve_company --slug umbrella"

    def add_options(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--slug", help="address of the company to approve")
        which.add_argument("--list", action="store_true", help="show what waits and stop")

    def work(self) -> Report:
        if self.options["list"]:
            return self.report_waiting()
        company = Company.objects.living().filter(slug=self.options["slug"]).first()
        if company is None:
            raise Failed(f"There is no company with the address {self.options['slug']!r}.")
        if company.is_active:
            return self.report(company, "already_active", "nothing; its people can sign in.")
        if self.is_dry_run:
            rehearse(lambda: approve_company(actor=self.actor, company=company))
            return self.report(company, "would_approve", "run this again without --dry-run.")
        company = approve_company(actor=self.actor, company=company)
        return self.report(company, "approved", f"nothing; {company.email} was mailed.")

    def report(self, company: Company, outcome: str, next_step: str) -> Report:
        line = f"{printable(company.name)} ({company.slug}): {outcome.replace('_', ' ')}"
        data = {
            "result": outcome,
            "dry_run": self.is_dry_run,
            "companies": int(outcome in {"approved", "would_approve"}),
            "slug": company.slug,
            "status": company.status,
        }
        return Report([line], data, next_step)

    def report_waiting(self) -> Report:
        waiting = [describe(company) for company in Company.objects.waiting()]
        lines = [line_of(each) for each in waiting] or ["No company waits for approval."]
        ready = [each["slug"] for each in waiting if each["address_confirmed"]]
        next_step = f"manage.py approve_company --slug {ready[0]}" if ready else "nothing."
        return Report(lines, {"waiting": waiting}, next_step)


def describe(company: Company) -> dict[str, Any]:
    return {
        "slug": company.slug,
        "name": company.name,
        "email": company.email,
        "address_confirmed": company.email_confirmed_at is not None,
        "since": company.status_changed_at.isoformat(timespec="seconds"),
    }


def line_of(waiting: dict[str, Any]) -> str:
    confirmed = "confirmed" if waiting["address_confirmed"] else "address NOT confirmed"
    return "{slug:<20} {name:<30} {email:<34} {confirmed}, since {since}".format(
        **{**waiting, "name": printable(waiting["name"])}, confirmed=confirmed
    )
