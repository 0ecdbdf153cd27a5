"""A page of a list costs its own rows, not all of them."""

from typing import Any

import pytest
from django.db.models import Count, Exists, F, FilteredRelation, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Lower

from accounts.models import Membership
from conftest import World
from departments.models import Department, DepartmentMember
from tokdesk.common.tenancy import company_scope
from tokdesk.db.mongodb.tests.pipelines import pipeline_of, plan_of

pytestmark = [pytest.mark.mongod, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _scope(acme: World) -> Any:
    with company_scope(acme.company.pk):
        yield


def names(rows: Any) -> list[str]:
    return [each.name for each in rows]


def test_a_page_is_taken_before_its_rows_are_joined() -> None:
    rows = Department.objects.select_related("head").order_by("name")

    assert pipeline_of(rows[:1])[:4] == ["$match", "$sort", "$limit", "$lookup"]
    assert names(rows[:1]) == names(rows)[:1] == ["Billing"]
    assert names(rows[1:2]) == names(rows)[1:] == ["Support"]


def test_a_page_that_asks_joined_rows_is_taken_behind_them() -> None:
    page = Department.objects.filter(head__name="Manager").order_by("name")[:5]

    stages = pipeline_of(page)
    assert stages.index("$sort") < stages.index("$lookup") < stages.index("$limit")
    assert names(page) == ["Support"]


def test_a_page_in_the_order_of_joined_rows_is_sorted_behind_them() -> None:
    page = DepartmentMember.objects.order_by("-member__name")[:2]

    stages = pipeline_of(page)
    assert stages.index("$lookup") < stages.index("$sort") < stages.index("$limit")
    assert [each.member.name for each in page] == ["Manager", "Agent2"]


def test_a_join_by_a_unique_key_makes_no_rows_more(acme: World) -> None:
    mine = FilteredRelation(
        "department_places",
        condition=Q(
            department_places__department=acme.support,
            department_places__company=acme.company,
        ),
    )
    of_all = FilteredRelation(
        "department_places", condition=Q(department_places__company=acme.company)
    )
    people = Membership.objects.order_by("name")

    one = people.annotate(mine=mine).values("name", "mine__id")[:3]
    many = people.annotate(places=of_all).values("name", "places__id")[:3]

    assert pipeline_of(one)[:4] == ["$match", "$sort", "$limit", "$lookup"]
    assert [(each["name"], bool(each["mine__id"])) for each in one] == [
        ("Admin", False),
        ("Agent", True),
        ("Agent2", False),
    ]
    assert pipeline_of(many).index("$lookup") < pipeline_of(many).index("$limit")


def test_a_page_is_ordered_by_what_an_annotation_names() -> None:
    rows = Membership.objects.annotate(key=F("name")).values("name", "key").order_by("-key")

    assert pipeline_of(rows[:2]) == ["$match", "$sort", "$limit", "$project"]
    assert "membership_name" in plan_of(rows[:2])
    assert [each["key"] for each in rows[:2]] == ["Manager", "Customer"]


def test_a_page_is_ordered_by_what_is_computed() -> None:
    key = Coalesce(Lower("name"), Lower("description"))
    rows = Department.objects.select_related("head").annotate(key=key).order_by("-key")

    assert pipeline_of(rows[:1])[:5] == ["$match", "$addFields", "$sort", "$limit", "$lookup"]
    assert [each.key for each in rows[:1]] == ["support"]
    assert list(rows.values_list("key", flat=True)[1:]) == ["billing"]


def test_a_subquery_that_chooses_rows_is_asked_before_the_page() -> None:
    heads = Department.objects.filter(head=OuterRef("pk"))
    rows = Membership.objects.order_by("name").filter(Exists(heads))

    stages = pipeline_of(rows[:1])
    assert stages.index("$sort") < stages.index("$lookup") < stages.index("$limit")
    assert names(rows[:1]) == ["Manager"]
    assert names(Membership.objects.order_by("name").filter(~Exists(heads))[:2]) == [
        "Admin",
        "Agent",
    ]


def test_a_subquery_that_is_only_shown_is_asked_for_the_page() -> None:
    heads = Department.objects.filter(head=OuterRef("pk")).values("name")[:1]
    rows = Membership.objects.order_by("-name").annotate(heads=Subquery(heads))

    assert pipeline_of(rows[:1])[:4] == ["$match", "$sort", "$limit", "$lookup"]
    assert [(each.name, each.heads) for each in rows[:2]] == [
        ("Manager", "Support"),
        ("Customer", None),
    ]


def test_rows_that_are_named_by_others_are_found_by_their_key(acme: World) -> None:
    placed = DepartmentMember.objects.of_department(acme.billing).values("member_id")
    rows = Membership.objects.order_by("name")

    inside, outside = rows.filter(pk__in=placed), rows.exclude(pk__in=placed)

    assert pipeline_of(inside) == ["$match", "$sort", "$project"]
    assert names(inside) == ["Agent2"]
    assert names(outside) == ["Admin", "Agent", "Customer", "Manager"]
    assert names(rows.filter(Q(pk__in=placed) | Q(name="Admin"))) == ["Admin", "Agent2"]
    assert names(rows.filter(pk__in=placed.none())) == []
    assert rows.exclude(pk__in=placed.none()).count() == 5


def test_a_grouped_page_counts_all_of_its_rows() -> None:
    rows = Department.objects.annotate(people=Count("places")).order_by("name")

    assert [(each.name, each.people) for each in rows[:1]] == [("Billing", 1)]
