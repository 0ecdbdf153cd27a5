"""What the pages of one app show from others: only the composition root may put it together."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import template
from django.utils import translation
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from accounts.choices import MemberRole
from accounts.models import Membership, User
from companies.models import Company
from notifications import letters
from tokdesk.staff.timeline import timeline_of_account, timeline_of_company

register = template.Library()

# Stands in the letter for what is not written yet; nothing that people type holds this character.
BLANK = "\ue000"

COMPANY_LETTERS: dict[str, Callable[[Company], letters.Letter]] = {
    "approve": lambda company: letters.approved_letter(company.name),
    "reject": lambda company: letters.rejected_letter(company.name, BLANK),
    "suspend": lambda company: letters.suspended_letter(company.name, BLANK),
    "restore": lambda company: letters.restored_letter(company.name),
}


@dataclass(frozen=True)
class Preview:
    """A letter as its reader will see it."""

    to: str
    language: str
    rtl: bool
    subject: str
    lines: list[SafeString]
    action: str
    closing: str


@register.inclusion_tag("admin/staff/timeline.html")
def company_timeline(company: Company) -> dict[str, Any]:
    return {"entries": timeline_of_company(company), "company": company}


@register.inclusion_tag("admin/staff/timeline.html")
def account_timeline(user: User) -> dict[str, Any]:
    return {"entries": timeline_of_account(user)}


@register.inclusion_tag("admin/staff/people.html")
def company_people(company: Company) -> dict[str, Any]:
    """Numbers only: platform staff do not see who works where."""
    counts = Membership.objects.filter(company=company).counted_by_role()
    return {"counts": [(label, counts.get(role, 0)) for role, label in MemberRole.choices]}


@register.inclusion_tag("admin/staff/letter.html")
def company_letter(company: Company, move: str, reason: str = "") -> dict[str, Any]:
    """The mail that the move sends, in the company's language; nothing where it sends none."""
    if move not in COMPANY_LETTERS:
        return {}
    with translation.override(company.language):
        letter = COMPANY_LETTERS[move](company)
        return {"preview": _preview(letter, company.email, company.language, reason)}


@register.inclusion_tag("admin/staff/letter.html")
def reset_letter(user: User) -> dict[str, Any]:
    with translation.override(user.language):
        return {"preview": _preview(letters.reset_letter(""), user.email, user.language, "")}


def _preview(letter: letters.Letter, to: str, language: str, reason: str) -> Preview:
    return Preview(
        to=to,
        language=language,
        rtl=translation.get_language_bidi(),
        subject=letter.subject,
        lines=[_line(line, reason) for line in letter.lines],
        action=letter.action,
        closing=letter.closing,
    )


def _line(text: str, reason: str) -> SafeString:
    """The place of the reason is marked, so that the page can fill it in as it is typed."""
    mark = format_html('<bdi class="letter-reason" data-reason>{}</bdi>', reason or "…")
    parts = [conditional_escape(part) for part in text.split(BLANK)]
    return mark_safe(mark.join(parts))  # noqa: S308 - every part is escaped above
