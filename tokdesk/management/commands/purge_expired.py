"""Delete what has run out: counters, keys, tokens, and sessions that ended long ago."""

from tokdesk.common.commands import BaseOperatorCommand, Report
from tokdesk.purging import count_expired, purge_expired


class Command(BaseOperatorCommand):
    help = "Delete expired counters, keys and tokens, and sessions that ended 90 days ago."
    examples = "  manage.py purge_expired --dry-run\n  manage.py purge_expired --json"

    def work(self) -> Report:
        counts = count_expired() if self.is_dry_run else purge_expired()
        verb = "Would delete" if self.is_dry_run else "Deleted"
        said = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items())
        data = {"dry_run": self.is_dry_run, **counts}
        return Report([f"{verb} {said}."], data, "nothing; beat runs this every night.")
