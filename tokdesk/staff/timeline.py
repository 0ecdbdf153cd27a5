"""Events as sentences for staff: what happened to a company or an account, and by whom."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.choices import EndReason, MemberRole
from accounts.models import Membership, User
from companies.models import Company
from departments.models import Department
from tokdesk.common.actor import ActorKind
from tokdesk.common.admin import ACTOR_KINDS
from tokdesk.common.admin_base import isolated
from tokdesk.common.models import Event

SHOWN = 50

COMPANY_SENTENCES = {
    "company.created": gettext_lazy("The company was signed up."),
    "company.address_confirmed": gettext_lazy("The contact address was confirmed."),
    "company.approved": gettext_lazy("Approved."),
    "company.rejected": gettext_lazy("Rejected: %(reason)s"),
    "company.resubmitted": gettext_lazy("Handed in again."),
    "company.suspended": gettext_lazy("Suspended: %(reason)s"),
    "company.restored": gettext_lazy("Restored."),
    "company.logs_restarted": gettext_lazy("The database was restored; everybody reads anew."),
    "company.deleted": gettext_lazy("Deleted: %(reason)s"),
    "company.changed": gettext_lazy("Changed: %(fields)s"),
    "registration.requested": gettext_lazy("Somebody asked to come in."),
    "registration.confirmed": gettext_lazy("Somebody confirmed an address."),
    "member.added": gettext_lazy("Somebody came in as %(role)s."),
    "member.role_changed": gettext_lazy("Somebody became %(new)s and was %(old)s."),
    "member.changed": gettext_lazy("Somebody's entry was changed: %(fields)s"),
    "member.deactivated": gettext_lazy("Somebody's access was withdrawn."),
    "member.reactivated": gettext_lazy("Somebody's access was given back."),
    "security.denied": gettext_lazy("Tried without the right to: %(permission)s"),
}
ACCOUNT_SENTENCES = {
    "account.created": gettext_lazy("The account was made."),
    "session.started": gettext_lazy("Signed in from %(ip)s."),
    "session.switched": gettext_lazy("Switched to another company."),
    "session.ended": gettext_lazy("Session ended: %(why)s"),
    "session.token_reused": gettext_lazy("A spent token was used again from %(ip)s."),
    "password.reset_requested": gettext_lazy("A link to a new password was mailed."),
    "password.changed": gettext_lazy("The password was changed."),
    "account.changed": gettext_lazy("Changed: %(fields)s"),
    "account.deactivated": gettext_lazy("The account was deactivated."),
    "account.reactivated": gettext_lazy("The account was reactivated."),
    "security.sign_in_refused": gettext_lazy("A sign-in from %(ip)s was refused."),
    "security.denied": gettext_lazy("Tried without the right to: %(permission)s"),
}
# What happens all day; it stands in the log, and in no timeline.
DAILY_SENTENCES = {
    "customer.created": gettext_lazy("A customer was added."),
    "customer.changed": gettext_lazy("A customer's entry was changed: %(fields)s"),
    "department.created": gettext_lazy("A department was made."),
    "department.changed": gettext_lazy("A department was changed: %(fields)s"),
    "department.head_changed": gettext_lazy("A department has another head, or none."),
    "department.archived": gettext_lazy("A department was archived."),
    "department.member_added": gettext_lazy("Somebody was placed in a department."),
    "department.member_removed": gettext_lazy("Somebody left a department."),
    "invitation.sent": gettext_lazy("Somebody was invited."),
    "invitation.resent": gettext_lazy("An invitation was sent again."),
    "invitation.revoked": gettext_lazy("An invitation was revoked."),
    "invitation.accepted": gettext_lazy("An invitation was accepted."),
    "invitation.expired": gettext_lazy("An invitation expired."),
}
SENTENCES = COMPANY_SENTENCES | ACCOUNT_SENTENCES | DAILY_SENTENCES
# Whose fields a fact names, by the first word of its type; else an account's.
SUBJECTS = {
    "company": Company,
    "member": Membership,
    "customer": Membership,
    "department": Department,
}


@dataclass(frozen=True)
class Entry:
    at: datetime
    text: str
    who: str


def timeline_of_company(company: Company) -> list[Entry]:
    """The newest facts about the company itself; what its people do all day is left out."""
    rows = Event.objects.of_company(company.id).filter(type__in=COMPANY_SENTENCES)
    return _entries(rows[:SHOWN])


def timeline_of_account(user: User) -> list[Entry]:
    """The person's own stream and that of each membership: sessions stand where they were used."""
    members = Membership.objects.of_person(user.id).values_list("pk", flat=True)
    streams = [f"user:{user.id}", *(f"member:{pk}" for pk in members)]
    rows = Event.objects.filter(stream__in=streams, type__in=ACCOUNT_SENTENCES)
    return _entries(rows.order_by("-at", "-id")[:SHOWN])


def sentence(event: Event) -> str:
    """What happened, in the reader's language; the bare type where nobody wrote a sentence yet."""
    if event.type not in SENTENCES:
        return event.type
    return str(SENTENCES[event.type]) % _words(event.type, event.payload)


def _entries(rows: Iterable[Event]) -> list[Entry]:
    events = list(rows)
    staff = User.objects.in_bulk([event.actor_user for event in events if event.actor_user])
    return [Entry(event.at, sentence(event), _who(event, staff)) for event in events]


def _who(event: Event, staff: dict[UUID, User]) -> str:
    known = staff.get(event.actor_user) if event.actor_user else None
    if known is not None:
        return str(known.name)
    kind = ActorKind(event.actor_kind)
    return "" if kind is ActorKind.ANONYMOUS else str(ACTOR_KINDS[kind])


def _words(type_: str, payload: dict[str, Any]) -> dict[str, str]:
    model = SUBJECTS.get(type_.partition(".")[0], User)
    return {
        "reason": isolated(payload.get("reason", "")),
        "fields": ", ".join(_field(model, name) for name in payload.get("fields", [])),
        "role": _label(MemberRole, payload.get("role")),
        "old": _label(MemberRole, payload.get("old")),
        "new": _label(MemberRole, payload.get("new")),
        "why": _label(EndReason, payload.get("reason")),
        "permission": isolated(payload.get("permission", "")),
        "ip": isolated(payload.get("ip") or _("an unknown address")),
    }


def _label(choices: Any, value: Any) -> str:
    return str(dict(choices.choices).get(value, value))


def _field(model: type[Model], name: str) -> str:
    names = {field.name: field for field in model._meta.concrete_fields}
    return str(names[name].verbose_name) if name in names else name
