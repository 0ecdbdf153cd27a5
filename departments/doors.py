"""What is looked up behind the manager, which shows only the living; one function each."""

from uuid import UUID

from departments.models import Department
from tokdesk.common.actor import Actor


def archived_department(actor: Actor, department_id: UUID) -> Department | None:
    """Shown to whoever repeats the request that archived it, in the own company alone."""
    rows = Department.unscoped.filter(company_id=actor.company_id, is_deleted=True)
    found: Department | None = rows.with_details().filter(pk=department_id).first()
    return found
