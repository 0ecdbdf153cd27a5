"""What a mail with a token needs to know, made from the row's id alone."""

from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from accounts.choices import RegistrationKind
from accounts.doors import registration_by_id
from accounts.models import PasswordReset, Registration
from accounts.services.joining import takes_customers
from companies.models import Company
from tokdesk.common.tokens import mailed_token


@dataclass(frozen=True)
class TokenMail:
    """To whom, in which language, and the token itself."""

    email: str
    language: str
    token: str


@dataclass(frozen=True)
class ConfirmationMail(TokenMail):
    """Also what is asked for: a company, or to be a customer of one."""

    kind: str
    company: Company


def confirmation_mail(registration_id: UUID) -> ConfirmationMail | None:
    """None when the link would open nothing (any more): nobody is mailed that."""
    row = registration_by_id(registration_id)
    if row is None or not row.is_usable(timezone.now()) or not _is_open(row):
        return None
    token = mailed_token("registration", row.id)
    return ConfirmationMail(row.email, row.language, token, row.kind, row.company)


def reset_mail(reset_id: UUID) -> TokenMail | None:
    """None when the link would open nothing (any more), or a newer mail brings another one."""
    row = PasswordReset.objects.select_related("user").filter(pk=reset_id).first()
    if row is None or not row.is_usable(timezone.now()) or _is_superseded(row):
        return None
    if row.user.email != row.email or not row.user.can_sign_in:
        return None
    token = mailed_token("password_reset", row.id)
    return TokenMail(row.email, row.user.language, token)


def _is_open(registration: Registration) -> bool:
    """Whether the company still takes whom the link would bring in."""
    if registration.kind == RegistrationKind.CUSTOMER:
        return takes_customers(registration.company)
    return not registration.company.is_deleted


def _is_superseded(reset: PasswordReset) -> bool:
    """Whether the person asked again before this mail left; a link that was mailed stays good."""
    rows = PasswordReset.objects.filter(user=reset.user, email=reset.email, used_at__isnull=True)
    return bool(rows.filter(id__gt=reset.id).exists())
