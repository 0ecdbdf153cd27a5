"""The states of a company: which moves there are, who makes them, what they announce."""

from typing import Any

import pytest

from accounts.models import User
from accounts.tests.factories import actor_for, make_user
from companies.models import Company, CompanyState
from companies.services import (
    approve_company,
    confirm_address,
    create_company,
    delete_company,
    reject_company,
    restore_company,
    suspend_company,
)
from companies.tests.factories import make_company
from conftest import World
from tokdesk.common.actor import Actor, ActorKind, system_actor
from tokdesk.common.errors import Conflict, Denied, Invalid, Unauthenticated
from tokdesk.common.models import Event
from tokdesk.common.testing import recorded_events
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

APPROVE = (approve_company, {}, "pending", "active", "company.approved")
REJECT = (reject_company, {"reason": "Why not."}, "pending", "rejected", "company.rejected")
SUSPEND = (suspend_company, {"reason": "Unpaid."}, "active", "suspended", "company.suspended")
RESTORE = (restore_company, {}, "suspended", "active", "company.restored")
DELETE = (delete_company, {"reason": "Asked for."}, "active", "active", "company.deleted")
MOVES = [APPROVE, REJECT, SUSPEND, RESTORE]
ALLOWED = {
    "pending": ["active", "rejected"],
    "rejected": ["pending"],
    "active": ["suspended"],
    "suspended": ["active"],
}


@pytest.mark.parametrize(("service", "facts", "start", "end", "event"), MOVES)
def test_a_move_is_written_counted_and_announced(
    staff: User, service: Any, facts: dict[str, str], start: str, end: str, event: str
) -> None:
    company = make_company("acme", start, status_reason="Old.")
    since = company.status_changed_at

    with recorded_events() as events:
        moved = service(actor=actor_for(staff), company=company, **facts)

    assert (moved.status, moved.status_reason) == (end, facts.get("reason", ""))
    assert moved.version == 2
    assert moved.status_changed_at > since
    assert events == [event, *(["department.created"] if service is approve_company else [])]
    row = Event.objects.get(type=event)
    assert row.payload == {"company_id": str(company.id), **facts}
    assert (row.company_id, row.stream) == (company.id, f"company:{company.id}")
    assert (row.actor_kind, row.actor_user) == ("platform", staff.id)


@pytest.mark.parametrize(("service", "facts", "start", "end", "event"), MOVES)
@pytest.mark.parametrize("status", ["pending", "active", "rejected", "suspended"])
def test_every_other_move_is_illegal(
    staff: User,
    service: Any,
    facts: dict[str, str],
    start: str,
    end: str,
    event: str,
    status: str,
) -> None:
    if status == start:
        return
    company = make_company("acme", status)

    with nothing_changes(), pytest.raises(Conflict) as refusal:
        service(actor=actor_for(staff), company=company, **facts)

    assert (refusal.value.code, refusal.value.status) == ("illegal_move", 409)
    assert refusal.value.extra == {"from": status, "to": end, "allowed": ALLOWED[status]}


@pytest.mark.parametrize(("service", "facts", "start", "end", "event"), MOVES)
def test_a_deleted_company_does_not_move(
    staff: User, service: Any, facts: dict[str, str], start: str, end: str, event: str
) -> None:
    company = make_company("acme", start, is_deleted=True)

    with nothing_changes(), pytest.raises(Conflict):
        service(actor=actor_for(staff), company=company, **facts)


@pytest.mark.parametrize(("service", "facts", "start", "end", "event"), [*MOVES, DELETE])
@pytest.mark.parametrize("who", ["admin", "manager", "agent", "customer"])
def test_nobody_in_a_company_moves_it(
    acme: World,
    service: Any,
    facts: dict[str, str],
    start: str,
    end: str,
    event: str,
    who: str,
) -> None:
    Company.objects.update(status=start)

    with nothing_changes(), pytest.raises(Denied):
        service(actor=actor_for(getattr(acme, who)), company=acme.company, **facts)


