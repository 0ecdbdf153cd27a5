"""What each mail says, in the reader's language."""

from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.choices import MemberRole
from notifications.names import spoken


@dataclass(frozen=True)
class Letter:
    """One mail as plain sentences; the sender lays it out as text and as HTML."""

    subject: str
    lines: list[str] = field(default_factory=list)
    action: str = ""
    url: str = ""
    closing: str = ""


def confirm_company_letter(company: str, token: str) -> Letter:
    named = {"company": spoken(company)}
    return Letter(
        subject=_("Confirm your address for %(company)s") % named,
        lines=[
            _("You asked to open %(company)s on TokDesk.") % named,
            _("Confirm that this address is yours, and we can look at your request."),
        ],
        action=_("Confirm address"),
        url=_link("accounts/confirm-company/", token),
        closing=_("If this was not you, do not open the link; then nothing happens."),
    )


def confirm_customer_letter(company: str, token: str) -> Letter:
    named = {"company": spoken(company)}
    return Letter(
        subject=_("Confirm your address for %(company)s") % named,
        lines=[_("You asked to become a customer of %(company)s.") % named],
        action=_("Confirm address"),
        url=_link("accounts/confirm/", token),
        closing=_("If this was not you, do not open the link; then nothing happens."),
    )


def invitation_letter(company: str, inviter: str, role: str, token: str) -> Letter:
    """`inviter` is empty where the platform invites."""
    named = {
        "company": spoken(company),
        "inviter": spoken(inviter),
        "role": MemberRole(role).label,
    }
    if inviter:
        subject = _("%(inviter)s invites you to %(company)s") % named
        line = _("%(inviter)s invites you to %(company)s on TokDesk. Your role: %(role)s.") % named
    else:
        subject = _("You are invited to %(company)s") % named
        line = _("You are invited to %(company)s on TokDesk. Your role: %(role)s.") % named
    return Letter(
        subject=subject,
        lines=[line, _("The link works once, within seven days.")],
        action=_("See the invitation"),
        url=_link("accounts/invitation/", token),
        closing=_("If you do not know who this is, do not open the link; then nothing happens."),
    )


def reset_letter(token: str) -> Letter:
    return Letter(
        subject=_("Set a new password"),
        lines=[
            _("Somebody asked for a new password for this address."),
            _("The link works once, within an hour. Every device is signed out when you use it."),
        ],
        action=_("Set a new password"),
        url=_link("accounts/reset/", token),
        closing=_("If this was not you, you need not do anything."),
    )


def password_changed_letter() -> Letter:
    return Letter(
        subject=_("Your password was changed"),
        lines=[
            _("The password of your account was changed just now."),
            _("If this was not you, ask for a new password at once."),
        ],
    )


def approved_letter(company: str) -> Letter:
    named = {"company": spoken(company)}
    return Letter(
        subject=_("%(company)s is approved") % named,
        lines=[_("Welcome! %(company)s is open. You can sign in now.") % named],
        action=_("Open TokDesk"),
        url=settings.BASE_URL + "/",
    )


def rejected_letter(company: str, reason: str) -> Letter:
    named = {"company": spoken(company)}
    return Letter(
        subject=_("%(company)s was not approved") % named,
        lines=[
            _("We could not approve %(company)s.") % named,
            _("The reason: %(reason)s") % {"reason": reason},
            _("You can correct your request and hand it in again."),
        ],
    )


def suspended_letter(company: str, reason: str) -> Letter:
    named = {"company": spoken(company)}
    return Letter(
        subject=_("%(company)s is suspended") % named,
        lines=[
            _("%(company)s was suspended. Your data is kept.") % named,
            _("The reason: %(reason)s") % {"reason": reason},
        ],
    )


def restored_letter(company: str) -> Letter:
    named = {"company": spoken(company)}
    return Letter(
        subject=_("%(company)s is open again") % named,
        lines=[_("The suspension of %(company)s has ended.") % named],
        action=_("Open TokDesk"),
        url=settings.BASE_URL + "/",
    )


def _link(path: str, token: str) -> str:
    return f"{settings.BASE_URL}/{path}?{urlencode({'token': token})}"
