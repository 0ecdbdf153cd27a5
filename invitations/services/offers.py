"""Steps that several services of invitations share: what is offered, and what forbids it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.choices import MemberRole
from accounts.models import Membership
from departments.models import Department
from invitations.choices import MOVES, OFFERED_BY_MANAGERS, PLACED, Status
from invitations.events import InvitationExpired, InvitationRevoked
from invitations.models import Invitation
from invitations.services.vouching import unvouched
from tokdesk.common.actor import Actor, system_actor
from tokdesk.common.errors import Conflict, Denied, FieldError, Invalid
from tokdesk.common.events import Fact, publish
from tokdesk.common.ids import new_id
from tokdesk.common.limits import refund, spend
from tokdesk.common.policy import authorize
from tokdesk.common.roles import Role
from tokdesk.common.tokens import mailed_token, token_hash
from tokdesk.common.versions import save_changes


@dataclass(frozen=True)
class Offer:
    """What the invited will be, whoever they are."""

    company_id: UUID
    role: str
    department: Department | None = None

    def to(self, actor: Actor, email: str, *, batch: UUID | None = None) -> Invitation:
        """A new invitation, not stored yet."""
        now = timezone.now()
        row = Invitation(
            id=new_id(),
            company_id=self.company_id,
            email=email.casefold(),
            role=self.role,
            department=self.department,
            invited_by_id=actor.member_id,
            staff_inviter_id=actor.user_id if actor.is_platform else None,
            batch=batch,
            sent_at=now,
            expires_at=now + settings.EMAIL_TOKEN_LIFETIME,
        )
        row.token_hash = token_hash(token_of(row.id, 0))
        return row


def own_company(actor: Actor) -> UUID:
    """Raises Denied: the actor is in no company."""
    if actor.company_id is None:
        raise Denied(permission="member:invite")
    return actor.company_id


def check_offer(actor: Actor, offer: Offer) -> None:
    """
    Raises:
        Denied: a role or department that this actor may not give. Invalid: no such role, or a
        department that is missing, archived or useless.
    """
    authorize(actor, "member:invite")
    if offer.role not in MemberRole.values:
        raise _fault("role", "invalid_choice", _("There is no such role in a company."))
    is_led = actor.role == Role.MANAGER and offer.role in OFFERED_BY_MANAGERS
    if is_led and offer.department is None:
        raise _fault("department", "required", _("Choose one of your departments."))
    if offer.role == Role.USER and offer.department is not None and not is_led:
        raise _fault("department", "invalid", _("A customer is in no department."))
    authorize(actor, "member:invite", offer.to(actor, ""))


def as_of_now(offer: Offer) -> Offer:
    """The offer with its department read again, or with the default one where staff need one.

    It is locked, so that an archive finds the invitation, or this finds the department gone.

    Raises:
        Invalid: it was archived meanwhile.
    """
    departments = Department.objects.locked()
    if offer.department is not None:
        department = departments.filter(pk=offer.department.pk).first()
        if department is None:
            raise _fault("department", "does_not_exist", _("There is no such object."))
        return replace(offer, department=department)
    if offer.role in PLACED:
        return replace(offer, department=departments.default().first())
    return offer


def refuse_known(email: str) -> None:
    """A contact without an account may be invited; whoever has or had access may not.

    Only the address that this company holds is looked at: what else the person's account is called
    is nobody's matter here.

    Raises:
        Conflict: `already_member`, `membership_deactivated`.
    """
    known: Membership | None = Membership.objects.by_email(email).first()
    if known is None or is_contact(known):
        return
    if known.is_active:
        raise Conflict("already_member", _("This person is in the company already."))
    raise Conflict(
        "membership_deactivated",
        _("This person's access was withdrawn. Give it back instead."),
    )


def is_contact(member: Membership) -> bool:
    return member.is_active and member.user_id is None


def make_room(company_id: UUID, emails: list[str], *, spared: UUID | None = None) -> None:
    """What is overdue, or vouched for by nobody any more, must not keep a new invitation out."""
    desk, now = system_actor(company_id), timezone.now()
    waiting = Invitation.objects.waiting().to_addresses(emails).exclude(pk=spared)
    usable = []
    for row in waiting.select_related("department"):
        if row.is_usable(now):
            usable.append(row)
        else:
            expire(desk, row)
    for row in unvouched(usable):
        withdraw(desk, row)


def expire(actor: Actor, invitation: Invitation) -> None:
    save_changes(invitation, {"status": Status.EXPIRED})
    announce(actor, invitation, InvitationExpired(invitation.id))


def withdraw(actor: Actor, invitation: Invitation) -> None:
    save_changes(invitation, {"status": Status.REVOKED})
    announce(actor, invitation, InvitationRevoked(invitation.id))


def refuse_illegal(invitation: Invitation, to: str) -> None:
    """Raises Conflict: `illegal_move`."""
    state = invitation.state
    if to not in MOVES[state]:
        facts = {"from": state, "to": to, "allowed": list(MOVES[state])}
        detail = _("The current state does not allow this.")
        raise Conflict("illegal_move", detail, extra=facts)


def token_of(invitation_id: UUID, resent: int) -> str:
    return mailed_token(f"invitation.{resent}", invitation_id)


@contextmanager
def spent(name: str, value: str, *, cost: int = 1) -> Iterator[None]:
    """Count against a limit what is about to be mailed; nothing is counted when it is refused.

    Raises:
        RateLimited: so much is not left.
    """
    spend(name, value, cost=cost)
    try:
        yield
    except Exception:
        # Whatever it is: also a request whose key another one is working on mails nothing.
        refund(name, value, cost=cost)
        raise


def announce(actor: Actor, invitation: Invitation, fact: Fact) -> None:
    stream = f"invitation:{invitation.id}"
    publish(fact, actor=actor, company_id=invitation.company_id, stream=stream)


def _fault(field: str, code: str, detail: object) -> Invalid:
    return Invalid(fields={field: [FieldError(code, detail)]})
