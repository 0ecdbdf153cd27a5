"""What people feel of what happens elsewhere."""

from accounts.choices import EndReason
from accounts.models import Session
from accounts.services.sessions import end_sessions
from companies.events import CompanyDeleted, CompanySuspended
from tokdesk.common.actor import system_actor
from tokdesk.common.events import read_fact, subscribe
from tokdesk.common.models import Event


@subscribe(CompanySuspended, "accounts.end_sessions")
@subscribe(CompanyDeleted, "accounts.end_sessions")
def end_sessions_of_company(event: Event) -> None:
    """Sessions are refused at once by the company's state; this makes them stay dead after it."""
    company_id = read_fact(event).company_id
    sessions = Session.objects.of_company(company_id)
    actor = system_actor(company_id, request_id=event.request_id)
    end_sessions(actor=actor, sessions=sessions, reason=EndReason.COMPANY)
