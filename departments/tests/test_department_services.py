"""create_department, update_department, archive_department: effects, events, refusals."""

from typing import Any

import pytest

from accounts.models import Membership
from accounts.tests.factories import actor_for
from companies.models import CompanyState
from conftest import World
from departments.models import Department, DepartmentMember
from departments.services import archive_department, create_department, update_department
from departments.tests.factories import make_department
from tokdesk.common.actor import system_actor
from tokdesk.common.errors import Conflict, Denied, Invalid, NotFound
from tokdesk.common.models import Event
from tokdesk.common.tenancy import company_scope
from tokdesk.common.testing import recorded_events
from tokdesk.common.versions import StaleVersion
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


def access_version(world: World) -> int:
    return CompanyState.unscoped.get(company=world.company).access_version


def now(department: Department) -> Department:
    return Department.unscoped.get(pk=department.pk)


def people_in(department: Department) -> set[str]:
    places = DepartmentMember.unscoped.filter(department=department)
    return set(places.values_list("member__name", flat=True))


def payload_of(type_: str) -> Any:
    return Event.objects.filter(type=type_).latest("id").payload


def test_a_department_is_made_and_announced(acme: World) -> None:
    before = access_version(acme)

    with recorded_events() as events:
        sales = create_department(
            actor=actor_for(acme.admin), name="Sales", description="Offers and orders."
        )

    assert events == ["department.created"]
    event = Event.objects.get(type="department.created")
    assert event.payload == {"department_id": str(sales.id)}
    assert (event.company_id, event.stream) == (acme.company.id, f"department:{sales.id}")
    assert event.actor_member == acme.admin.id
    assert (now(sales).name, now(sales).name_key) == ("Sales", "sales")
    assert (now(sales).company_id, now(sales).head, now(sales).is_default) == (
        acme.company.id,
        None,
        False,
    )
    assert access_version(acme) == before


def test_a_head_is_placed_in_the_new_department(acme: World) -> None:
    before = access_version(acme)

    with recorded_events() as events:
        sales = create_department(actor=actor_for(acme.admin), name="Sales", head=acme.agent)

    assert events == ["department.created", "department.member_added"]
    assert (now(sales).head, people_in(sales)) == (acme.agent, {"Agent"})
    assert access_version(acme) == before + 1


@pytest.mark.parametrize("who", ["manager", "agent", "customer"])
def test_only_an_admin_makes_and_archives(acme: World, who: str) -> None:
    actor = actor_for(getattr(acme, who))

    with nothing_changes():
        with pytest.raises(Denied):
            create_department(actor=actor, name="Sales")
        with pytest.raises(Denied):
            archive_department(actor=actor, department=acme.support, move_to=acme.billing)


def test_the_desk_itself_makes_departments_in_a_named_company_alone(acme: World) -> None:
    made = create_department(actor=system_actor(acme.company.id), name="Sales")

    assert made.company_id == acme.company.id
    with nothing_changes(), pytest.raises(Denied):
        create_department(actor=system_actor(), name="Other")


@pytest.mark.parametrize("name", ["Support", "SUPPORT", "support"])
def test_a_taken_name_is_refused(acme: World, name: str) -> None:
    with nothing_changes():
        with pytest.raises(Conflict) as made:
            create_department(actor=actor_for(acme.admin), name=name, head=acme.agent)
        with pytest.raises(Conflict) as changed:
            update_department(
                actor=actor_for(acme.admin), department=acme.billing, changes={"name": name}
            )

    assert made.value.code == changed.value.code == "name_taken"


@pytest.mark.parametrize("who", ["customer", "deactivated", "removed"])
def test_a_head_is_active_staff(acme: World, who: str) -> None:
    people = {"customer": acme.customer, "deactivated": acme.agent, "removed": acme.agent2}
    rows = Membership.unscoped
    rows.filter(pk=acme.agent.pk).update(status="deactivated")
    rows.filter(pk=acme.agent2.pk).update(is_deleted=True)
    actor, head = actor_for(acme.admin), people[who]

    with nothing_changes():
        with pytest.raises(Invalid) as made:
            create_department(actor=actor, name="Sales", head=head)
        with pytest.raises(Invalid) as changed:
            update_department(actor=actor, department=acme.billing, changes={"head": head})

    for refusal in (made, changed):
        assert [fault.code for fault in refusal.value.fields["head"]] == ["not_staff"]


