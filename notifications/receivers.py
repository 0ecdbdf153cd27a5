"""Who hears of what by mail."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from accounts.events import PasswordChanged, PasswordResetRequested, RegistrationRequested
from accounts.models import User
from accounts.services.mailing import confirmation_mail, reset_mail
from companies.events import CompanyApproved, CompanyRejected, CompanyRestored, CompanySuspended
from companies.models import Company
from invitations.events import InvitationResent, InvitationSent
from invitations.services import invitation_mail
from notifications import letters
from notifications.senders import email
from tokdesk.common.events import deliver, read_fact
from tokdesk.common.models import Event
from tokdesk.common.queues import Queue


@deliver(RegistrationRequested, "notifications.mail_confirmation", queue=Queue.EMAIL)
def mail_confirmation(event: Event, delivery: UUID) -> None:
    mail = confirmation_mail(read_fact(event).registration_id)
    if mail is None:
        return
    letter = {
        "company": letters.confirm_company_letter,
        "customer": letters.confirm_customer_letter,
    }[mail.kind]
    email.send(
        to=mail.email,
        language=mail.language,
        delivery=delivery,
        write=partial(letter, mail.company.name, mail.token),
        company=mail.company,
    )


@deliver(InvitationSent, "notifications.mail_invitation", queue=Queue.EMAIL)
@deliver(InvitationResent, "notifications.mail_invitation", queue=Queue.EMAIL)
def mail_invitation(event: Event, delivery: UUID) -> None:
    fact = read_fact(event)
    mail = invitation_mail(fact.invitation_id, fact.resent)
    if mail is None:
        return
    write = partial(
        letters.invitation_letter, mail.company.name, mail.inviter_name, mail.role, mail.token
    )
    email.send(
        to=mail.email,
        language=mail.language,
        delivery=delivery,
        write=write,
        company=mail.company,
    )


@deliver(PasswordResetRequested, "notifications.mail_reset", queue=Queue.EMAIL)
def mail_reset(event: Event, delivery: UUID) -> None:
    mail = reset_mail(read_fact(event).reset_id)
    if mail is None:
        return
    email.send(
        to=mail.email,
        language=mail.language,
        delivery=delivery,
        write=partial(letters.reset_letter, mail.token),
    )


@deliver(PasswordChanged, "notifications.mail_password_changed", queue=Queue.EMAIL)
def mail_password_changed(event: Event, delivery: UUID) -> None:
    user = User.objects.living().filter(pk=read_fact(event).user_id).first()
    if user is None:
        return
    email.send(
        to=user.email,
        language=user.language,
        delivery=delivery,
        write=letters.password_changed_letter,
    )


@deliver(CompanyApproved, "notifications.mail_approved", queue=Queue.EMAIL)
def mail_approved(event: Event, delivery: UUID) -> None:
    _send(event, delivery, lambda company: letters.approved_letter(company.name))


@deliver(CompanyRejected, "notifications.mail_rejected", queue=Queue.EMAIL)
def mail_rejected(event: Event, delivery: UUID) -> None:
    reason = read_fact(event).reason
    _send(event, delivery, lambda company: letters.rejected_letter(company.name, reason))


@deliver(CompanySuspended, "notifications.mail_suspended", queue=Queue.EMAIL)
def mail_suspended(event: Event, delivery: UUID) -> None:
    reason = read_fact(event).reason
    _send(event, delivery, lambda company: letters.suspended_letter(company.name, reason))


@deliver(CompanyRestored, "notifications.mail_restored", queue=Queue.EMAIL)
def mail_restored(event: Event, delivery: UUID) -> None:
    _send(event, delivery, lambda company: letters.restored_letter(company.name))


def _send(event: Event, delivery: UUID, write: Callable[[Company], letters.Letter]) -> None:
    company: Company | None = Company.objects.filter(pk=read_fact(event).company_id).first()
    if company is None:
        return
    email.send(
        to=company.email,
        language=company.language,
        delivery=delivery,
        write=partial(write, company),
        company=company,
    )
