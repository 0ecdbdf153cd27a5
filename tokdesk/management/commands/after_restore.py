"""What a restored database needs before people come back to it."""

from companies.models import Company
from companies.services import restart_logs
from tokdesk.common import cache
from tokdesk.common.commands import BaseOperatorCommand, Report


class Command(BaseOperatorCommand):
    help = "After a backup was put back: new lineages of all logs, no session of before, no cache."
    examples = "  manage.py after_restore --dry-run\n  manage.py after_restore"

    def work(self) -> Report:
        companies = list(Company.objects.order_by("slug"))
        if not self.is_dry_run:
            for company in companies:
                restart_logs(actor=self.actor, company=company)
                self.tell(f"{company.slug}: logs have a new lineage")
            cache.forget_all()
        verb = "Would restart" if self.is_dry_run else "Restarted"
        line = f"{verb} the logs of {len(companies)} companies; their people sign in again."
        data = {"dry_run": self.is_dry_run, "companies": len(companies)}
        again = "run this again without --dry-run."
        return Report([line], data, again if self.is_dry_run else "manage.py check_log")