def test_a_department_is_changed_counted_and_announced(acme: World) -> None:
    before = access_version(acme)

    with recorded_events() as events:
        department = update_department(
            actor=actor_for(acme.manager),
            department=acme.support,
            changes={"name": "Care", "description": "We care."},
            expected=1,
        )

    assert events == ["department.changed"]
    assert payload_of("department.changed") == {
        "department_id": str(acme.support.id),
        "fields": ["description", "name"],
    }
    assert (department.name, now(department).name_key) == ("Care", "care")
    assert now(department).version == department.version == 2
    assert access_version(acme) == before


def test_the_same_again_is_no_change(acme: World) -> None:
    with nothing_changes():
        department = update_department(
            actor=actor_for(acme.admin),
            department=acme.support,
            changes={"name": "Support", "description": ""},
        )

    assert department.version == 1


def test_a_department_may_spell_its_own_name_otherwise(acme: World) -> None:
    update_department(
        actor=actor_for(acme.admin), department=acme.support, changes={"name": "SUPPORT"}
    )

    assert (now(acme.support).name, now(acme.support).name_key) == ("SUPPORT", "support")


@pytest.mark.parametrize("changes", [{"name": "Care"}, {"head": None}, {"is_default": True}])
def test_a_stale_change_is_refused(acme: World, changes: Any) -> None:
    with nothing_changes(), pytest.raises(StaleVersion):
        update_department(
            actor=actor_for(acme.admin), department=acme.billing, changes=changes, expected=2
        )


def test_a_new_head_is_placed_and_announced(acme: World) -> None:
    before = access_version(acme)

    with recorded_events() as events:
        update_department(
            actor=actor_for(acme.admin), department=acme.billing, changes={"head": acme.manager}
        )

    assert events == [
        "department.changed",
        "department.head_changed",
        "department.member_added",
    ]
    assert payload_of("department.head_changed") == {
        "department_id": str(acme.billing.id),
        "old": None,
        "new": str(acme.manager.id),
    }
    assert people_in(acme.billing) == {"Agent2", "Manager"}
    assert access_version(acme) == before + 1


def test_a_head_from_among_the_members_gets_no_second_place(acme: World) -> None:
    with recorded_events() as events:
        update_department(
            actor=actor_for(acme.admin), department=acme.support, changes={"head": acme.agent}
        )

    assert events == ["department.changed", "department.head_changed"]
    assert people_in(acme.support) == {"Agent", "Manager"}


def test_a_headship_ends_and_the_place_stays(acme: World) -> None:
    update_department(actor=actor_for(acme.admin), department=acme.support, changes={"head": None})

    assert (now(acme.support).head, people_in(acme.support)) == (None, {"Agent", "Manager"})


def test_being_the_default_is_handed_over(acme: World) -> None:
    with recorded_events() as events:
        update_department(
            actor=actor_for(acme.admin), department=acme.billing, changes={"is_default": True}
        )

    assert events == ["department.changed", "department.changed"]
    assert (now(acme.support).is_default, now(acme.support).version) == (False, 2)
    assert (now(acme.billing).is_default, now(acme.billing).version) == (True, 2)


def test_a_company_is_not_left_without_a_default(acme: World) -> None:
    with nothing_changes(), pytest.raises(Invalid) as refusal:
        update_department(
            actor=actor_for(acme.admin), department=acme.support, changes={"is_default": False}
        )

    assert [fault.code for fault in refusal.value.fields["is_default"]] == ["invalid"]


def test_what_is_no_default_may_say_so(acme: World) -> None:
    with recorded_events() as events:
        update_department(
            actor=actor_for(acme.admin), department=acme.billing, changes={"is_default": False}
        )

    assert (events, now(acme.billing).version) == ([], 1)


