"""Optimistic concurrency: one change, one version, one winner."""

import pytest

from companies.models import Company
from companies.tests.factories import make_company
from tokdesk.common.db import run_in_transaction
from tokdesk.common.testing import race
from tokdesk.common.versions import StaleVersion, save_changes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.contract]


def change(company: Company, name: str, expected: int | None = None) -> list[str]:
    def work() -> list[str]:
        return save_changes(Company.objects.fresh(company), {"name": name}, expected=expected)

    return run_in_transaction(work)


def test_a_change_counts_one_version_and_names_its_fields() -> None:
    company = make_company()

    assert change(company, "New") == ["name"]
    company.refresh_from_db()
    assert (company.name, company.version) == ("New", 2)


def test_writing_the_same_again_changes_nothing() -> None:
    company = make_company(name="Same")
    before = company.updated_at

    assert change(company, "Same") == []
    company.refresh_from_db()
    assert (company.version, company.updated_at) == (1, before)


def test_a_stale_version_is_refused_with_the_current_one() -> None:
    company = make_company()
    change(company, "First")

    with pytest.raises(StaleVersion) as caught:
        change(company, "Second", expected=1)

    assert caught.value.extra == {"current": 2}
    company.refresh_from_db()
    assert company.name == "First"


def test_of_fifty_changes_of_the_same_version_one_wins() -> None:
    company = make_company()

    results = race(lambda n: change(company, f"Name {n}", expected=1))

    assert results.count(["name"]) == 1
    assert sum(isinstance(each, StaleVersion) for each in results) == 49
    company.refresh_from_db()
    assert company.version == 2


def test_fifty_changes_without_a_version_all_count() -> None:
    company = make_company()

    results = race(lambda n: change(company, f"Name {n}"))

    assert results == [["name"]] * 50
    company.refresh_from_db()
    assert company.version == 51
