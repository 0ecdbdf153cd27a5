"""The smallest valid departments."""

from accounts.models import Membership
from companies.models import Company
from departments.models import Department, DepartmentMember
from departments.querysets import folded
from tokdesk.common.tenancy import company_scope


def make_department(
    company: Company, name: str = "Support", *members: Membership, **fields: object
) -> Department:
    """A department with these people in it; a head has to be among them."""
    with company_scope(company.id):
        department = Department.objects.create(
            company=company, name=name, name_key=folded(name), **fields
        )
        DepartmentMember.objects.bulk_create(
            DepartmentMember(company=company, department=department, member=member)
            for member in members
        )
    return department
