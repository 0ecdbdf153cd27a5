"""Make the first SuperAdmin, whom nobody could invite."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.management.base import CommandParser

from accounts.models import User
from accounts.services.passwords import request_reset
from accounts.services.platform import create_account
from tokdesk.common.commands import (
    PASSWORD_HELP,
    PASSWORD_VARIABLE,
    BaseOperatorCommand,
    Failed,
    Report,
    cleaned,
    printable,
)


@dataclass(frozen=True)
class Wanted:
    name: str
    email: str


class Command(BaseOperatorCommand):
    help = "Make the first SuperAdmin of the platform; an existing account is never changed."
    examples = (
        "  manage.py bootstrap_platform --email you@company.com --name 'Your Name'\n"
        f"  {PASSWORD_VARIABLE}_FILE=/run/secrets/admin manage.py bootstrap_platform \\\n"
        "      --email you@company.com --name 'Your Name' --yes\n\n"
        f"{PASSWORD_HELP}"
    )

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--email", required=True, help="address to sign in with")
        parser.add_argument("--name", required=True, help="the person's name")

    def work(self) -> Report:
        wanted = Wanted(
            name=cleaned(User, "name", self.options["name"], "--name"),
            email=cleaned(User, "email", self.options["email"], "--email").casefold(),
        )
        known = User.objects.by_email(wanted.email).first()
        if known is not None:
            return self.report_known(known)
        if self.is_dry_run:
            return self.report(wanted, "would_create", "run this again without --dry-run.")
        if User.objects.living().filter(is_super_admin=True).exists():
            self.confirm("The platform has a SuperAdmin already; this makes one more.")
        return self.create(wanted)

    def create(self, wanted: Wanted) -> Report:
        password = self.new_password()
        user = create_account(
            actor=self.actor,
            name=wanted.name,
            email=wanted.email,
            password=password or secrets.token_urlsafe(32),
            super_admin=True,
        )
        if password:
            return self.report(wanted, "created", f"sign in at {sign_in_url()}")
        request_reset(actor=self.actor, user=user)
        minutes = settings.PASSWORD_RESET_LIFETIME // timedelta(minutes=1)
        mailed = f"open the link mailed to {wanted.email} within {minutes} minutes."
        return self.report(wanted, "created", mailed)

    def report_known(self, user: User) -> Report:
        """
        Raises:
            Failed: the account is of somebody else than living platform staff.
        """
        if not user.is_super_admin:
            raise Failed(f"{user.email} has an account that is not a SuperAdmin's; it stays so.")
        if not user.is_active:
            raise Failed(f"{user.email} is a SuperAdmin whose account was deactivated.")
        known = Wanted(name=user.name, email=user.email)
        return self.report(known, "already_there", f"sign in at {sign_in_url()}")

    def report(self, who: Wanted, outcome: str, next_step: str) -> Report:
        line = f"SuperAdmin {printable(who.name)} <{who.email}>: {outcome.replace('_', ' ')}"
        data = {
            "result": outcome,
            "dry_run": self.is_dry_run,
            "accounts": int(outcome in {"created", "would_create"}),
            "name": who.name,
            "email": who.email,
        }
        return Report([line], data, next_step)


def sign_in_url() -> str:
    return f"{settings.BASE_URL}/admin/"
