"""Keys, indexes, joins and bulk writes, each beside what the official backend does."""

import os

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import NotSupportedError, connection, connections, transaction
from django.db.models import Count, FilteredRelation, Q
from django.utils import timezone

from accounts.models import Membership, Session
from companies.models import Company
from conftest import World
from departments.models import Department, DepartmentMember
from tokdesk.common.tenancy import company_scope
from tokdesk.db.mongodb.base import VERSION
from tokdesk.db.mongodb.tests.pipelines import plan_of

pytestmark = [pytest.mark.mongod, pytest.mark.django_db(transaction=True)]


def test_the_version_is_the_one_that_this_was_made_for() -> None:
    import django_mongodb_backend

    assert django_mongodb_backend.__version__ == VERSION


def test_every_key_is_the_id_of_its_document() -> None:
    assert {model._meta.pk.column for model in apps.get_models()} == {"_id"}


def test_integer_keys_come_from_a_sequence() -> None:
    first = ContentType.objects.create(app_label="test", model="a").pk
    made = ContentType.objects.bulk_create(
        [ContentType(app_label="test", model=name) for name in "bc"]
    )
    given = ContentType.objects.create(pk=first + 1000, app_label="test", model="d").pk
    last = ContentType.objects.create(app_label="test", model="e").pk

    assert [each.pk for each in made] == [first + 1, first + 2]
    assert (given, last) == (first + 1000, first + 1001)
    assert ContentType.objects.get(model="e", app_label="test").pk == last


def test_what_a_failed_transaction_took_from_a_sequence_stays_taken() -> None:
    taken = []

    @transaction.atomic
    def fail() -> None:
        taken.append(ContentType.objects.create(app_label="test", model="a").pk)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        fail()

    assert ContentType.objects.create(app_label="test", model="b").pk == taken[0] + 1


def test_look_ups_by_key_and_by_what_is_unique_use_an_index(acme: World) -> None:
    by_key = Company.objects.filter(pk=acme.company.pk)
    by_slug = Company.objects.filter(slug="acme", is_deleted=False)
    by_pair = ContentType.objects.filter(app_label="companies", model="company")

    for rows in (by_key, by_slug, by_pair):
        assert "COLLSCAN" not in plan_of(rows)


def test_the_official_unique_index_is_used_by_no_look_up(official: str) -> None:
    """When this fails, upstream indexes can be used, and schema.py may go."""
    theirs = connections[official]
    with theirs.schema_editor() as editor:
        editor.create_model(ContentType)

    plan = ContentType.objects.using(official).filter(app_label="a", model="b").explain()

    assert "COLLSCAN" in str(plan)


def test_rows_are_deleted_and_changed_across_joins(acme: World, official: str) -> None:
    with company_scope(acme.company.pk):
        places = DepartmentMember.objects.filter(department__name="Support")
        with pytest.raises(NotSupportedError):
            places.using(official).update(created_at=timezone.now())
        moment = timezone.now()

        changed = places.update(created_at=moment)
        assert changed == places.count() == 2
        assert set(places.values_list("created_at", flat=True)) == {
            moment.replace(microsecond=moment.microsecond // 1000 * 1000)
        }
        deleted, _ = places.delete()

        assert deleted == 2
        assert DepartmentMember.objects.count() == 1


def test_conflicts_of_bulk_writes_are_ignored_or_updated() -> None:
    ContentType.objects.create(app_label="test", model="a")
    both = [ContentType(app_label="test", model=name) for name in "ab"]

    ContentType.objects.bulk_create(both, ignore_conflicts=True)

    found = ContentType.objects.filter(app_label="test").order_by("model")
    assert [each.model for each in found] == ["a", "b"]


def test_a_filtered_relation_joins_what_its_condition_lets_through(acme: World) -> None:
    with company_scope(acme.company.pk):
        mine = FilteredRelation(
            "department_places", condition=Q(department_places__department=acme.billing)
        )
        people = Membership.objects.annotate(mine=mine).order_by("name")
        found = dict(people.values_list("name", "mine__department__name"))

    assert found["Agent2"] == "Billing"
    assert {name for name, place in found.items() if place} == {"Agent2"}


def test_a_count_of_different_rows_counts_all_of_them(acme: World) -> None:
    with company_scope(acme.company.pk):
        people = Count("places", filter=Q(places__member__name__startswith="A"), distinct=True)
        found = Department.objects.annotate(people=people).order_by("name")

        assert [(each.name, each.people) for each in found] == [("Billing", 1), ("Support", 1)]


def test_a_moment_is_a_millisecond_before_and_after_it_is_stored(acme: World) -> None:
    company = acme.company
    company.status_changed_at = timezone.now().replace(microsecond=123_456)
    assert company.status_changed_at.microsecond == 123_000
    company.save()

    assert Company.objects.get().status_changed_at == company.status_changed_at


def test_sessions_of_nobody_are_found_where_null_is_no_value(acme: World) -> None:
    assert Session.objects.filter(member=None).count() == 0


def test_many_to_many_prefetches_bring_each_their_own(permissions: list[Permission]) -> None:
    for name, own in (("a", permissions[:2]), ("b", permissions[1:]), ("c", [])):
        Group.objects.create(name=name).permissions.set(own)

    groups = Group.objects.order_by("name").prefetch_related("permissions")

    keys = [each.pk for each in permissions]
    found = [sorted(each.pk for each in group.permissions.all()) for group in groups]
    assert found == [keys[:2], keys[1:], []]


def test_a_forked_child_opens_a_pool_of_its_own() -> None:
    parents = connection.connection
    pid = os.fork()
    if pid == 0:
        is_fresh = connection.connection is None and Group.objects.count() == 0
        os._exit(7 if is_fresh and connection.connection is not parents else 1)

    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7
    assert (Group.objects.count(), connection.connection) == (0, parents)
