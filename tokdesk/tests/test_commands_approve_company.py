"""manage.py approve_company"""

import pytest

from companies.choices import Status
from companies.models import Company
from companies.tests.factories import make_company
from notifications.tests.mailbox import delivered
from tokdesk.common.models import Event
from tokdesk.tests.commands import run_command

pytestmark = [pytest.mark.django_db, pytest.mark.contract]


@pytest.fixture
def umbrella() -> Company:
    return make_company("umbrella", Status.PENDING, name="Umbrella Care")


def status_of(company: Company) -> str:
    return Company.objects.get(pk=company.pk).status


def test_a_waiting_company_is_opened_and_told(umbrella: Company, mailoutbox) -> None:
    with delivered():
        outcome = run_command("approve_company", "--slug", "umbrella")

    assert outcome.code == 0
    assert outcome.out.splitlines() == [
        "Umbrella Care (umbrella): approved",
        "Next: nothing; admin@umbrella.example was mailed.",
    ]
    assert status_of(umbrella) == Status.ACTIVE
    assert [mail.to for mail in mailoutbox] == [["admin@umbrella.example"]]


def test_again_changes_nothing(umbrella: Company) -> None:
    run_command("approve_company", "--slug", "umbrella")

    outcome = run_command("approve_company", "--slug", "umbrella", "--json")

    assert outcome.code == 0
    assert outcome.json["result"] == "already_active"
    assert outcome.json["companies"] == 0
    assert Event.objects.filter(type="company.approved").count() == 1


def test_an_unconfirmed_address_is_refused_also_when_only_counting(umbrella: Company) -> None:
    Company.objects.update(email_confirmed_at=None)

    for words in ([], ["--dry-run"]):
        outcome = run_command("approve_company", "--slug", "umbrella", *words)

        assert outcome.code == 1
        assert outcome.err == "The contact address is not confirmed yet."
    assert status_of(umbrella) == Status.PENDING
    assert Event.objects.count() == 0


def test_a_suspended_company_is_not_approved() -> None:
    company = make_company("hooli", Status.SUSPENDED)

    outcome = run_command("approve_company", "--slug", "hooli", "--json")

    assert outcome.code == 1
    assert outcome.json["error"]["code"] == "illegal_move"
    assert status_of(company) == Status.SUSPENDED


def test_an_unknown_address_is_a_failure() -> None:
    outcome = run_command("approve_company", "--slug", "nowhere")

    assert (outcome.code, outcome.err) == (1, "There is no company with the address 'nowhere'.")


def test_a_dry_run_rehearses_and_takes_it_back(umbrella: Company) -> None:
    outcome = run_command("approve_company", "--slug", "umbrella", "--dry-run", "--json")

    assert outcome.code == 0
    assert (outcome.json["result"], outcome.json["companies"]) == ("would_approve", 1)
    assert status_of(umbrella) == Status.PENDING
    assert Event.objects.count() == 0


def test_the_list_shows_what_waits_the_oldest_first(umbrella: Company) -> None:
    make_company("acme")
    make_company("later", Status.PENDING, email_confirmed_at=None)

    as_json = run_command("approve_company", "--list", "--json").json
    as_text = run_command("approve_company", "--list")

    assert [each["slug"] for each in as_json["waiting"]] == ["umbrella", "later"]
    assert [each["address_confirmed"] for each in as_json["waiting"]] == [True, False]
    assert len(as_text.out.splitlines()) == 3
    assert as_text.last_line == "Next: manage.py approve_company --slug umbrella"


def test_an_empty_list_says_so() -> None:
    outcome = run_command("approve_company", "--list")

    assert outcome.out.splitlines() == ["No company waits for approval.", "Next: nothing."]
