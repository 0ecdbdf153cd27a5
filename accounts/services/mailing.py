"""What a mail with a token needs to know, made from the row's id alone."""

from dataclasses import dataclass
from uuid import UUID

from accounts.doors import registration_by_id
from accounts.models import PasswordReset
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


def confirmation_mail(registration_id: UUID) -> ConfirmationMail:
    row = registration_by_id(registration_id)
    token = mailed_token("registration", row.id)
    return ConfirmationMail(row.email, row.language, token, row.kind, row.company)


def reset_mail(reset_id: UUID) -> TokenMail:
    row = PasswordReset.objects.select_related("user").get(pk=reset_id)
    token = mailed_token("password_reset", row.id)
    return TokenMail(row.email, row.user.language, token)
