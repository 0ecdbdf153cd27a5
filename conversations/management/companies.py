"""Commands that work company by company, for one of them or for all."""

from django.core.management.base import CommandParser

from companies.models import Company
from tokdesk.common.commands import BaseOperatorCommand, Failed


class CompaniesCommand(BaseOperatorCommand):
    """Takes `--company`; `companies()` are those that the work is for."""

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--company", help="address (slug) of one company; all without it")

    def companies(self) -> list[Company]:
        """Raises Failed: there is none of this address."""
        rows = Company.objects.living().order_by("slug")
        asked = self.options["company"]
        found = list(rows.filter(slug=asked) if asked else rows)
        if asked and not found:
            raise Failed(f"There is no company with the address {asked!r}.")
        return found
