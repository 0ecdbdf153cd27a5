"""Where invitations go when their department is no more."""

from uuid import UUID

from invitations.models import Invitation
from tokdesk.common.db import transactional
from tokdesk.common.tenancy import company_scope


@transactional
def follow_department(*, company_id: UUID, archived_id: UUID, target_id: UUID) -> None:
    """What may yet be used leads into the department that took over; asks for no right."""
    with company_scope(company_id):
        Invitation.objects.unused().into(archived_id).move_into(target_id)
