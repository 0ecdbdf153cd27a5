"""Events: one row a fact, in the transaction of the change; listeners after commit."""

from dataclasses import dataclass
from uuid import UUID

import pytest
from django.db import connection

from accounts.tests.factories import actor_for
from companies.events import CompanyApproved, CompanyRejected
from conftest import World
from tokdesk.common import events
from tokdesk.common.db import run_in_transaction
from tokdesk.common.errors import Conflict
from tokdesk.common.events import deliver, fact, join, publish, read_fact, subscribe
from tokdesk.common.models import Event, Job
from tokdesk.common.queues import Queue
from tokdesk.common.tenancy import open_company
from tokdesk.common.testing import finish_jobs

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


@pytest.fixture
def rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody of the project listens to this fact while the test runs."""
    monkeypatch.setitem(events.SUBSCRIPTIONS, "company.rejected", [])


def said_and_undone(world: World) -> None:
    say(world, "undone")
    raise Conflict


@pytest.mark.usefixtures("rejected")
def test_listeners_hear_of_committed_facts_only(acme: World) -> None:
    heard: list[str] = []
    subscribe(CompanyRejected, "test.hears")(lambda event: heard.append(event.payload["reason"]))

    with pytest.raises(Conflict):
        run_in_transaction(lambda: said_and_undone(acme))
    run_in_transaction(lambda: say(acme, "done"))

    assert heard == []
    finish_jobs()
    assert heard == ["done"]
    assert Event.objects.filter(type="company.rejected").count() == 1


@pytest.mark.usefixtures("rejected")
def test_who_joins_acts_in_the_publishers_transaction_and_in_the_companys_scope(
    acme: World,
) -> None:
    heard: list[object] = []
    join(CompanyRejected, "test.joins")(
        lambda event: heard.append((open_company(), connection.in_atomic_block))
    )

    run_in_transaction(lambda: say(acme))

    assert heard == [(acme.company.id, True)]
    assert Job.objects.count() == 0


@pytest.mark.usefixtures("rejected")
def test_what_joins_and_fails_undoes_the_change(acme: World) -> None:
    def refuse(event: Event) -> None:
        raise Conflict("last_admin")

    join(CompanyRejected, "test.refuses")(refuse)

    with pytest.raises(Conflict, match="last_admin"):
        run_in_transaction(lambda: say(acme))

    assert Event.objects.count() == 0


@pytest.mark.usefixtures("rejected")
def test_each_listener_has_a_job_of_its_own(acme: World) -> None:
    subscribe(CompanyRejected, "test.one")(lambda event: None)
    subscribe(CompanyRejected, "test.two", ordered=True)(lambda event: None)
    deliver(CompanyRejected, "test.three", queue=Queue.EMAIL)(lambda event, delivery: None)

    row = run_in_transaction(lambda: say(acme))

    jobs = Job.objects.order_by("id").values_list("subscriber", "queue", "key", "event", "company")
    stream = f"company:{acme.company.id}"
    assert list(jobs) == [
        ("test.one", "default", "", row.id, acme.company.id),
        ("test.two", "default", f"test.two|{stream}", row.id, acme.company.id),
        ("test.three", "email", "", row.id, acme.company.id),
    ]


def test_a_fact_stored_before_it_had_a_field_is_read_with_the_default(acme: World) -> None:
    @dataclass(frozen=True)
    class Grown(CompanyRejected):
        since: str | None = None

    row = run_in_transaction(lambda: say(acme))

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(events.FACTS, "company.rejected", Grown)
        assert read_fact(row) == Grown(acme.company.id, "because", None)


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


def test_a_company_never_learns_what_its_person_is_elsewhere(acme: World, globex: World) -> None:
    publish(
        CompanyApproved(acme.company.id),
        actor=actor_for(globex.agent),
        company_id=acme.company.id,
        stream="company:x",
    )

    row = Event.objects.get(type="company.approved")
    assert (row.actor_kind, row.actor_member) == ("member", None)
