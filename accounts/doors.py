"""The look-ups that run before a company is known; one function each."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from accounts.models import Membership, PasswordReset, Registration, Session, User
from companies.models import Company
from tokdesk.common.errors import NotFound

# What `Session.is_live` and the Actor are made of.
TO_ENTER = (
    *("user_id", "member_id", "entered_at", "expires_at", "ended_at"),
    *("user__is_active", "user__is_deleted", "user__is_super_admin", "user__language"),
    *("member__company_id", "member__role", "member__status", "member__is_deleted"),
    *("member__company__status", "member__company__is_deleted"),
    *("member__company__sessions_valid_from", "member__company__settings"),
)


def session_by_id(session_id: UUID) -> Session | None:
    """A session with its account, membership and company, in one query."""
    rows = Session.objects.select_related("user", "member__company")
    return rows.filter(pk=session_id).first()


def session_to_enter(session_id: UUID) -> Session | None:
    """The same with no more than tells who asks and whether they may: every request reads it."""
    rows = Session.objects.select_related("user", "member__company").only(*TO_ENTER)
    return rows.filter(pk=session_id).order_by().first()


def sessions_to_enter(session_ids: Collection[UUID]) -> Any:
    """The same of many at once: whoever has a live socket is looked at again this way."""
    rows = Session.objects.select_related("user", "member__company").only(*TO_ENTER)
    return rows.filter(pk__in=session_ids).order_by()


def memberships_of(user: User) -> list[Membership]:
    """Every living membership of a person, the last used first."""
    rows = Membership.unscoped.filter(user=user, is_deleted=False, company__is_deleted=False)
    found = rows.select_related("company").order_by("created_at", "id")
    never = user.created_at
    return sorted(found, key=lambda member: member.last_used_at or never, reverse=True)


def membership_of(user: User, slug: str) -> Membership | None:
    rows = Membership.unscoped.filter(user=user, is_deleted=False, company__is_deleted=False)
    found: Membership | None = rows.select_related("company").filter(company__slug=slug).first()
    return found


def registration_by_token_hash(token_hash: str) -> Registration | None:
    rows = Registration.unscoped.filter(token_hash=token_hash)
    found: Registration | None = rows.select_related("company").first()
    return found


def registration_by_id(registration_id: UUID) -> Registration | None:
    """For the mail that carries its token."""
    rows = Registration.unscoped.select_related("company").filter(pk=registration_id)
    found: Registration | None = rows.first()
    return found


def company_sign_ups_of(email: str) -> list[Registration]:
    """The unconfirmed sign-ups of living companies by this address, the oldest first."""
    rows = Registration.unscoped.filter(email=email, kind="company", used_at__isnull=True)
    living = rows.filter(company__is_deleted=False).select_related("company")
    return list(living.order_by("created_at", "id"))


def other_registrations(registration: Registration) -> bool:
    """Whether somebody sent another form under this address that could still be confirmed.

    A form that was only mailed again has the same hash, and is the same form.
    """
    rows = Registration.unscoped.filter(email=registration.email, expires_at__gt=timezone.now())
    others = rows.exclude(password__in=["", registration.password])
    return bool(others.exclude(pk=registration.pk).exists())


def void_registrations(email: str) -> None:
    """The password of this address was set anew: no older form signs anybody in any more."""
    rows = Registration.unscoped.filter(email=email, kind="customer", used_at__isnull=True)
    rows.update(used_at=timezone.now(), password="")


def company_of_founder(company_id: UUID | None) -> Company:
    """The company whose founder asks again what the first answer was.

    Raises:
        NotFound: it was deleted meanwhile.
    """
    company: Company | None = Company.objects.living().filter(pk=company_id).first()
    if company is None:
        raise NotFound
    return company


def reset_by_token_hash(token_hash: str) -> PasswordReset | None:
    rows: Any = PasswordReset.objects.select_related("user")
    found: PasswordReset | None = rows.filter(token_hash=token_hash).first()
    return found


def enter_membership(member: Membership, now: datetime) -> Membership:
    """Note that the person enters this company now, and read the membership behind that lock.

    Whoever withdraws the access meanwhile waits for this row, or is seen here.
    """
    Membership.unscoped.filter(pk=member.pk).update(last_used_at=now)
    entered: Membership = Membership.unscoped.select_related("company", "user").get(pk=member.pk)
    return entered
