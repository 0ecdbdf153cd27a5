"""Who hears of what by mail."""

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
    mail = invitation_mail(read_fact(event).invitation_id)
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
    email.send(
        to=mail.email,
        language=mail.language,
        delivery=delivery,
        write=partial(letters.reset_letter, mail.token),
    )


@deliver(PasswordChanged, "notifications.mail_password_changed", queue=Queue.EMAIL)
def mail_password_changed(event: Event, delivery: UUID) -> None:
    user = User.objects.get(pk=read_fact(event).user_id)
    email.send(
        to=user.email,
        language=user.language,
        delivery=delivery,
        write=letters.password_changed_letter,
    )


@deliver(CompanyApproved, "notifications.mail_approved", queue=Queue.EMAIL)
def mail_approved(event: Event, delivery: UUID) -> None:
    company = _company(event)
    _send(delivery, company, partial(letters.approved_letter, company.name))


@deliver(CompanyRejected, "notifications.mail_rejected", queue=Queue.EMAIL)
def mail_rejected(event: Event, delivery: UUID) -> None:
    company = _company(event)
    _send(
        delivery, company, partial(letters.rejected_letter, company.name, read_fact(event).reason)
    )


@deliver(CompanySuspended, "notifications.mail_suspended", queue=Queue.EMAIL)
def mail_suspended(event: Event, delivery: UUID) -> None:
    company = _company(event)
    _send(
        delivery, company, partial(letters.suspended_letter, company.name, read_fact(event).reason)
    )


@deliver(CompanyRestored, "notifications.mail_restored", queue=Queue.EMAIL)
def mail_restored(event: Event, delivery: UUID) -> None:
    company = _company(event)
    _send(delivery, company, partial(letters.restored_letter, company.name))


def _company(event: Event) -> Company:
    found: Company = Company.objects.get(pk=read_fact(event).company_id)
    return found


def _send(delivery: UUID, company: Company, write: "partial[letters.Letter]") -> None:
    email.send(
        to=company.email,
        language=company.language,
        delivery=delivery,
        write=write,
        company=company,
    )
