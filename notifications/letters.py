"""What each mail says, in the reader's language."""

from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.conf import settings
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Letter:
    """One mail as plain sentences; the sender lays it out as text and as HTML."""

    subject: str
    lines: list[str] = field(default_factory=list)
    action: str = ""
    url: str = ""
    closing: str = ""


def confirm_company_letter(company: str, token: str) -> Letter:
    return Letter(
        subject=_("Confirm your address for %(company)s") % {"company": company},
        lines=[
            _("You asked to open %(company)s on TokDesk.") % {"company": company},
            _("Confirm that this address is yours, and we can look at your request."),
        ],
        action=_("Confirm address"),
        url=_link("accounts/confirm-company/", token),
        closing=_("If this was not you, do not open the link; then nothing happens."),
    )


def confirm_customer_letter(company: str, token: str) -> Letter:
    return Letter(
        subject=_("Confirm your address for %(company)s") % {"company": company},
        lines=[_("You asked to become a customer of %(company)s.") % {"company": company}],
        action=_("Confirm address"),
        url=_link("accounts/confirm/", token),
        closing=_("If this was not you, do not open the link; then nothing happens."),
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
    return Letter(
        subject=_("%(company)s is approved") % {"company": company},
        lines=[_("Welcome! %(company)s is open. You can sign in now.") % {"company": company}],
        action=_("Open TokDesk"),
        url=settings.BASE_URL + "/",
    )


def rejected_letter(company: str, reason: str) -> Letter:
    return Letter(
        subject=_("%(company)s was not approved") % {"company": company},
        lines=[
            _("We could not approve %(company)s.") % {"company": company},
            _("The reason: %(reason)s") % {"reason": reason},
            _("You can correct your request and hand it in again."),
        ],
    )


def suspended_letter(company: str, reason: str) -> Letter:
    return Letter(
        subject=_("%(company)s is suspended") % {"company": company},
        lines=[
            _("%(company)s was suspended. Your data is kept.") % {"company": company},
            _("The reason: %(reason)s") % {"reason": reason},
        ],
    )


def restored_letter(company: str) -> Letter:
    return Letter(
        subject=_("%(company)s is open again") % {"company": company},
        lines=[_("The suspension of %(company)s has ended.") % {"company": company}],
        action=_("Open TokDesk"),
        url=settings.BASE_URL + "/",
    )


def _link(path: str, token: str) -> str:
    return f"{settings.BASE_URL}/{path}?{urlencode({'token': token})}"
