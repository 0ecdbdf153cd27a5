"""How somebody whose address is proven gets an account, and with it into a company."""

from django.utils.translation import gettext_lazy as _

from accounts.events import MemberAdded
from accounts.models import Membership, User
from companies.models import Company
from companies.services import bump_access
from tokdesk.common.actor import Actor
from tokdesk.common.db import RetryTransaction, transactional, try_insert
from tokdesk.common.errors import Conflict, Gone
from tokdesk.common.events import publish
from tokdesk.common.tenancy import company_scope
from tokdesk.common.versions import save_changes


def make_account(*, name: str, email: str, hashed_password: str, language: str) -> User:
    """An account for a proven address that has none yet. Must run inside a transaction.

    Raises:
        RetryTransaction: somebody else made it this moment; run again and find it.
    """
    user = User(name=name, email=email.casefold(), password=hashed_password, language=language)
    if not try_insert(user):
        raise RetryTransaction
    return user


@transactional
def join_company(
    *, actor: Actor, company: Company, user: User, role: str, name: str, email: str, language: str
) -> Membership:
    """Put somebody into a company who has proven `email`; a contact held there becomes this person.

    Asks for no right: whoever calls has checked what lets this person in, and with which role.
    What the company has written on its contact stays, but for the role.

    Raises:
        Conflict: `already_member`. Gone: closed accounts, platform staff, or the company has
        withdrawn this person's access.
    """
    refuse_unfit(user)
    with company_scope(company.id):
        bump_access(company.id)
        known: Membership | None = Membership.objects.filter(user=user).first()
        if known is not None:
            _refuse_withdrawn(known)
            raise Conflict("already_member", _("This person is in the company already."))
        member = _link_or_add(company, user, role, name, email.casefold(), language)
        fact = MemberAdded(member.id, member.role)
        publish(fact, actor=actor, company_id=company.id, stream=f"member:{member.id}")
    return member


def takes_customers(company: Company) -> bool:
    """Whether people come into this company by the public form now."""
    return company.is_active and bool(company.setting("customer_registration"))


def refuse_unfit(user: User) -> None:
    """Raises Gone: platform staff are in no company, and a closed account stays closed."""
    if not user.can_sign_in or user.is_super_admin:
        raise Gone


def _link_or_add(
    company: Company, user: User, role: str, name: str, email: str, language: str
) -> Membership:
    contact: Membership | None = Membership.objects.by_email(email).locked().first()
    if contact is not None and contact.user_id is None:
        _refuse_withdrawn(contact)
        save_changes(contact, {"user": user, "role": role})
        return contact
    member = Membership(
        company=company,
        user=user,
        role=role,
        name=name,
        # The company holds this address for somebody else; of two only one can have it.
        email="" if contact else email,
        language=language,
    )
    if not try_insert(member):
        raise RetryTransaction
    return member


def _refuse_withdrawn(member: Membership) -> None:
    if not member.is_active:
        raise Gone
