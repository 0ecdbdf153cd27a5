"""What a mail with a token needs to know, made from the row's id alone."""

from dataclasses import dataclass
from uuid import UUID

from accounts.doors import registration_by_id
from accounts.models import PasswordReset
from accounts.tokens import mailed_token


@dataclass(frozen=True)
class TokenMail:
    """To whom, in which language, about which company (if any), and the token itself."""

    kind: str
    email: str
    language: str
    token: str
    company_name: str = ""


def confirmation_mail(registration_id: UUID) -> TokenMail:
    row = registration_by_id(registration_id)
    token = mailed_token("registration", row.id)
    return TokenMail(row.kind, row.email, row.language, token, row.company.name)


def reset_mail(reset_id: UUID) -> TokenMail:
    row = PasswordReset.objects.select_related("user").get(pk=reset_id)
    token = mailed_token("password_reset", row.id)
    return TokenMail("reset", row.email, row.user.language, token)
