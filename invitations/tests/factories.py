"""The smallest valid invitations, and their tokens."""

from typing import Any

from accounts.models import Membership, User
from accounts.tests.factories import actor_for
from accounts.tests.forms import GOOD_PASSWORD
from companies.models import Company
from departments.models import Department
from invitations.models import Invitation
from invitations.services.offers import Offer, token_of
from tokdesk.common.roles import Role
from tokdesk.common.tenancy import company_scope
from tokdesk.common.tokens import token_hash

EMAIL = "nour@new.example"


def make_invitation(
    by: Membership | User,
    email: str = EMAIL,
    role: str = Role.AGENT,
    department: Department | None = None,
    *,
    company: Company | None = None,
    **fields: Any,
) -> tuple[Invitation, str]:
    """As if sent a moment ago by this member, or by platform staff into `company`."""
    company_id = company.id if company else by.company_id
    with company_scope(company_id):
        invitation = Offer(company_id, role, department).to(actor_for(by), email)
        for name, value in fields.items():
            setattr(invitation, name, value)
        invitation.token_hash = token_hash(token_of(invitation.id, invitation.resent))
        invitation.save()
    return invitation, token_of(invitation.id, invitation.resent)


def now(invitation: Invitation) -> Invitation:
    """The row as the database has it."""
    return Invitation.unscoped.get(pk=invitation.pk)


def entry(token: str, **changes: Any) -> dict[str, Any]:
    """What somebody new sends to come in."""
    return {"token": token, "name": "Nour Haddad", "password": GOOD_PASSWORD, **changes}
