"""Fifty decisions on one company at once: one effect."""

from typing import Any

import pytest

from accounts.models import User
from accounts.tests.factories import access_of
from companies.models import Company, CompanyState
from companies.services import bump_access
from companies.tests.factories import make_company
from conftest import World
from tokdesk.common.models import Event
from tokdesk.common.testing import ApiClient, race
from tokdesk.tests.answers import outcome

pytestmark = [pytest.mark.contract, pytest.mark.django_db(transaction=True)]


def outcomes(answers: list[Any]) -> list[tuple[int, str]]:
    return sorted(outcome(answer) for answer in answers)


@pytest.fixture
def access(staff: User) -> str:
    return access_of(staff)


def test_one_of_fifty_approvals_counts(access: str) -> None:
    company = make_company("acme", "pending")

    answers = race(lambda _: ApiClient(access).post(f"companies/{company.id}/approve/"))

    assert outcomes(answers) == [(200, ""), *[(409, "illegal_move")] * 49]
    assert Event.objects.filter(type="company.approved").count() == 1
    assert Company.objects.get().version == 2


def test_approval_and_rejection_do_not_both_win(access: str) -> None:
    company = make_company("acme", "pending")

    def decide(number: int) -> Any:
        deed, body = ("approve", {}) if number % 2 else ("reject", {"reason": "No."})
        return ApiClient(access).post(f"companies/{company.id}/{deed}/", body)

    answers = race(decide)

    assert outcomes(answers) == [(200, ""), *[(409, "illegal_move")] * 49]
    decided = Event.objects.filter(type__in=["company.approved", "company.rejected"])
    assert [row.type for row in decided] == [f"company.{_word(Company.objects.get().status)}"]


def _word(status: str) -> str:
    return {"active": "approved", "rejected": "rejected"}[status]


def test_one_key_approves_once_and_everybody_gets_the_answer(access: str) -> None:
    company = make_company("acme", "pending")

    answers = race(
        lambda _: ApiClient(access).post(
            f"companies/{company.id}/approve/", Idempotency_Key="approve-1"
        )
    )

    assert set(outcomes(answers)) <= {(200, ""), (409, "idempotency_in_progress")}
    done = [answer for answer in answers if answer.status_code == 200]
    assert len([answer for answer in done if "Idempotent-Replay" not in answer.headers]) == 1
    assert Event.objects.filter(type="company.approved").count() == 1


def test_of_fifty_edits_of_one_version_one_wins(acme: World) -> None:
    access = access_of(acme.admin)

    answers = race(
        lambda number: ApiClient(access).patch("company/", {"name": f"Name {number}", "version": 1})
    )

    assert outcomes(answers) == [(200, ""), *[(409, "stale_version")] * 49]
    winner = next(number for number, answer in enumerate(answers) if answer.status_code == 200)
    company = Company.objects.get(slug="acme")
    assert (company.name, company.version) == (f"Name {winner}", 2)


def test_edits_without_a_version_all_count(acme: World) -> None:
    access = access_of(acme.admin)

    answers = race(lambda number: ApiClient(access).patch("company/", {"name": f"Name {number}"}))

    assert outcomes(answers) == [(200, "")] * 50
    assert Company.objects.get(slug="acme").version == 51


def test_no_change_of_rights_is_lost(acme: World) -> None:
    race(lambda _: bump_access(acme.company.id))

    assert CompanyState.unscoped.get().access_version == 51
