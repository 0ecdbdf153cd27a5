"""manage.py list_handlers and replay_jobs"""

import pytest

from conftest import World
from tokdesk.common.events import FACTS
from tokdesk.common.models import Event, Job
from tokdesk.common.tests.dead import bury, dead_job
from tokdesk.tests.commands import run_command
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


def test_the_whole_wiring_is_listed() -> None:
    listed = run_command("list_handlers", "--json").json["events"]

    assert set(listed) == set(FACTS)
    assert {
        "name": "notifications.mail_approved",
        "way": "deliver",
        "queue": "email",
        "is_ordered": False,
        "place": "notifications.receivers.mail_approved",
    } in listed["company.approved"]
    assert [each["way"] for each in listed["company.deleted"]] == ["subscribe"]


def test_people_read_it_in_lines() -> None:
    lines = run_command("list_handlers").out.splitlines()

    assert "company.changed  (nobody listens)" in lines
    assert "company.approved" in lines
    assert (
        "    subscribe default        accounts.end_sessions"
        "                       accounts.receivers.end_sessions_of_company"
    ) in lines


def test_dead_jobs_are_listed_with_their_reason(acme: World) -> None:
    job = dead_job(acme.company, "ValueError: poison\x1b[2J")

    outcome = run_command("replay_jobs", "--list")

    assert outcome.code == 0
    assert str(job.id) in outcome.out
    assert "ValueError: poison?[2J" in outcome.out
    assert run_command("replay_jobs", "--list", "--json").json["total"] == 1


def test_a_long_list_is_cut_and_says_so(acme: World) -> None:
    bury(acme.company, 53)

    outcome = run_command("replay_jobs", "--list")

    assert "... and 3 more" in outcome.out.splitlines()


def test_nothing_dead_is_said(db: None) -> None:
    assert run_command("replay_jobs", "--list").out.splitlines()[0] == "No job is dead."


@pytest.mark.parametrize("which", ["--all", "--id", "--listener"])
def test_the_chosen_ones_are_replayed_and_the_log_says_so(acme: World, which: str) -> None:
    job = dead_job(acme.company)
    word = {"--all": [], "--id": [str(job.id)], "--listener": ["test.listens"]}[which]

    outcome = run_command("replay_jobs", which, *word, "--json")

    assert outcome.json["jobs"] == 1
    assert Job.objects.get().is_dead is False
    assert Event.objects.get(type="job.replayed").actor_kind == "system"


@pytest.mark.parametrize("words", [["--listener", "test.other"], ["--id", "0" * 32]])
def test_others_are_left_alone(acme: World, words: list[str]) -> None:
    dead_job(acme.company)

    with nothing_changes():
        assert run_command("replay_jobs", *words, "--json").json["jobs"] == 0


def test_a_dry_run_counts_and_changes_nothing(acme: World) -> None:
    bury(acme.company, 3)

    with nothing_changes():
        outcome = run_command("replay_jobs", "--all", "--dry-run")

    assert outcome.out.splitlines()[0] == "Would replay 3 jobs."


@pytest.mark.parametrize("words", [[], ["--id", "x"], ["--all", "--list"]])
def test_a_line_that_cannot_be_followed_is_refused(words: list[str]) -> None:
    assert run_command("replay_jobs", *words).code in (1, 2)
