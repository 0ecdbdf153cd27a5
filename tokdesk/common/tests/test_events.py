"""Events: one row a fact, in the transaction of the change; listeners after commit."""

from dataclasses import dataclass
from uuid import UUID

import pytest

from accounts.tests.factories import actor_for
from companies.events import CompanyApproved, CompanyRejected
from conftest import World
from tokdesk.common import events
from tokdesk.common.db import run_in_transaction
from tokdesk.common.errors import Conflict
from tokdesk.common.events import fact, publish, read_fact, subscribe
from tokdesk.common.models import Event

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.contract]


def say(world: World, reason: str = "because") -> Event:
    return publish(
        CompanyRejected(world.company.id, reason),
        actor=actor_for(world.admin),
        company_id=world.company.id,
        stream=f"company:{world.company.id}",
    )


def test_a_fact_becomes_one_row_with_its_actor(acme: World) -> None:
    run_in_transaction(lambda: say(acme))

    row = Event.objects.get(type="company.rejected")
    assert row.payload == {"company_id": str(acme.company.id), "reason": "because"}
    assert (row.company_id, row.stream) == (acme.company.id, f"company:{acme.company.id}")
    assert (row.actor_kind, row.actor_member, row.actor_user) == ("member", acme.admin.id, None)
    assert (row.seq, row.public_seq, row.audience) == (None, None, "staff")


def test_a_stored_fact_is_read_back_typed(acme: World) -> None:
    row = run_in_transaction(lambda: say(acme))

    assert read_fact(Event.objects.get(pk=row.pk)) == CompanyRejected(acme.company.id, "because")


def test_platform_staff_are_named_by_account(acme: World, staff: object) -> None:
    publish(
        CompanyApproved(acme.company.id),
        actor=actor_for(staff),  # type: ignore[arg-type]
        company_id=acme.company.id,
        stream="company:x",
    )

    row = Event.objects.get(type="company.approved")
    assert (row.actor_kind, row.actor_member, row.actor_user) == ("platform", None, staff.id)  # type: ignore[attr-defined]


def test_listeners_hear_of_committed_facts_only(
    acme: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(events.SUBSCRIPTIONS, "company.rejected", [])
    heard: list[str] = []
    subscribe(CompanyRejected, "test.hears")(lambda event: heard.append(event.payload["reason"]))

    def fail() -> None:
        say(acme, "undone")
        raise Conflict

    with pytest.raises(Conflict):
        run_in_transaction(fail)
    run_in_transaction(lambda: say(acme, "done"))

    assert heard == ["done"]
    assert Event.objects.filter(type="company.rejected").count() == 1


def test_a_name_listens_once_to_a_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(events.SUBSCRIPTIONS, "company.rejected", [])
    subscribe(CompanyRejected, "test.once")(lambda event: None)

    with pytest.raises(ValueError, match="already listens"):
        subscribe(CompanyRejected, "test.once")(lambda event: None)


def test_a_type_is_registered_once_and_only_for_dataclasses() -> None:
    @dataclass(frozen=True)
    class Again:
        company_id: UUID

    with pytest.raises(ValueError, match="registered once"):
        fact("company.rejected")(Again)
    with pytest.raises(ValueError, match="one dataclass"):
        fact("test.plain")(object)
