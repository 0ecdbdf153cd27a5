"""The smallest valid companies."""

from django.utils import timezone

from companies.choices import Status
from companies.models import Company, CompanyState
from tokdesk.common.tenancy import company_scope


def make_company(slug: str = "acme", status: str = Status.ACTIVE, **fields: object) -> Company:
    values = {
        "name": slug.title(),
        "email": f"admin@{slug}.example",
        "email_confirmed_at": timezone.now(),
        **fields,
    }
    company = Company.objects.create(slug=slug, status=status, **values)
    with company_scope(company.id):
        CompanyState(company=company).save()
    return company
