"""What conversations make of what happens to departments and people, and deeds on many of them."""

from typing import cast
from uuid import UUID

from accounts.events import CustomerChanged, MemberChanged, MemberDeactivated, MemberRoleChanged
from conversations.events import AttachmentUploaded, BulkRequested
from conversations.services.bulk import work_off
from conversations.services.handing_over import follow_department, hand_over
from conversations.services.indexing import reindex_customer
from conversations.services.scanning import scan_attachment
from departments.events import DepartmentArchived
from tokdesk.common.events import deliver, read_fact, subscribe
from tokdesk.common.models import Event
from tokdesk.common.queues import Queue

# Of a person, what conversations are found by.
INDEXED = {"name", "email", "phone"}

# These write to the database alone; they are delivered, since each row they touch commits by
# itself, and a repeat finds only what is left.


@deliver(DepartmentArchived, "conversations.follow_department", queue=Queue.DEFAULT)
def follow_archived_department(event: Event, job_id: UUID) -> None:
    follow_department(company_id=_company_of(event), department_id=read_fact(event).department_id)


@deliver(MemberDeactivated, "conversations.hand_over", queue=Queue.DEFAULT)
def hand_over_of_member(event: Event, job_id: UUID) -> None:
    fact = read_fact(event)
    hand_over(company_id=_company_of(event), member_id=fact.member_id, to=fact.reassign_to)


@deliver(MemberRoleChanged, "conversations.hand_over_of_former_staff", queue=Queue.DEFAULT)
def hand_over_of_former_staff(event: Event, job_id: UUID) -> None:
    """Whoever is staff still, or again, keeps what they have."""
    hand_over(company_id=_company_of(event), member_id=read_fact(event).member_id, to=None)


@deliver(BulkRequested, "conversations.work_off", queue=Queue.DEFAULT)
def work_off_bulk_job(event: Event, job_id: UUID) -> None:
    work_off(company_id=_company_of(event), job_id=read_fact(event).job_id)


@subscribe(CustomerChanged, "conversations.reindex_customer")
def reindex_changed_customer(event: Event) -> None:
    fact = read_fact(event)
    if INDEXED & set(fact.fields):
        reindex_customer(company_id=_company_of(event), customer_id=fact.customer_id)


@subscribe(MemberChanged, "conversations.reindex_member")
def reindex_changed_member(event: Event) -> None:
    """Somebody of the staff may have been a customer before."""
    fact = read_fact(event)
    if INDEXED & set(fact.fields):
        reindex_customer(company_id=_company_of(event), customer_id=fact.member_id)


@deliver(AttachmentUploaded, "conversations.scan", queue=Queue.DEFAULT)
def scan_upload(event: Event, job_id: UUID) -> None:
    scan_attachment(company_id=_company_of(event), attachment_id=read_fact(event).attachment_id)


def _company_of(event: Event) -> UUID:
    """All of it happens in a company."""
    return cast(UUID, event.company_id)
