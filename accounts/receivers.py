"""What people feel of what happens elsewhere."""

from accounts.services.sessions import end_company_sessions
from companies.events import CompanyDeleted, CompanySuspended
from tokdesk.common.events import read_fact, subscribe
from tokdesk.common.models import Event


@subscribe(CompanySuspended, "accounts.end_sessions")
@subscribe(CompanyDeleted, "accounts.end_sessions")
def end_sessions_of_company(event: Event) -> None:
    end_company_sessions(company_id=read_fact(event).company_id)
