"""What the database itself refuses, and what a query finds."""

import pytest
from django.db import IntegrityError

from accounts.models import User
from accounts.tests.factories import actor_for
from conftest import World
from departments.models import Department, DepartmentMember
from departments.querysets import LONGEST_KEY, LONGEST_NAME, folded
from departments.services import own_department_ids
from departments.tests.factories import make_department
from tokdesk.common.actor import system_actor
from tokdesk.common.db import try_insert
from tokdesk.common.errors import TenancyError
from tokdesk.common.tenancy import ScopeError, company_scope

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Sales", "sales"),
        ("Straße", "STRASSE"),
        ("Café", "CAFE\u0301"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ("المبيعات", "المبيعات"),
    ],
)
def test_two_living_departments_never_share_a_name(acme: World, one: str, two: str) -> None:
    make_department(acme.company, one)

    with pytest.raises(IntegrityError):
        make_department(acme.company, two)


@pytest.mark.parametrize(("one", "two"), [("Sales", "Sale"), ("فرع", "فروع"), ("i", "ı")])
def test_other_names_are_other_departments(acme: World, one: str, two: str) -> None:
    made = [make_department(acme.company, name).name_key for name in (one, two)]

    assert len(set(made)) == 2


def test_other_companies_and_archived_departments_do_not_take_a_name(
    acme: World, globex: World
) -> None:
    for deleted in (True, True, False):
        make_department(acme.company, "Sales", is_deleted=deleted)
    make_department(globex.company, "Sales")

    with company_scope(acme.company.id):
        assert Department.objects.named("SALES").count() == 1


def test_there_is_one_default_in_a_company(acme: World, globex: World) -> None:
    make_department(acme.company, "Old", is_default=True, is_deleted=True)

    with pytest.raises(IntegrityError):
        make_department(acme.company, "General", is_default=True)


def test_a_person_has_one_place_in_a_department(acme: World) -> None:
    again = DepartmentMember(company=acme.company, department=acme.support, member=acme.agent)
    other = DepartmentMember(company=acme.company, department=acme.billing, member=acme.agent)

    with company_scope(acme.company.id):
        assert not try_insert(again)
        assert try_insert(other)


@pytest.mark.parametrize("letter", ["\u0390", "\ufb03", "\u1fb7", "ß"])
def test_the_longest_folded_name_fits(acme: World, letter: str) -> None:
    key = folded(letter * LONGEST_NAME)

    assert len(key) <= LONGEST_KEY
    assert make_department(acme.company, letter * LONGEST_NAME).name_key == key


def test_folding_is_done_once_for_all() -> None:
    names = ["Straße", "CAFE\u0301", "ﬃ", "\u0345", "ᾳ", "İ", "ǰ"]

    assert [folded(folded(name)) for name in names] == [folded(name) for name in names]


def test_rows_are_not_read_without_a_company(acme: World) -> None:
    for model in (Department, DepartmentMember):
        with pytest.raises(ScopeError):
            model.objects.count()


def test_nobody_of_another_company_heads_or_is_placed(acme: World, globex: World) -> None:
    with company_scope(acme.company.id):
        acme.support.head = globex.manager
        with pytest.raises(TenancyError):
            acme.support.save()
        with pytest.raises(TenancyError):
            DepartmentMember(
                company=acme.company, department=acme.support, member=globex.agent
            ).save()


@pytest.mark.parametrize("who", ["admin", "manager", "agent", "agent2", "customer"])
def test_everybody_sees_the_living_departments_of_the_own_company(
    acme: World, globex: World, who: str
) -> None:
    make_department(acme.company, "Old", is_deleted=True)
    actor = actor_for(getattr(acme, who))

    with company_scope(acme.company.id):
        found = set(Department.objects.visible_to(actor))

    assert found == {acme.support, acme.billing}


def test_who_has_no_company_sees_no_department(acme: World, staff: User) -> None:
    with company_scope(acme.company.id):
        for actor in (actor_for(staff), system_actor()):
            assert not Department.objects.visible_to(actor).exists()
            assert not DepartmentMember.objects.visible_to(actor).exists()


@pytest.mark.parametrize(
    ("who", "count"), [("admin", 3), ("manager", 3), ("agent", 3), ("customer", 0)]
)
def test_staff_see_who_is_placed_where(acme: World, globex: World, who: str, count: int) -> None:
    with company_scope(acme.company.id):
        assert DepartmentMember.objects.visible_to(actor_for(getattr(acme, who))).count() == count


def test_a_person_is_found_in_the_own_departments(acme: World, globex: World) -> None:
    sales = make_department(acme.company, "Sales", acme.agent)
    make_department(acme.company, "Old", acme.agent, is_deleted=True)

    with company_scope(acme.company.id):
        assert set(Department.objects.of_member(acme.agent.id)) == {acme.support, sales}
        assert list(Department.objects.of_member(globex.agent.id)) == []
        assert list(Department.objects.default()) == [acme.support]


def test_counting_places_and_finding_a_person_do_not_mix(acme: World) -> None:
    with company_scope(acme.company.id):
        found = Department.objects.of_member(acme.agent.id).with_details().get()

    assert found.member_count == 2


def test_own_departments_are_those_where_one_is_placed(
    acme: World, globex: World, staff: User, django_assert_num_queries
) -> None:
    sales = make_department(acme.company, "Sales", acme.manager)

    with django_assert_num_queries(1):
        own = own_department_ids(actor_for(acme.manager))

    assert own == {acme.support.id, sales.id}
    assert own_department_ids(actor_for(acme.agent2)) == {acme.billing.id}
    assert own_department_ids(actor_for(acme.admin)) == frozenset()
    assert own_department_ids(actor_for(staff)) == frozenset()
    assert own_department_ids(system_actor(acme.company.id)) == frozenset()


def test_a_customer_has_no_own_department_even_with_a_place_left(acme: World) -> None:
    make_department(acme.company, "Sales", acme.customer)

    assert own_department_ids(actor_for(acme.customer)) == frozenset()


def test_an_archived_department_is_nobodys_own(acme: World) -> None:
    make_department(acme.company, "Old", acme.agent2, is_deleted=True)

    assert own_department_ids(actor_for(acme.agent2)) == {acme.billing.id}
