"""Write the index of search anew: after a restore, or when the folding of words has changed."""

from django.core.management.base import CommandParser

from companies.models import Company
from conversations.services.reindexing import Rebuilt, rebuild_search, rebuilding
from tokdesk.common.commands import BaseOperatorCommand, Failed, Report


class Command(BaseOperatorCommand):
    help = "Write the index of search anew from conversations, messages and customers."
    examples = "  manage.py rebuild_search\n  manage.py rebuild_search --company acme --dry-run"

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--company", help="address of one company; without it all of them")

    def work(self) -> Report:
        work = rebuilding if self.is_dry_run else rebuild_search
        done: dict[str, Rebuilt] = {}
        for company in self.companies():
            done[company.slug] = work(company_id=company.pk)
            self.tell(f"{company.slug}: {done[company.slug].conversations} conversations")
        return self.report(done)

    def companies(self) -> list[Company]:
        rows = Company.objects.living().order_by("slug")
        slug = self.options["company"]
        found = list(rows.filter(slug=slug) if slug else rows)
        if slug and not found:
            raise Failed(f"There is no company with the address {slug!r}.")
        return found

    def report(self, done: dict[str, Rebuilt]) -> Report:
        total = sum(done.values(), Rebuilt())
        verb = "Would write" if self.is_dry_run else "Wrote"
        line = f"{verb} {total.entries} entries of {total.conversations} conversations."
        data = {
            "dry_run": self.is_dry_run,
            "companies": len(done),
            "conversations": total.conversations,
            "entries": total.entries,
        }
        next_step = "run this again without --dry-run." if self.is_dry_run else "nothing."
        return Report([line], data, next_step)
