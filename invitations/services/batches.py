"""Many invitations by one request: each address has an outcome, and none stops the others."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from departments.models import Department
from invitations.choices import Outcome
from invitations.events import InvitationSent
from invitations.models import Invitation
from invitations.services.offers import (
    Offer,
    announce,
    as_of_now,
    check_offer,
    is_contact,
    make_room,
    own_company,
    spent,
)
from tokdesk.common.actor import Actor
from tokdesk.common.db import RetryTransaction, run_in_transaction
from tokdesk.common.errors import FieldError, Invalid
from tokdesk.common.ids import new_id
from tokdesk.common.limits import refund
from tokdesk.common.tenancy import company_scope

LARGEST_BATCH = 500


@dataclass(frozen=True)
class Address:
    """One of many: as it was typed, and in the one form in which addresses are stored.

    `email` is None for what is no address.
    """

    typed: str
    email: str | None


@dataclass(frozen=True)
class Result:
    """What became of one address, as it was typed."""

    email: str
    outcome: str
    invitation: Invitation | None = None


@dataclass(frozen=True)
class Batch:
    """The results in the order of the addresses; `pk` is by what a repeated request finds them."""

    pk: UUID
    results: list[Result]


def invite_many(
    *, actor: Actor, emails: list[Address], role: str, department: Department | None = None
) -> Batch:
    """Invite whoever of these can be invited; all rows are written together.

    Raises:
        Denied, Invalid: as in `invite`, or more addresses than 500. RateLimited: the company has
        fewer invitations left today than there are addresses; then nobody is invited.
    """
    if len(emails) > LARGEST_BATCH:
        fault = FieldError("max_length", _("At most 500 addresses at a time."))
        raise Invalid(fields={"emails": [fault]})
    offer = Offer(own_company(actor), role, department)
    check_offer(actor, offer)
    wanted = _wanted(emails)
    company = str(offer.company_id)
    with spent("invite_company", company, cost=len(wanted)):
        batch = run_in_transaction(lambda: _store(actor, offer, emails, wanted))
    made = sum(each.outcome == Outcome.CREATED for each in batch.results)
    refund("invite_company", company, cost=len(wanted) - made)
    return batch


def batch_again(*, actor: Actor, batch_id: UUID, emails: list[Address]) -> Batch:
    """The same results again, as far as they can still be told: who was invited by this batch,
    who is in the company by now, and who was invited by somebody else.
    """
    with company_scope(own_company(actor)):
        members = _members_of(_wanted(emails))
        return Batch(batch_id, list(_results(actor, batch_id, emails, members)))


def _store(actor: Actor, offer: Offer, emails: list[Address], wanted: list[str]) -> Batch:
    batch_id = new_id()
    with company_scope(offer.company_id):
        offer = as_of_now(offer)
        check_offer(actor, offer)
        members = _members_of(wanted)
        make_room(offer.company_id, wanted)
        kept_out = members | _waiting_of(wanted)
        _insert(actor, offer, batch_id, [each for each in wanted if each not in kept_out])
        return Batch(batch_id, list(_results(actor, batch_id, emails, members)))


def _insert(actor: Actor, offer: Offer, batch_id: UUID, emails: list[str]) -> None:
    rows = [offer.to(actor, email, batch=batch_id) for email in emails]
    try:
        Invitation.objects.bulk_create(rows)
    except IntegrityError as error:
        # Somebody invited one of them this moment; run again and find that one.
        raise RetryTransaction from error
    for row in rows:
        announce(actor, row, InvitationSent(row.id))


def _results(
    actor: Actor, batch_id: UUID, emails: list[Address], members: set[str]
) -> Iterator[Result]:
    rows = Invitation.objects.visible_to(actor).filter(batch=batch_id).with_people()
    made = {row.email: row for row in rows}
    seen: set[str] = set()
    for each in emails:
        row = made.get(each.email or "")
        outcome = _outcome(each.email, seen, row, members)
        yield Result(each.typed, outcome, row if outcome == Outcome.CREATED else None)
        seen.add(each.email or "")


def _outcome(
    address: str | None, seen: set[str], row: Invitation | None, members: set[str]
) -> Outcome:
    if not address:
        return Outcome.INVALID
    if address in seen:
        return Outcome.DUPLICATE
    if row is not None:
        return Outcome.CREATED
    return Outcome.ALREADY_MEMBER if address in members else Outcome.ALREADY_INVITED


def _members_of(emails: list[str]) -> set[str]:
    """Whoever has or had access here; contacts without an account are invited like anybody."""
    known = Membership.objects.filter(email__in=emails).only("email", "status", "user", "company")
    return {member.email for member in known if not is_contact(member)}


def _waiting_of(emails: list[str]) -> set[str]:
    rows = Invitation.objects.waiting().to_addresses(emails)
    return set(rows.values_list("email", flat=True))


def _wanted(emails: list[Address]) -> list[str]:
    """Each of the addresses once."""
    return list(dict.fromkeys(each.email for each in emails if each.email))
