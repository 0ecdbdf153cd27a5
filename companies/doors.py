"""What reaches into a company from outside of its scope; one function each."""

from uuid import UUID

from django.db.models import F

from companies.models import CompanyState


def count_access_change(company_id: UUID) -> None:
    """A person's deeds in one company (a new password, a device signed out) end sessions in all."""
    rows = CompanyState.unscoped.filter(company_id=company_id)
    rows.update(access_version=F("access_version") + 1)