@pytest.mark.parametrize("department", ["support", "billing"])
@pytest.mark.parametrize("field", ["head", "is_default"])
def test_head_and_default_are_not_a_managers(acme: World, department: str, field: str) -> None:
    row = getattr(acme, department)
    changes = {"name": "Mine", field: getattr(row, field)}

    with nothing_changes(), pytest.raises(Denied):
        update_department(actor=actor_for(acme.manager), department=row, changes=changes)


def test_a_manager_changes_no_other_department(acme: World) -> None:
    with nothing_changes(), pytest.raises(Denied):
        update_department(
            actor=actor_for(acme.manager), department=acme.billing, changes={"name": "Mine"}
        )


def test_a_manager_runs_where_placed_also_without_being_head(acme: World) -> None:
    sales = make_department(acme.company, "Sales", acme.manager, head=None)

    update_department(actor=actor_for(acme.manager), department=sales, changes={"name": "Offers"})

    assert now(sales).name == "Offers"


@pytest.mark.parametrize("who", ["agent", "customer"])
def test_nobody_below_changes_a_department(acme: World, who: str) -> None:
    with nothing_changes(), pytest.raises(Denied):
        update_department(
            actor=actor_for(getattr(acme, who)), department=acme.support, changes={"name": "x"}
        )


def test_nobody_reaches_into_another_company(acme: World, globex: World) -> None:
    actor = actor_for(acme.admin)

    with nothing_changes():
        with pytest.raises(Denied):
            update_department(actor=actor, department=globex.support, changes={"name": "x"})
        with pytest.raises(Denied):
            archive_department(actor=actor, department=globex.support, move_to=globex.billing)


def test_an_archived_department_leaves_everything_to_the_other(acme: World) -> None:
    before = access_version(acme)

    with recorded_events() as events:
        archived = archive_department(
            actor=actor_for(acme.admin), department=acme.support, move_to=acme.billing
        )

    assert events == ["department.changed", "department.archived"]
    assert payload_of("department.archived") == {
        "department_id": str(acme.support.id),
        "move_to": str(acme.billing.id),
    }
    assert payload_of("department.changed") == {
        "department_id": str(acme.billing.id),
        "fields": ["is_default"],
    }
    stored = now(acme.support)
    assert (stored.is_deleted, stored.is_default, stored.version) == (True, False, 2)
    assert (stored.archived_into, stored.deleted_at) == (acme.billing, archived.deleted_at)
    assert now(acme.billing).is_default is True
    assert (people_in(acme.support), people_in(acme.billing)) == (set(), {"Agent2"})
    assert access_version(acme) == before + 1


def test_the_default_stays_when_another_one_is_archived(acme: World) -> None:
    with recorded_events() as events:
        archive_department(
            actor=actor_for(acme.admin), department=acme.billing, move_to=acme.support
        )

    assert events == ["department.archived"]
    assert (now(acme.support).is_default, now(acme.support).version) == (True, 1)


def test_an_archived_name_is_free(acme: World) -> None:
    archive_department(actor=actor_for(acme.admin), department=acme.billing, move_to=acme.support)

    again = create_department(actor=actor_for(acme.admin), name="Billing")

    with company_scope(acme.company.id):
        assert Department.objects.named("billing").get() == again


def test_nothing_is_archived_into_itself(acme: World) -> None:
    with nothing_changes(), pytest.raises(Invalid) as refusal:
        archive_department(
            actor=actor_for(acme.admin), department=acme.support, move_to=acme.support
        )

    assert refusal.value.code == "same_department"
    assert [fault.code for fault in refusal.value.fields["move_to"]] == ["same_department"]


def test_what_was_archived_meanwhile_is_gone(acme: World) -> None:
    Department.unscoped.filter(pk=acme.billing.pk).update(is_deleted=True)
    actor = actor_for(acme.admin)

    with nothing_changes():
        with pytest.raises(NotFound):
            archive_department(actor=actor, department=acme.billing, move_to=acme.support)
        with pytest.raises(NotFound):
            update_department(actor=actor, department=acme.billing, changes={"name": "x"})
        with pytest.raises(Invalid) as refusal:
            archive_department(actor=actor, department=acme.support, move_to=acme.billing)

    assert [fault.code for fault in refusal.value.fields["move_to"]] == ["does_not_exist"]
