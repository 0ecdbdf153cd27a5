"""Write the index of search anew: after a restore, or when the folding of words has changed."""

from conversations.management.companies import CompaniesCommand
from conversations.services.reindexing import Rebuilt, rebuild_search, rebuilding
from tokdesk.common.commands import Report


class Command(CompaniesCommand):
    help = "Write the index of search anew from conversations, messages and customers."
    examples = "  manage.py rebuild_search\n  manage.py rebuild_search --company acme --dry-run"

    def work(self) -> Report:
        work = rebuilding if self.is_dry_run else rebuild_search
        done: dict[str, Rebuilt] = {}
        for company in self.companies():
            done[company.slug] = work(company_id=company.pk)
            self.tell(f"{company.slug}: {done[company.slug].conversations} conversations")
        return self.report(done)

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
