"""What departments make of what happens to companies and people."""

from typing import cast
from uuid import UUID

from accounts.events import MemberDeactivated, MemberRoleChanged
from companies.events import CompanyApproved
from departments.services import leave_departments, make_general, vacate_headships
from tokdesk.common.actor import system_actor
from tokdesk.common.events import join, read_fact, subscribe
from tokdesk.common.models import Event
from tokdesk.common.roles import Role


@join(CompanyApproved, "departments.make_general")
def make_general_of_company(event: Event) -> None:
    company_id = read_fact(event).company_id
    actor = system_actor(company_id, request_id=event.request_id)
    make_general(actor=actor, company_id=company_id)


@subscribe(MemberDeactivated, "departments.vacate_headships")
def vacate_headships_of_member(event: Event) -> None:
    vacate_headships(company_id=_company_of(event), member_id=read_fact(event).member_id)


@subscribe(MemberRoleChanged, "departments.leave_departments")
def take_places_of_customer(event: Event) -> None:
    fact = read_fact(event)
    if fact.new == Role.USER:
        leave_departments(company_id=_company_of(event), member_id=fact.member_id)


def _company_of(event: Event) -> UUID:
    """What happens to a member always happens in a company."""
    return cast(UUID, event.company_id)
