"""Bring the demo world into the database: companies and people whose password everybody knows."""

from django.conf import settings
from django.core.management.base import CommandParser

from accounts.models import User
from tokdesk.common.commands import BaseOperatorCommand, Failed, Report
from tokdesk.demo.people import PASSWORD
from tokdesk.demo.planting import missing_of, plant
from tokdesk.demo.scales import SCALES, world_of

# Whoever is there beside this account was planted, or came while trying the demo.
DEMO_STAFF = "super@tokdesk.example"


class Command(BaseOperatorCommand):
    help = "Make the demo companies and people that are missing (development only)."
    examples = (
        "  manage.py seed_demo\n"
        "  manage.py seed_demo --scale load --dry-run\n\n"
        "small: acme, globex and umbrella, which waits for approval. e2e: also rejected and\n"
        "suspended companies, and customers. load: also 20 companies of 550 people each."
    )

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--scale", choices=SCALES, default="small", help="how much of it")

    def work(self) -> Report:
        if not settings.DEMO_ENABLED:
            raise Failed("Demo people have a known password; these settings do not allow them.")
        if User.objects.exists() and not User.objects.by_email(DEMO_STAFF).exists():
            raise Failed(
                "This database holds accounts that are no demo; nothing was planted beside them. "
                "Set DATABASE_URL or TOKDESK_DATA to another place."
            )
        world = world_of(self.options["scale"])
        missing = missing_of(world)
        if not self.is_dry_run:
            plant(actor=self.actor, world=world, missing=missing, say=self.tell)
        return self.report(missing.counts())

    def report(self, counts: dict[str, int]) -> Report:
        data = {"scale": self.options["scale"], "dry_run": self.is_dry_run, **counts}
        if not any(counts.values()):
            return Report(["Everything is there already; nothing was changed."], data, sign_in())
        said = ", ".join(f"{count} {name}" for name, count in counts.items())
        if self.is_dry_run:
            return Report([f"Would make {said}."], data, "run this again without --dry-run.")
        return Report([f"Made {said}."], data, sign_in())


def sign_in() -> str:
    return (
        f"sign in as admin@acme.example or super@tokdesk.example with the password {PASSWORD}"
        f" at {settings.BASE_URL}/"
    )
