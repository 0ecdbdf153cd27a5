"""Every write to a company."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.choices import MOVES, RESERVED_SLUGS, Language, Status
from companies.doors import count_access_change, renew_lineage, states_of
from companies.events import (
    CompanyAddressConfirmed,
    CompanyApproved,
    CompanyChanged,
    CompanyCreated,
    CompanyDeleted,
    CompanyLogsRestarted,
    CompanyRejected,
    CompanyRestored,
    CompanyResubmitted,
    CompanySuspended,
)
from companies.models import Company, CompanyState
from tokdesk.common.actor import Actor
from tokdesk.common.db import transactional, try_insert
from tokdesk.common.errors import Conflict, FieldError, Invalid
from tokdesk.common.events import Fact, publish
from tokdesk.common.policy import authorize
from tokdesk.common.tenancy import company_scope
from tokdesk.common.versions import save_changes


@transactional
def create_company(
    *, actor: Actor, name: str, slug: str, email: str, language: str = Language.ENGLISH
) -> Company:
    """Make a company that waits for approval. Open to the public, so it authorizes nobody.

    Raises:
        Invalid: `slug_reserved`. Conflict: `slug_taken`.
    """
    refuse_reserved(slug)
    company = Company(name=name, slug=slug, email=email, language=language)
    if not try_insert(company):
        raise Conflict("slug_taken", _("This address is taken."))
    with company_scope(company.id):
        CompanyState(company=company).save()
    _announce(actor, company, CompanyCreated(company.id))
    return company


@transactional
def confirm_address(*, actor: Actor, company: Company) -> Company:
    """Note that the contact address was proven; approval waits for it. Again changes nothing."""
    company = Company.objects.fresh(company)
    if company.email_confirmed_at is None:
        save_changes(company, {"email_confirmed_at": timezone.now()})
        _announce(actor, company, CompanyAddressConfirmed(company.id))
    return company


@transactional
def approve_company(*, actor: Actor, company: Company) -> Company:
    """Raises Conflict: `illegal_move`, or `address_unconfirmed` until the contact address is."""
    company = Company.objects.fresh(company)
    authorize(actor, "company:approve", company)
    _refuse_illegal(company, Status.ACTIVE, start=Status.PENDING)
    if company.email_confirmed_at is None:
        raise Conflict("address_unconfirmed", _("The contact address is not confirmed yet."))
    return _move(actor, company, Status.ACTIVE, "", CompanyApproved(company.id))


@transactional
def reject_company(*, actor: Actor, company: Company, reason: str) -> Company:
    company = Company.objects.fresh(company)
    authorize(actor, "company:reject", company)
    _refuse_illegal(company, Status.REJECTED, start=Status.PENDING)
    return _move(actor, company, Status.REJECTED, reason, CompanyRejected(company.id, reason))


@transactional
def resubmit_company(*, actor: Actor, company: Company, changes: dict[str, Any]) -> Company:
    """Put a rejected company back into the queue; the caller has proven to be its founder.

    Raises:
        Conflict: `illegal_move`, `slug_taken`. Invalid: `slug_reserved`.
    """
    company = Company.objects.fresh(company)
    _refuse_illegal(company, Status.PENDING, start=Status.REJECTED)
    slug = changes.get("slug", company.slug)
    refuse_reserved(slug)
    try:
        save_changes(company, changes)
    except IntegrityError as error:
        raise Conflict("slug_taken", _("This address is taken.")) from error
    return _move(actor, company, Status.PENDING, "", CompanyResubmitted(company.id))


@transactional
def suspend_company(*, actor: Actor, company: Company, reason: str) -> Company:
    """Every session of the company is refused from the next request on."""
    company = Company.objects.fresh(company)
    authorize(actor, "company:suspend", company)
    _refuse_illegal(company, Status.SUSPENDED, start=Status.ACTIVE)
    bump_access(company.id)
    return _move(actor, company, Status.SUSPENDED, reason, CompanySuspended(company.id, reason))


@transactional
def restore_company(*, actor: Actor, company: Company) -> Company:
    company = Company.objects.fresh(company)
    authorize(actor, "company:restore", company)
    _refuse_illegal(company, Status.ACTIVE, start=Status.SUSPENDED)
    # Written with the move: sessions from before stay dead, even if nobody tidied them up.
    company.sessions_valid_from = timezone.now()
    company.save(update_fields=["sessions_valid_from"])
    return _move(actor, company, Status.ACTIVE, "", CompanyRestored(company.id))


@transactional
def delete_company(*, actor: Actor, company: Company, reason: str) -> Company:
    """Hide the company and free its slug; the rows stay until the purge."""
    company = Company.objects.fresh(company)
    authorize(actor, "company:delete", company)
    if company.is_deleted:
        return company
    bump_access(company.id)
    save_changes(company, {"is_deleted": True, "deleted_at": timezone.now()})
    _announce(actor, company, CompanyDeleted(company.id, reason))
    return company


@transactional
def update_company(
    *, actor: Actor, company: Company, changes: dict[str, Any], expected: int | None = None
) -> Company:
    """Change name, branding or settings; `changes["settings"]` is merged key by key.

    Raises:
        StaleVersion: `expected` is not the current version.
    """
    if "agents_see_colleagues" in changes.get("settings", {}):
        # Before the company is locked, as whoever changes rights does.
        bump_access(company.id)
    company = Company.objects.fresh(company)
    authorize(actor, "company:configure", company)
    if "settings" in changes:
        changes = {**changes, "settings": {**company.settings, **changes["settings"]}}
    changed = save_changes(company, changes, expected=expected)
    if changed:
        _announce(actor, company, CompanyChanged(company.id, sorted(changed)))
    return company


@transactional
def restart_logs(*, actor: Actor, company: Company) -> Company:
    """The database was restored: what anybody knows of this company is of another lineage.

    Whoever holds a position in one of its logs is told to read anew, open sockets at once; sessions
    from before are over, since one that was ended after the backup would be alive again.
    """
    # Before the company is locked, as whoever changes rights does.
    epoch = renew_lineage(company.id)
    company = Company.objects.fresh(company)
    authorize(actor, "company:restart_logs", company)
    company.sessions_valid_from = timezone.now()
    company.save(update_fields=["sessions_valid_from"])
    _announce(actor, company, CompanyLogsRestarted(company.id, epoch))
    return company


def bump_access(company_id: UUID) -> None:
    """Tell every live socket of the company to look at its rights again (and lock the counter)."""
    count_access_change(company_id)


@dataclass(frozen=True)
class Rights:
    """Moves with every change of what somebody of the company may; `epoch` names its logs."""

    version: int
    epoch: str


def rights_of(company_ids: Collection[UUID]) -> dict[UUID, Rights]:
    """As they are now, in one query."""
    rows = states_of(company_ids).values_list("company_id", "access_version", "log_epoch")
    return {company_id: Rights(version, epoch) for company_id, version, epoch in rows}


def refuse_reserved(slug: str) -> None:
    if slug in RESERVED_SLUGS:
        detail = _("This address is reserved.")
        raise Invalid(
            "slug_reserved", detail, fields={"slug": [FieldError("slug_reserved", detail)]}
        )


def _refuse_illegal(company: Company, to: str, *, start: str) -> None:
    if company.status != start or company.is_deleted:
        raise Conflict(
            "illegal_move",
            _("The current state does not allow this."),
            extra={"from": company.status, "to": to, "allowed": list(MOVES[company.status])},
        )


def _move(actor: Actor, company: Company, status: str, reason: str, fact: Fact) -> Company:
    changes = {"status": status, "status_reason": reason, "status_changed_at": timezone.now()}
    save_changes(company, changes)
    _announce(actor, company, fact)
    return company


def _announce(actor: Actor, company: Company, fact: Fact) -> None:
    publish(fact, actor=actor, company_id=company.id, stream=f"company:{company.id}")
