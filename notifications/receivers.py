"""Who hears of what by mail."""

from functools import partial

from accounts.events import PasswordChanged, PasswordResetRequested, RegistrationRequested
from accounts.models import User
from accounts.services.mailing import confirmation_mail, reset_mail
from companies.events import CompanyApproved, CompanyRejected, CompanyRestored, CompanySuspended
from companies.models import Company
from notifications import letters
from notifications.senders import email
from tokdesk.common.events import read_fact, subscribe
from tokdesk.common.models import Event


@subscribe(RegistrationRequested, "notifications.mail_confirmation")
def mail_confirmation(event: Event) -> None:
    mail = confirmation_mail(read_fact(event).registration_id)
    letter = {
        "company": letters.confirm_company_letter,
        "customer": letters.confirm_customer_letter,
    }[mail.kind]
    email.send(
        to=mail.email,
        language=mail.language,
        event_id=event.id,
        write=partial(letter, mail.company_name, mail.token),
    )


@subscribe(PasswordResetRequested, "notifications.mail_reset")
def mail_reset(event: Event) -> None:
    mail = reset_mail(read_fact(event).reset_id)
    email.send(
        to=mail.email,
        language=mail.language,
        event_id=event.id,
        write=partial(letters.reset_letter, mail.token),
    )


@subscribe(PasswordChanged, "notifications.mail_password_changed")
def mail_password_changed(event: Event) -> None:
    user = User.objects.get(pk=read_fact(event).user_id)
    email.send(
        to=user.email,
        language=user.language,
        event_id=event.id,
        write=letters.password_changed_letter,
    )


@subscribe(CompanyApproved, "notifications.mail_approved")
def mail_approved(event: Event) -> None:
    company = _company(event)
    _send(event, company, partial(letters.approved_letter, company.name))


@subscribe(CompanyRejected, "notifications.mail_rejected")
def mail_rejected(event: Event) -> None:
    company = _company(event)
    _send(event, company, partial(letters.rejected_letter, company.name, read_fact(event).reason))


@subscribe(CompanySuspended, "notifications.mail_suspended")
def mail_suspended(event: Event) -> None:
    company = _company(event)
    _send(event, company, partial(letters.suspended_letter, company.name, read_fact(event).reason))


@subscribe(CompanyRestored, "notifications.mail_restored")
def mail_restored(event: Event) -> None:
    company = _company(event)
    _send(event, company, partial(letters.restored_letter, company.name))


def _company(event: Event) -> Company:
    found: Company = Company.objects.get(pk=read_fact(event).company_id)
    return found


def _send(event: Event, company: Company, write: "partial[letters.Letter]") -> None:
    email.send(to=company.email, language=company.language, event_id=event.id, write=write)