@pytest.mark.parametrize(("service", "facts", "start", "end", "event"), [*MOVES, DELETE])
def test_nobody_at_all_moves_it(
    service: Any, facts: dict[str, str], start: str, end: str, event: str
) -> None:
    company = make_company("acme", start)

    with nothing_changes(), pytest.raises(Unauthenticated):
        service(actor=Actor(ActorKind.ANONYMOUS), company=company, **facts)


def test_approval_waits_for_the_address(staff: User) -> None:
    company = make_company("acme", "pending", email_confirmed_at=None)

    with nothing_changes(), pytest.raises(Conflict) as refusal:
        approve_company(actor=actor_for(staff), company=company)

    assert refusal.value.code == "address_unconfirmed"


def test_an_unconfirmed_company_can_be_rejected(staff: User) -> None:
    company = make_company("acme", "pending", email_confirmed_at=None)

    assert (
        reject_company(actor=actor_for(staff), company=company, reason="No.").status == "rejected"
    )


def test_an_operator_approves_too() -> None:
    company = make_company("acme", "pending")

    assert approve_company(actor=system_actor(), company=company).status == "active"


@pytest.mark.parametrize(("service", "facts", "start", "end", "event"), [SUSPEND, DELETE])
def test_closing_a_company_moves_the_version_of_rights(
    acme: World,
    globex: World,
    staff: User,
    service: Any,
    facts: Any,
    start: str,
    end: str,
    event: str,
) -> None:
    service(actor=actor_for(staff), company=acme.company, **facts)

    versions = dict(CompanyState.unscoped.values_list("company__slug", "access_version"))
    assert versions == {"acme": 2, "globex": 1}


def test_the_row_decides_and_not_what_the_caller_holds(staff: User) -> None:
    company = make_company("acme", "pending")
    stale = Company.objects.get(pk=company.pk)
    approve_company(actor=actor_for(staff), company=company)

    with pytest.raises(Conflict):
        reject_company(actor=actor_for(staff), company=stale, reason="Too late.")


def test_a_deleted_company_frees_its_slug_and_keeps_its_rows(acme: World, staff: User) -> None:
    with recorded_events() as events:
        deleted = delete_company(actor=actor_for(staff), company=acme.company, reason="Asked for.")

    assert events == ["company.deleted"]
    assert (deleted.is_deleted, deleted.deleted_at is None, deleted.version) == (True, False, 2)
    assert Company.objects.living().count() == 0
    assert make_company("acme").slug == "acme"


def test_deleting_twice_is_once(staff: User, acme: World) -> None:
    delete_company(actor=actor_for(staff), company=acme.company, reason="Asked for.")

    with nothing_changes():
        delete_company(actor=actor_for(staff), company=acme.company, reason="Again.")


def test_confirming_an_address_twice_is_once() -> None:
    company = make_company("acme", "pending", email_confirmed_at=None)
    actor = Actor(ActorKind.ANONYMOUS)

    with recorded_events() as events:
        first = confirm_address(actor=actor, company=company)
        again = confirm_address(actor=actor, company=company)

    assert events == ["company.address_confirmed"]
    assert first.email_confirmed_at == again.email_confirmed_at


def test_a_new_company_waits() -> None:
    with recorded_events() as events:
        company = create_company(
            actor=Actor(ActorKind.ANONYMOUS), name="Acme", slug="acme", email="a@acme.example"
        )

    assert (company.status, company.language, company.email_confirmed_at) == ("pending", "en", None)
    assert events == ["company.created"]
    assert CompanyState.unscoped.get().access_version == 1


def test_a_slug_is_taken_or_reserved(acme: World) -> None:
    make_user()
    facts = {"actor": system_actor(), "name": "Other", "email": "a@b.example"}

    with nothing_changes():
        with pytest.raises(Conflict) as taken:
            create_company(slug="acme", **facts)
        with pytest.raises(Invalid) as reserved:
            create_company(slug="admin", **facts)

    assert taken.value.code == "slug_taken"
    assert (reserved.value.code, list(reserved.value.fields)) == ("slug_reserved", ["slug"])
