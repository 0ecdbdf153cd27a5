"""Unique keys: with and without nulls, and what bulk writes make of them."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models
from django.db.models import Q
from django.test.utils import isolate_apps

from tokdesk.common.models import Event
from tokdesk.db.mongodb.tests.pipelines import plan_of

pytestmark = [pytest.mark.mongod, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def samples() -> Iterator[Any]:
    """A table with a key that may be null, and one that only living rows keep."""
    with isolate_apps("companies"):

        class Sample(models.Model):  # noqa: DJ008
            id = models.SmallAutoField(primary_key=True)
            size = models.SmallIntegerField(null=True, unique=True)
            at = models.DateTimeField(null=True, unique=True)
            name = models.CharField(max_length=9)
            is_deleted = models.BooleanField(default=False)

            class Meta:
                app_label = "companies"
                constraints = (
                    models.UniqueConstraint(
                        fields=["name"], condition=Q(is_deleted=False), name="sample_name"
                    ),
                )

        class Part(models.Model):  # noqa: DJ008
            whole = models.ForeignKey(Sample, models.CASCADE, related_name="parts")

            class Meta:
                app_label = "companies"

        with connection.schema_editor() as editor:
            editor.create_model(Sample)
            editor.create_model(Part)
        yield Sample
        with connection.schema_editor() as editor:
            editor.delete_model(Part)
            editor.delete_model(Sample)


def test_a_key_that_may_be_null_is_looked_up_by_its_index(samples: Any) -> None:
    plan = plan_of(samples.objects.filter(size=3))
    assert "COLLSCAN" not in plan
    assert "size" in plan
    assert "event_seq_unique" in plan_of(Event.objects.filter(stream="a", seq=3))


def test_nulls_are_no_duplicates_and_all_else_is(samples: Any) -> None:
    for number in range(2):
        samples.objects.create(name=f"n{number}")
    samples.objects.create(name="a", size=-32768)

    with pytest.raises(IntegrityError):
        samples.objects.create(name="b", size=-32768)


def test_what_updates_a_row_has_its_key(samples: Any) -> None:
    known = samples.objects.create(name="old", size=1)

    made = samples.objects.bulk_create(
        [samples(name="new", size=1), samples(name="other", size=2), samples(name="none")],
        update_conflicts=True,
        unique_fields=["size"],
        update_fields=["name"],
    )

    stored = dict(samples.objects.values_list("name", "pk"))
    assert stored["new"] == known.pk
    assert {each.name: each.pk for each in made} == stored


def test_conflicts_with_a_part_of_the_rows_are_ignored(samples: Any) -> None:
    samples.objects.create(name="a", size=1)
    samples.objects.create(name="b", size=2, is_deleted=True)

    names = [samples(name="a", size=3), samples(name="b", size=4), samples(name="c", size=1)]
    samples.objects.bulk_create([*names, samples(name="a", is_deleted=True)], ignore_conflicts=True)

    found = samples.objects.order_by("name", "is_deleted").values_list("name", "size", "is_deleted")
    assert list(found) == [("a", 1, False), ("a", None, True), ("b", 4, False), ("b", 2, True)]


def test_small_numbers_are_as_small_as_elsewhere(samples: Any) -> None:
    """And what links to a small key is compared with it as a number."""
    ranges = {
        name: connection.ops.integer_field_range(name)
        for name in ("SmallIntegerField", "IntegerField", "SmallAutoField", "BigIntegerField")
    }
    assert ranges == {
        "SmallIntegerField": (-(2**15), 2**15 - 1),
        "IntegerField": (-(2**31), 2**31 - 1),
        "SmallAutoField": (-(2**15), 2**15 - 1),
        "BigIntegerField": (-(2**63), 2**63 - 1),
    }
    with pytest.raises(ValidationError):
        samples(name="a", size=2**15).clean_fields()

    whole = samples.objects.create(name="a")
    whole.parts.create()
    assert [each.name for each in samples.objects.filter(parts__whole=whole.pk)] == ["a"]
    assert "$convert" not in plan_of(samples.objects.filter(parts__pk__gt=0))


def test_integer_keys_that_conflict_are_those_that_are_there() -> None:
    known = ContentType.objects.create(app_label="test", model="a").pk
    both = [ContentType(app_label="test", model=name) for name in "ab"]

    made = ContentType.objects.bulk_create(
        both,
        update_conflicts=True,
        unique_fields=["app_label", "model"],
        update_fields=["model"],
    )

    other = ContentType.objects.get(app_label="test", model="b").pk
    assert [each.pk for each in made] == [known, other]
