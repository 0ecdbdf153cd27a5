"""What invitations make of what happens to departments and people."""

from typing import cast
from uuid import UUID

from accounts.events import MemberAdded
from departments.events import DepartmentArchived
from invitations.services import follow_department, withdraw_from_member
from tokdesk.common.events import join, read_fact, subscribe
from tokdesk.common.models import Event


@join(DepartmentArchived, "invitations.follow_department")
def follow_into_target(event: Event) -> None:
    fact = read_fact(event)
    follow_department(
        company_id=_company_of(event), archived_id=fact.department_id, target_id=fact.move_to
    )


@subscribe(MemberAdded, "invitations.withdraw_from_member")
def withdraw_from_new_member(event: Event) -> None:
    withdraw_from_member(company_id=_company_of(event), member_id=read_fact(event).member_id)


def _company_of(event: Event) -> UUID:
    """Departments and members are always of a company."""
    return cast(UUID, event.company_id)
