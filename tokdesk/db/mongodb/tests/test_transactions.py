"""Transactions are real: all or nothing, one winner, and nothing lost."""

import threading
from collections.abc import Callable, Iterator

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import (
    IntegrityError,
    OperationalError,
    connection,
    transaction,
)
from django.db.models import F
from django.db.transaction import TransactionManagementError

from companies.models import CompanyState
from companies.tests.factories import make_company
from tokdesk.common.db import run_in_transaction, try_insert
from tokdesk.common.tenancy import unscoped

pytestmark = [pytest.mark.mongod, pytest.mark.django_db(transaction=True)]
HANDS, TURNS = 6, 20


def numbers() -> list[str]:
    return sorted(ContentType.objects.filter(app_label="test").values_list("model", flat=True))


def make(model: str) -> ContentType:
    return ContentType.objects.create(app_label="test", model=model)


@pytest.fixture(autouse=True)
def _everywhere() -> Iterator[None]:
    with unscoped():
        yield


def state_of(slug: str) -> CompanyState:
    return CompanyState._base_manager.get(company__slug=slug)


def failing(first: Callable[[], object]) -> Callable[[], None]:
    def work() -> None:
        transaction.on_commit(first)
        raise ValueError("no")

    return work


def at_once(*works: Callable[[], object]) -> None:
    def run(work: Callable[[], object]) -> None:
        try:
            with unscoped():
                work()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for each in threads:
        each.start()
    for each in threads:
        each.join()


def test_what_fails_leaves_nothing() -> None:
    @transaction.atomic
    def work() -> None:
        make("a")
        raise ValueError("enough")

    with pytest.raises(ValueError, match="enough"):
        work()

    assert numbers() == []


def test_the_official_atomic_does_nothing(official: str) -> None:
    """When this fails, upstream has transactions, and ours may go."""

    @transaction.atomic(using=official)
    def work() -> None:
        ContentType.objects.using(official).create(pk=1, app_label="test", model="a")
        raise ValueError("enough")

    with pytest.raises(ValueError, match="enough"):
        work()

    assert ContentType.objects.using(official).filter(app_label="test").count() == 1


def test_effects_after_commit_run_after_it_or_not_at_all() -> None:
    seen: list[object] = []

    with transaction.atomic():
        make("a")
        transaction.on_commit(lambda: seen.append(numbers()))
        assert seen == []
    fail = transaction.atomic(failing(lambda: seen.append("never")))
    with pytest.raises(ValueError, match="no"):
        fail()

    assert seen == [["a"]]


def test_others_see_it_when_it_is_committed() -> None:
    seen: list[list[str]] = []
    with transaction.atomic():
        make("a")
        at_once(lambda: seen.append(numbers()))
    at_once(lambda: seen.append(numbers()))

    assert seen == [[], ["a"]]


def test_a_failure_inside_dooms_the_whole() -> None:
    @transaction.atomic
    def work() -> None:
        make("a")
        with pytest.raises(ValueError, match="no"):
            transaction.atomic(failing(lambda: None))()
        make("b")

    with pytest.raises(TransactionManagementError):
        work()

    assert numbers() == []


def test_who_forgives_a_failure_is_told_that_nothing_was_kept() -> None:
    def work() -> None:
        make("a")
        with pytest.raises(IntegrityError):
            make("a")

    with pytest.raises(TransactionManagementError):
        run_in_transaction(work)

    assert numbers() == []


def test_a_part_that_failed_is_undone_and_its_caller_goes_on() -> None:
    """All of it ran again, without that part."""
    tried: list[str] = []

    def part(model: str) -> None:
        tried.append(model)
        make(model)
        if model == "b":
            raise ValueError(model)

    def work() -> None:
        run_in_transaction(lambda: part("a"))
        with pytest.raises(ValueError, match="b"):
            run_in_transaction(lambda: part("b"))
        run_in_transaction(lambda: part("c"))

    run_in_transaction(work)

    assert numbers() == ["a", "c"]
    assert tried == ["a", "b", "a", "c"]


def test_a_taken_key_is_found_without_an_end() -> None:
    """Inside a transaction one looks before one inserts."""
    make_company("acme")

    def work() -> list[bool]:
        company = state_of("acme").company
        taken = CompanyState(company=company)
        return [try_insert(taken), CompanyState._base_manager.filter(company=company).exists()]

    assert run_in_transaction(work) == [False, True]


def test_of_two_who_read_and_write_one_row_the_second_begins_anew() -> None:
    make_company("acme")

    @transaction.atomic
    def work() -> None:
        mine = state_of("acme")
        rows = CompanyState._base_manager.filter(pk=mine.pk)
        at_once(lambda: rows.update(next_number=F("next_number") + 1))
        mine.next_number += 1
        mine.save()

    with pytest.raises(OperationalError):
        work()

    assert state_of("acme").next_number == 2


def test_a_locked_row_conflicts_also_where_only_another_one_is_written() -> None:
    """Without a lock both would go by what they have read."""
    make_company("acme")
    failures: list[str] = []

    def second() -> None:
        try:
            with transaction.atomic():
                CompanyState._base_manager.select_for_update().get(company__slug="acme")
        except OperationalError as error:
            failures.append(type(error).__name__)

    with transaction.atomic():
        CompanyState._base_manager.select_for_update().get(company__slug="acme")
        at_once(second)

    assert failures == ["OperationalError"]


def test_a_lock_outside_of_a_transaction_is_a_mistake() -> None:
    with pytest.raises(TransactionManagementError):
        ContentType.objects.select_for_update().first()


def test_120_of_120_updates_are_kept() -> None:
    make_company("acme")

    def step() -> None:
        row = CompanyState._base_manager.select_for_update().get(company__slug="acme")
        row.next_number += 1
        row.save()

    def hand() -> None:
        for _ in range(TURNS):
            run_in_transaction(step)

    at_once(*[hand] * HANDS)

    assert state_of("acme").next_number == 1 + HANDS * TURNS
