"""What companies announce."""

from dataclasses import dataclass
from uuid import UUID

from tokdesk.common.events import Fact, fact


@fact("company.created")
@dataclass(frozen=True)
class CompanyCreated(Fact):
    company_id: UUID


@fact("company.address_confirmed")
@dataclass(frozen=True)
class CompanyAddressConfirmed(Fact):
    company_id: UUID


@fact("company.approved")
@dataclass(frozen=True)
class CompanyApproved(Fact):
    company_id: UUID


@fact("company.rejected")
@dataclass(frozen=True)
class CompanyRejected(Fact):
    company_id: UUID
    reason: str


@fact("company.resubmitted")
@dataclass(frozen=True)
class CompanyResubmitted(Fact):
    company_id: UUID


@fact("company.suspended")
@dataclass(frozen=True)
class CompanySuspended(Fact):
    company_id: UUID
    reason: str


@fact("company.restored")
@dataclass(frozen=True)
class CompanyRestored(Fact):
    company_id: UUID


@fact("company.deleted")
@dataclass(frozen=True)
class CompanyDeleted(Fact):
    company_id: UUID
    reason: str


@fact("company.logs_restarted")
@dataclass(frozen=True)
class CompanyLogsRestarted(Fact):
    company_id: UUID
    epoch: str


@fact("company.changed")
@dataclass(frozen=True)
class CompanyChanged(Fact):
    company_id: UUID
    fields: list[str]
