"""What reaches into a company from outside of its scope; one function each."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import F

from companies.models import CompanyState, new_epoch


def count_access_change(company_id: UUID) -> None:
    """A person's deeds in one company (a new password, a device signed out) end sessions in all."""
    rows = CompanyState.unscoped.filter(company_id=company_id)
    rows.update(access_version=F("access_version") + 1)


def renew_lineage(company_id: UUID) -> str:
    """The operator's deed for every company alike; sockets look again, at rights and at logs."""
    epoch = new_epoch()
    rows = CompanyState.unscoped.filter(company_id=company_id)
    rows.update(log_epoch=epoch, access_version=F("access_version") + 1)
    return epoch


def states_of(company_ids: Collection[UUID]) -> Any:
    """Whether rights moved is asked every second, for all companies with live sockets at once."""
    return CompanyState.unscoped.filter(company_id__in=company_ids).order_by()
