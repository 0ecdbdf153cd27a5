"""What staff see of jobs, and the replay of those that were given up."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from conftest import World
from tokdesk.common.models import Event, Job
from tokdesk.common.tests.dead import bury, dead_job
from tokdesk.tests.rows import nothing_changes
from tokdesk.tests.staffsite import browser_of, move_url, page_of, said, text_of

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

LIST = "/admin/common/job/"


def test_the_list_says_what_failed_and_why(staff: User, acme: World) -> None:
    dead_job(acme.company, "SMTPServerDisconnected: <hung up>")

    page = text_of(browser_of(staff).get(LIST))

    assert "SMTPServerDisconnected: <hung up>" in page
    assert "test.listens" in page
    assert "Given up" in page


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"is_dead": False, "attempts": 0}, "Waiting"),
        ({"is_dead": False, "attempts": 3}, "To be tried again"),
        ({"is_dead": False, "attempts": 1, "claim": "0" * 32}, "Running"),
    ],
)
def test_each_state_has_its_word(staff: User, acme: World, fields, word: str) -> None:
    job = dead_job(acme.company)
    Job.objects.filter(pk=job.pk).update(**fields)

    assert word in text_of(browser_of(staff).get(page_of(job)))


def test_a_dead_job_is_replayed_after_a_question(staff: User, acme: World) -> None:
    job = dead_job(acme.company)
    browser = browser_of(staff)

    asked = browser.get(move_url(job, "replay"))
    done = browser.post(move_url(job, "replay"))

    assert "Replay test.listens?" in text_of(asked)
    assert said(done) == ["success: test.listens is due again."]
    assert Job.objects.get().is_dead is False
    assert Event.objects.get(type="job.replayed").actor_user == staff.id


def test_a_waiting_job_offers_no_replay(staff: User, acme: World) -> None:
    job = dead_job(acme.company)
    Job.objects.update(is_dead=False)

    assert move_url(job, "replay") not in text_of(browser_of(staff).get(page_of(job)))


def test_selected_jobs_are_replayed_together(staff: User, acme: World) -> None:
    jobs = bury(acme.company, 3)

    done = browser_of(staff).post(
        LIST, {"action": "replay_selected", "_selected_action": [str(each.pk) for each in jobs[:2]]}
    )

    assert said(done) == ["success: 2 jobs are due again."]
    assert Job.objects.filter(is_dead=True).count() == 1


def test_the_start_page_tells_how_jobs_fare(staff: User, acme: World) -> None:
    bury(acme.company, 2)
    waiting = dead_job(acme.company)
    Job.objects.filter(pk=waiting.pk).update(is_dead=False)
    browser = browser_of(staff)

    assert "2 given up" in text_of(browser.get("/admin/"))
    assert "1 waits" in text_of(browser.get("/admin/"))
    Job.objects.update(available_at=timezone.now() - timedelta(minutes=2))
    assert "No worker takes them" in text_of(browser.get("/admin/"))


def test_only_platform_staff_come_in(acme: World, client) -> None:
    job = dead_job(acme.company)

    with nothing_changes():
        answer = client.post(move_url(job, "replay"))

    assert answer.status_code == 302
    assert answer["Location"].startswith("/admin/login/")
