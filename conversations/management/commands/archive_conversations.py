"""Put away what was finished long ago: read-only, out of the lists, still found by search."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from django.core.management.base import CommandParser
from django.utils import timezone

from companies.models import Company
from conversations.management.companies import CompaniesCommand
from conversations.models import Conversation
from conversations.services import archive
from tokdesk.common.commands import Report, WrongUsage
from tokdesk.common.tenancy import company_scope

CHUNK = 500


class Command(CompaniesCommand):
    help = "Archive conversations that were closed, and have been silent, for so many days."
    examples = (
        "  manage.py archive_conversations --days 180 --dry-run\n"
        "  manage.py archive_conversations --days 180 --company acme"
    )

    def add_options(self, parser: CommandParser) -> None:
        super().add_options(parser)
        parser.add_argument("--days", type=int, required=True, help="silent for so long")

    def work(self) -> Report:
        if self.options["days"] < 1:
            raise WrongUsage("--days takes a number from 1 on.")
        counts = {company.slug: self.archive(company) for company in self.companies()}
        total = sum(counts.values())
        data = {"dry_run": self.is_dry_run, "conversations": total, "companies": counts}
        if self.is_dry_run:
            line = f"Would archive {total} conversations."
            return Report([line], data, "run this again without --dry-run.")
        return Report([f"Archived {total} conversations."], data, "nothing.")

    def archive(self, company: Company) -> int:
        with company_scope(company.id):
            before = timezone.now() - timedelta(days=self.options["days"])
            rows = Conversation.objects.finished_before(before)
            if self.is_dry_run:
                return int(rows.count())
            desk = replace(self.actor, company_id=company.id)
            done = 0
            for conversation in self.chunked(rows):
                archive(actor=desk, conversation=conversation)
                done += 1
            return done

    def chunked(self, rows: object) -> Iterator[Conversation]:
        """What is archived is none of the rows any more."""
        while chunk := list(rows.order_by("pk")[:CHUNK]):  # type: ignore[attr-defined]  # a queryset
            yield from chunk
