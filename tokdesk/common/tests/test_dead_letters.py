"""Replay: staff and operators bring back what was given up, and the log says so."""

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.tests.factories import actor_for
from conftest import World
from tokdesk.common.actor import system_actor
from tokdesk.common.dead_letters import replay_jobs
from tokdesk.common.errors import Denied
from tokdesk.common.models import Event, Job
from tokdesk.common.testing import recorded_events
from tokdesk.common.tests.dead import bury, dead_job
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.django_db, pytest.mark.contract]


def test_a_replayed_job_is_due_with_fresh_attempts(acme: World, staff: User) -> None:
    job = dead_job(acme.company)

    with recorded_events() as types:
        count = replay_jobs(actor=actor_for(staff), jobs=Job.objects.all())

    again = Job.objects.get(pk=job.pk)
    assert (count, types) == (1, ["job.replayed"])
    assert (again.is_dead, again.attempts, again.died_at) == (False, 0, None)
    assert again.available_at <= timezone.now()
    assert again.last_error == job.last_error


def test_the_log_names_the_job_its_event_and_who_did_it(acme: World, staff: User) -> None:
    job = dead_job(acme.company)

    replay_jobs(actor=actor_for(staff), jobs=Job.objects.all())

    row = Event.objects.get(type="job.replayed")
    assert row.payload == {
        "job_id": str(job.id),
        "event_id": str(job.event_id),
        "subscriber": "test.listens",
    }
    assert (row.company_id, row.actor_user) == (acme.company.id, staff.id)


def test_living_jobs_are_left_alone(acme: World) -> None:
    job = dead_job(acme.company)
    Job.objects.filter(pk=job.pk).update(is_dead=False, attempts=3)

    with nothing_changes():
        assert replay_jobs(actor=system_actor(), jobs=Job.objects.all()) == 0


def test_nobody_of_a_company_replays(acme: World) -> None:
    dead_job(acme.company)

    with nothing_changes(), pytest.raises(Denied):
        replay_jobs(actor=actor_for(acme.admin), jobs=Job.objects.all())


def test_many_are_replayed_in_chunks(acme: World) -> None:
    bury(acme.company, 450)

    assert replay_jobs(actor=system_actor(), jobs=Job.objects.all()) == 450
    assert Job.objects.filter(is_dead=True).count() == 0
    assert Event.objects.filter(type="job.replayed").count() == 450
