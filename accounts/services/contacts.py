"""What a company writes down of its customers. No account is read, linked or changed by it."""

from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from accounts.events import CustomerChanged, CustomerCreated
from accounts.models import Membership
from companies.models import Company
from tokdesk.common.actor import Actor
from tokdesk.common.db import RetryTransaction, transactional, try_insert
from tokdesk.common.errors import Conflict, NotFound
from tokdesk.common.events import Fact, publish
from tokdesk.common.policy import authorize
from tokdesk.common.roles import Role
from tokdesk.common.tenancy import company_scope
from tokdesk.common.versions import check_version, save_changes


@transactional
def add_contact(
    *,
    actor: Actor,
    company: Company,
    name: str,
    email: str = "",
    phone: str = "",
    language: str = "",
    external_id: str = "",
    attributes: dict[str, Any] | None = None,
) -> Membership:
    """A customer without an account; who proves the address later becomes this contact.

    Raises:
        Conflict: `email_taken` or `external_id_taken` in this company.
    """
    contact = Membership(
        company=company,
        role=Role.USER,
        name=name,
        email=email.casefold(),
        phone=phone,
        language=language or company.language,
        external_id=external_id,
        attributes=attributes or {},
    )
    authorize(actor, "customer:create", contact)
    with company_scope(company.id):
        _refuse_taken(contact, {"email": contact.email, "external_id": external_id})
        if not try_insert(contact):
            raise RetryTransaction
        _announce(actor, contact, CustomerCreated(contact.id))
    return contact


@transactional
def update_contact(
    *, actor: Actor, contact: Membership, changes: dict[str, Any], expected: int | None = None
) -> Membership:
    """Change contact data; `attributes` are replaced whole. The sign-in address is never touched.

    Raises:
        Conflict: `email_taken` or `external_id_taken`. StaleVersion. NotFound: it is no customer
        (any more).
    """
    with company_scope(contact.company_id):
        contact = Membership.objects.fresh(contact)
        authorize(actor, "customer:update", contact)
        if contact.role != Role.USER:
            raise NotFound
        check_version(contact, expected)
        _refuse_taken(contact, changes)
        try:
            changed = save_changes(contact, changes)
        except IntegrityError as error:
            # Somebody took it this moment; run again and say what was taken.
            raise RetryTransaction from error
        if changed:
            _announce(actor, contact, CustomerChanged(contact.id, sorted(changed)))
    return contact


_TAKEN = {
    "email": _("A person of the company has this address."),
    "external_id": _("A person of the company has this external id."),
}


def _refuse_taken(contact: Membership, changes: dict[str, Any]) -> None:
    for name, detail in _TAKEN.items():
        value = changes.get(name)
        others = Membership.objects.exclude(pk=contact.pk)
        if value and others.filter(**{name: value}).exists():
            raise Conflict(f"{name}_taken", detail)


def _announce(actor: Actor, contact: Membership, fact: Fact) -> None:
    publish(fact, actor=actor, company_id=contact.company_id, stream=f"member:{contact.id}")
