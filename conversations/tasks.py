"""What the clock starts: one task a company, so that none waits for another's trouble."""

from datetime import timedelta
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from conversations.doors import (
    companies_with_long_logs,
    companies_with_resolved_conversations,
    companies_with_stale_attachments,
    companies_with_waking_conversations,
)
from conversations.services.clockwork import (
    KEPT_ENTRIES,
    LEAST_PRUNED,
    close_conversations,
    prune_logs,
    wake_conversations,
)
from conversations.services.sweeping import KEEP_WAITING, sweep_attachments
from tokdesk.common.actor import Actor
from tokdesk.common.tasks import company_task


@shared_task(name="conversations.wake")
def wake() -> None:
    for company_id in companies_with_waking_conversations(timezone.now()):
        wake_of_company.delay(str(company_id))


@shared_task(name="conversations.close")
def close() -> None:
    # No company waits for less than a day.
    for company_id in companies_with_resolved_conversations(timezone.now() - timedelta(days=1)):
        close_of_company.delay(str(company_id))


@shared_task(name="conversations.prune_logs")
def prune() -> None:
    for company_id in companies_with_long_logs(KEPT_ENTRIES + LEAST_PRUNED):
        prune_of_company.delay(str(company_id))


@shared_task(name="conversations.sweep_attachments")
def sweep_stale_attachments() -> None:
    for company_id in companies_with_stale_attachments(timezone.now() - KEEP_WAITING):
        sweep_attachments_of_company.delay(str(company_id))


@company_task("conversations.wake_of_company")
def wake_of_company(actor: Actor, company_id: UUID) -> None:
    wake_conversations(company_id)


@company_task("conversations.close_of_company")
def close_of_company(actor: Actor, company_id: UUID) -> None:
    close_conversations(company_id)


@company_task("conversations.prune_of_company")
def prune_of_company(actor: Actor, company_id: UUID) -> None:
    prune_logs(company_id)


@company_task("conversations.sweep_attachments_of_company")
def sweep_attachments_of_company(actor: Actor, company_id: UUID) -> None:
    sweep_attachments(company_id)
