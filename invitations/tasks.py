"""What the clock starts."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from invitations.doors import companies_with_overdue_invitations
from invitations.services import expire_invitations
from tokdesk.common.actor import Actor
from tokdesk.common.tasks import company_task


@shared_task(name="invitations.expire")
def expire() -> None:
    """One task a company, so that none waits for another's trouble."""
    for company_id in companies_with_overdue_invitations(timezone.now()):
        expire_of_company.delay(str(company_id))


@company_task("invitations.expire_of_company")
def expire_of_company(actor: Actor, company_id: UUID) -> None:
    expire_invitations(actor=actor, company_id=company_id)
