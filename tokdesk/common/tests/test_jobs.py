"""Jobs: done once, tried again, given up; never two at a time, never out of order."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from companies.events import CompanyChanged, CompanyRejected
from companies.models import Company
from conftest import World
from tokdesk.common import events, jobs
from tokdesk.common.actor import system_actor
from tokdesk.common.db import run_in_transaction
from tokdesk.common.errors import NotFound
from tokdesk.common.events import deliver, publish, subscribe
from tokdesk.common.jobs import ATTEMPTS, LEASE, Hopeless, claim, drain, retry_delay, run
from tokdesk.common.models import Event, Job
from tokdesk.common.queues import Queue
from tokdesk.common.tasks import DRAIN_HARD_LIMIT, DRAIN_SOFT_LIMIT
from tokdesk.common.tenancy import open_company
from tokdesk.common.testing import finish_jobs, race

pytestmark = [pytest.mark.django_db, pytest.mark.contract]

DEFAULT = Queue.DEFAULT


@pytest.fixture(autouse=True)
def _nobody_else_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "SUBSCRIPTIONS", {CompanyRejected.type: []})


def happen(world: World, reason: str = "because", stream: str = "company:x") -> Event:
    fact = CompanyRejected(world.company.id, reason)
    actor = system_actor(world.company.id)
    return publish(fact, actor=actor, company_id=world.company.id, stream=stream)


def listen(work: Callable[[Event], None], name: str = "test.listens", **options: bool) -> None:
    subscribe(CompanyRejected, name, **options)(work)


def rename(event: Event) -> None:
    Company.objects.filter(pk=event.company_id).update(name=event.payload["reason"])


def name_of(world: World) -> str:
    return str(Company.objects.get(pk=world.company.pk).name)


def failing(error: Exception) -> Callable[[Event], None]:
    def work(event: Event) -> None:
        rename(event)
        raise error

    return work


def test_the_effect_and_the_end_of_its_job_are_one(acme: World) -> None:
    listen(rename)
    happen(acme, "Renamed")

    is_more = drain(DEFAULT)

    assert (is_more, name_of(acme), Job.objects.count()) == (False, "Renamed", 0)


def test_a_job_works_in_the_scope_of_its_company(acme: World) -> None:
    seen: list[object] = []
    listen(lambda event: seen.append((open_company(), connection.in_atomic_block)))
    happen(acme)

    drain(DEFAULT)

    assert seen == [(acme.company.id, True)]
    assert open_company() is None


def test_a_failure_undoes_its_effect_and_is_tried_again_later(acme: World) -> None:
    listen(failing(NotFound()))
    happen(acme, "Renamed")

    drain(DEFAULT)

    job = Job.objects.get()
    wait = (job.available_at - timezone.now()).total_seconds()
    assert name_of(acme) == "Acme"
    assert (job.attempts, job.claim, job.is_dead) == (1, None, False)
    assert job.last_error == "NotFound: not_found"
    assert 1 < wait < 2.5
    assert claim(DEFAULT, 10) == []


def test_one_listener_neither_blocks_nor_repeats_another(acme: World) -> None:
    counted: list[str] = []
    listen(failing(ValueError("broken")), "test.broken")
    listen(lambda event: counted.append(event.type), "test.whole")
    happen(acme)

    drain(DEFAULT)
    with time_machine.travel(timezone.now() + timedelta(seconds=5)):
        drain(DEFAULT)

    assert counted == ["company.rejected"]
    assert Job.objects.get().subscriber == "test.broken"
    assert Job.objects.get().attempts == 2


def test_after_eight_tries_a_job_is_given_up_with_its_reason(acme: World) -> None:
    listen(failing(ValueError("poison\nsecond line")))
    happen(acme)

    with time_machine.travel(timezone.now()) as clock:
        for _ in range(ATTEMPTS):
            drain(DEFAULT)
            clock.shift(timedelta(hours=2))

    job = Job.objects.get()
    assert (job.is_dead, job.attempts, job.claim) == (True, ATTEMPTS, None)
    assert job.last_error == "ValueError: poison"
    assert job.died_at is not None
    finish_jobs()
    assert Job.objects.get().attempts == ATTEMPTS


def test_what_is_hopeless_is_given_up_at_once(acme: World) -> None:
    listen(failing(Hopeless("no such mailbox")))
    happen(acme)

    drain(DEFAULT)

    job = Job.objects.get()
    assert (job.is_dead, job.attempts, job.last_error) == (True, 1, "Hopeless: no such mailbox")


def test_a_job_that_takes_its_worker_down_each_time_is_given_up(acme: World) -> None:
    listen(rename)
    happen(acme, "Renamed")

    with time_machine.travel(timezone.now()) as clock:
        for _ in range(ATTEMPTS):
            assert len(claim(DEFAULT, 10)) == 1  # and then it dies
            clock.shift(LEASE + timedelta(seconds=1))
        drain(DEFAULT)

    job = Job.objects.get()
    assert (job.is_dead, job.attempts) == (True, ATTEMPTS)
    assert job.last_error == "the worker died each time"
    assert name_of(acme) == "Acme"


def test_what_a_worker_died_over_shares_its_next_batch_with_nobody(acme: World) -> None:
    listen(rename)
    for _ in range(2):
        happen(acme)
    assert len(claim(DEFAULT, 10)) == 2  # and then it dies

    with time_machine.travel(timezone.now() + LEASE + timedelta(seconds=1)):
        for _ in range(2):
            happen(acme)
        batches = [claim(DEFAULT, 10) for _ in range(4)]

    first, second, *new = Job.objects.order_by("id")
    assert [{job.pk for job in batch} for batch in batches] == [
        {first.pk},
        {second.pk},
        {job.pk for job in new},
        set(),
    ]
    assert [job.attempts for job in (first, second, *new)] == [2, 2, 1, 1]


def test_a_delivery_whose_lease_was_lost_is_not_made(acme: World) -> None:
    made: list[UUID] = []
    deliver(CompanyRejected, "test.delivers", queue=Queue.EMAIL)(
        lambda event, delivery: made.append(delivery)
    )
    happen(acme)
    [mine] = claim(Queue.EMAIL, 10)
    Job.objects.update(claim=UUID(int=1))

    run(mine)

    assert (made, Job.objects.count()) == ([], 1)


def test_a_listener_that_is_gone_keeps_its_job(acme: World) -> None:
    listen(rename)
    happen(acme)
    events.SUBSCRIPTIONS[CompanyRejected.type].clear()

    drain(DEFAULT)

    said = "UnknownListener: test.listens does not listen to company.rejected"
    assert Job.objects.get().last_error == said


def test_a_claimed_job_is_nobody_elses_until_its_lease_ends(acme: World) -> None:
    listen(rename)
    happen(acme, "Renamed")

    [mine] = claim(DEFAULT, 10)
    assert claim(DEFAULT, 10) == []
    with time_machine.travel(timezone.now() + LEASE + timedelta(seconds=1)):
        [theirs] = claim(DEFAULT, 10)
        assert theirs.pk == mine.pk
        run(mine)
        assert (name_of(acme), Job.objects.count()) == ("Acme", 1)
        run(theirs)

    assert (name_of(acme), Job.objects.count()) == ("Renamed", 0)


def test_who_loses_the_lease_in_the_middle_leaves_nothing(acme: World) -> None:
    def work(event: Event) -> None:
        rename(event)

    listen(work)
    happen(acme, "Renamed")
    [mine] = claim(DEFAULT, 10)
    Job.objects.update(claim=UUID(int=1))

    with pytest.raises(jobs.LeaseLost):
        jobs._act(mine, jobs._listener(mine))

    assert (name_of(acme), Job.objects.count()) == ("Acme", 1)


def test_jobs_of_one_stream_keep_their_order(acme: World) -> None:
    heard: list[str] = []
    listen(lambda event: heard.append(event.payload["reason"]), ordered=True)
    for reason in "abc":
        happen(acme, reason, "one")
    happen(acme, "z", "two")

    first = claim(DEFAULT, 10)
    second = claim(DEFAULT, 10)

    assert [job.event.payload["reason"] for job in first] == ["a", "z"]
    assert second == []
    for job in first:
        run(job)
    drain(DEFAULT)
    assert heard == ["a", "z", "b", "c"]


def test_a_failing_job_holds_its_stream_until_it_is_given_up(acme: World) -> None:
    heard: list[str] = []

    def work(event: Event) -> None:
        if event.payload["reason"] == "bad":
            raise ValueError
        heard.append(event.payload["reason"])

    listen(work, ordered=True)
    happen(acme, "bad", "one")
    happen(acme, "good", "one")

    drain(DEFAULT)
    assert heard == []
    Job.objects.filter(attempts=1).update(attempts=ATTEMPTS - 1, available_at=timezone.now())
    drain(DEFAULT)

    assert heard == ["good"]
    assert Job.objects.get().is_dead is True


def test_a_delivery_runs_outside_of_transactions_under_one_name(
    acme: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[UUID, UUID | None]] = []

    def work(event: Event, delivery: UUID) -> None:
        seen.append((delivery, open_company()))
        if len(seen) == 1:
            raise ConnectionError("the mail server hung up")

    deliver(CompanyRejected, "test.delivers", queue=Queue.EMAIL)(work)
    happen(acme)
    job_id = Job.objects.get().id

    drain(Queue.EMAIL)
    with time_machine.travel(timezone.now() + timedelta(seconds=5)):
        drain(Queue.EMAIL)

    assert seen == [(job_id, acme.company.id)] * 2
    assert Job.objects.count() == 0


def test_a_drain_takes_its_own_queue_and_no_more_than_it_may(acme: World) -> None:
    listen(lambda event: None)
    deliver(CompanyRejected, "test.delivers", queue=Queue.EMAIL)(lambda event, delivery: None)
    for _ in range(25):
        happen(acme)

    assert drain(DEFAULT, jobs=20) is True
    assert Job.objects.filter(queue=DEFAULT).count() == 5
    assert drain(DEFAULT, jobs=20) is False
    assert Job.objects.filter(queue=Queue.EMAIL).count() == 25


def test_a_drain_whose_time_is_up_gives_back_what_it_did_not_begin(acme: World) -> None:
    listen(lambda event: None)
    for _ in range(5):
        happen(acme)

    assert drain(DEFAULT, seconds=0) is True

    assert Job.objects.filter(claim=None, attempts=0).count() == 5
    assert len(claim(DEFAULT, 10)) == 5


def test_work_that_publishes_makes_jobs_of_its_own(acme: World) -> None:
    heard: list[str] = []
    events.SUBSCRIPTIONS[CompanyChanged.type] = []
    subscribe(CompanyChanged, "test.hears")(lambda event: heard.append(event.type))

    def work(event: Event) -> None:
        fact = CompanyChanged(acme.company.id, ["name"])
        publish(fact, actor=system_actor(), company_id=event.company_id, stream="company:x")

    listen(work)
    happen(acme)

    finish_jobs()

    assert (heard, Job.objects.count()) == (["company.changed"], 0)


def test_waits_grow_to_an_hour_and_are_never_the_same() -> None:
    waits = [retry_delay(attempts).total_seconds() for attempts in range(1, ATTEMPTS)]

    for wait, usual in zip(waits, [2, 8, 32, 128, 512, 2048, 3600], strict=True):
        assert 0.8 * usual <= wait <= 1.2 * usual
    assert len({retry_delay(1) for _ in range(20)}) > 1


def test_a_lease_outlasts_every_drain_and_ends_within_a_minute() -> None:
    assert jobs.DRAIN_SECONDS < DRAIN_SOFT_LIMIT < DRAIN_HARD_LIMIT < LEASE.total_seconds() < 60


def test_depths_tell_what_waits_what_died_and_for_how_long(acme: World) -> None:
    listen(lambda event: None)
    for _ in range(3):
        happen(acme)
    ids = list(Job.objects.order_by("id").values_list("pk", flat=True))
    Job.objects.filter(pk=ids[0]).update(is_dead=True)
    Job.objects.filter(pk=ids[1]).update(available_at=timezone.now() - timedelta(seconds=90))

    depths = Job.objects.all().depths()

    assert set(depths) == set(Queue)
    assert (depths[DEFAULT].waiting, depths[DEFAULT].dead) == (2, 1)
    assert 90 <= depths[DEFAULT].oldest_seconds < 95
    assert (depths["email"].waiting, depths["email"].oldest_seconds) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_each_job_has_one(acme: World) -> None:
    listen(rename)
    for _ in range(40):
        run_in_transaction(lambda: happen(acme))

    claimed = race(lambda number: [job.pk for job in claim(DEFAULT, 5)], 20)

    taken = [pk for each in claimed for pk in each]
    assert len(taken) == len(set(taken))
    while more := claim(DEFAULT, 10):
        taken += [job.pk for job in more]
    assert sorted(taken) == sorted(Job.objects.values_list("pk", flat=True))
