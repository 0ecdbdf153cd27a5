"""Make a company that needs no approval queue: the operator vouches for it and its first admin."""

import secrets
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from accounts.doors import membership_of
from accounts.models import Session, User
from accounts.services.members import add_member
from accounts.services.passwords import request_reset
from accounts.services.platform import create_account
from companies.choices import Language
from companies.models import Company
from companies.services import approve_company, confirm_address, create_company, refuse_reserved
from tokdesk.common.commands import PASSWORD_HELP, BaseOperatorCommand, Failed, Report, cleaned
from tokdesk.common.db import run_in_transaction
from tokdesk.common.roles import Role


@dataclass(frozen=True)
class Wanted:
    name: str
    slug: str
    language: str
    admin_name: str
    admin_email: str


class Command(BaseOperatorCommand):
    help = "Make an approved company with its first admin; an existing account joins unchanged."
    examples = (
        "  manage.py create_company --name 'Acme Tools' --slug acme \\\n"
        "      --admin-name 'Amelia Brooks' --admin-email amelia@acme.example\n\n"
        f"{PASSWORD_HELP}"
    )

    def add_options(self, parser: CommandParser) -> None:
        add = parser.add_argument
        add("--name", required=True, help="the company's name")
        add("--slug", required=True, help="its address: small letters, digits and hyphens")
        add("--admin-email", required=True, help="address of its first admin")
        add("--admin-name", required=True, help="name of its first admin")
        add("--language", choices=Language.values, default=Language.ENGLISH.value)

    def work(self) -> Report:
        wanted = self.read_options()
        user = User.objects.by_email(wanted.admin_email).first()
        if self.is_there(wanted, user):
            return self.report(wanted, "already_there", {}, f"sign in at {settings.BASE_URL}/")
        refuse_reserved(wanted.slug)
        if self.is_dry_run:
            counts = {"companies": 1, "accounts": int(user is None), "memberships": 1}
            return self.report(wanted, "would_create", counts, "run this again without --dry-run.")
        return self.create(wanted, user)

    def read_options(self) -> Wanted:
        email = cleaned(User, "email", self.options["admin_email"], "--admin-email")
        return Wanted(
            name=cleaned(Company, "name", self.options["name"], "--name"),
            slug=cleaned(Company, "slug", self.options["slug"], "--slug"),
            language=self.options["language"],
            admin_name=cleaned(User, "name", self.options["admin_name"], "--admin-name"),
            admin_email=email.casefold(),
        )

    def is_there(self, wanted: Wanted, user: User | None) -> bool:
        """Whether an earlier run made it.

        Raises:
            Failed: another company has this address, or the account may not be used.
        """
        if user is not None and not user.can_sign_in:
            raise Failed(f"The account of {user.email} is deactivated.")
        if not Company.objects.living().filter(slug=wanted.slug).exists():
            return False
        member = membership_of(user, wanted.slug) if user else None
        if member is None or member.role != Role.COMPANY_ADMIN:
            raise Failed(f"The address {wanted.slug!r} is taken by another company.")
        return True

    def create(self, wanted: Wanted, known: User | None) -> Report:
        password = "" if known else self.new_password()
        # An account is made apart, as hashing takes too long for a transaction; a run that stops
        # after it is finished by the next one, which finds the account without a single session.
        user = known or create_account(
            actor=self.actor,
            name=wanted.admin_name,
            email=wanted.admin_email,
            password=password or secrets.token_urlsafe(32),
        )
        needs_link = not password and not Session.objects.of_person(user.id).exists()
        run_in_transaction(lambda: self.write(wanted, user, needs_link))
        counts = {"companies": 1, "accounts": int(known is None), "memberships": 1}
        mailed = f"{user.email} opens the mailed link, then signs in at {settings.BASE_URL}/"
        signs_in = f"{user.email} signs in at {settings.BASE_URL}/"
        return self.report(wanted, "created", counts, mailed if needs_link else signs_in)

    def write(self, wanted: Wanted, user: User, needs_link: bool) -> None:
        company = create_company(
            actor=self.actor,
            name=wanted.name,
            slug=wanted.slug,
            email=wanted.admin_email,
            language=wanted.language,
        )
        confirm_address(actor=self.actor, company=company)
        # Before the approval, which places the admins in the first department.
        add_member(actor=self.actor, company=company, user=user, role=Role.COMPANY_ADMIN)
        approve_company(actor=self.actor, company=company)
        if needs_link:
            request_reset(actor=self.actor, user=user)

    def report(
        self, wanted: Wanted, outcome: str, counts: dict[str, int], next_step: str
    ) -> Report:
        words = outcome.replace("_", " ")
        line = f"Company {wanted.name} ({wanted.slug}) with admin {wanted.admin_email}: {words}"
        data: dict[str, Any] = {
            "result": outcome,
            "dry_run": self.is_dry_run,
            **{"companies": 0, "accounts": 0, "memberships": 0, **counts},
            "slug": wanted.slug,
            "admin_email": wanted.admin_email,
        }
        return Report([line], data, next_step)
