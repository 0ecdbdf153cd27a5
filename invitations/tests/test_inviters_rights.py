"""Whoever sent an invitation has to be able to send it still when it is used."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from accounts.services.members import deactivate_member, reactivate_member
from accounts.services.platform import deactivate_account, reactivate_account
from accounts.tests.factories import actor_for, change_role, make_member
from conftest import World
from departments.services import (
    add_department_member,
    archive_department,
    remove_department_member,
)
from departments.tests.factories import make_department
from invitations.models import Invitation
from invitations.services import invite_admin
from invitations.tests.factories import EMAIL, entry, make_invitation, now
from tokdesk.common.actor import system_actor
from tokdesk.common.roles import Role
from tokdesk.common.tenancy import company_scope
from tokdesk.common.testing import ApiClient
from tokdesk.tests.answers import outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

GONE = [(410, "gone")] * 2
IN = [(200, ""), (201, "")]


def tried(token: str) -> list[tuple[int, str]]:
    """What preview and accept answer."""
    answers = [
        ApiClient().post("invitations/preview/", {"token": token}),
        ApiClient().post("invitations/accept/", entry(token)),
    ]
    return [outcome(answer) for answer in answers]


def refused(token: str) -> list[tuple[int, str]]:
    with nothing_changes():
        return tried(token)


@pytest.fixture
def boss(acme: World) -> Any:
    """A second admin, so that the first can lose the role."""
    return actor_for(make_member(acme.company, Role.COMPANY_ADMIN, "boss@acme.example"))


def remove(world: World, boss: Any) -> None:
    remove_department_member(actor=boss, department=world.support, member=world.manager)


LOSSES: dict[str, Callable[[World, Any], Any]] = {
    "made an agent": lambda world, boss: change_role(
        actor=boss, member=world.manager, role=Role.AGENT
    ),
    "made a customer": lambda world, boss: change_role(
        actor=boss, member=world.manager, role=Role.USER
    ),
    "deactivated": lambda world, boss: deactivate_member(actor=boss, member=world.manager),
    "account closed": lambda world, boss: deactivate_account(
        actor=system_actor(), user=world.manager.user
    ),
    "out of the department": remove,
}


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES.keys())
def test_a_manager_who_lost_the_right_lets_nobody_in(
    acme: World, boss: Any, loss: Callable[[World, Any], Any]
) -> None:
    row, token = make_invitation(acme.manager, department=acme.support)
    loss(acme, boss)

    assert refused(token) == GONE

    assert now(row).status == "pending"


def test_the_right_given_back_lets_in_again(acme: World, boss: Any) -> None:
    _row, token = make_invitation(acme.manager, department=acme.support)

    deactivate_member(actor=boss, member=acme.manager)
    assert refused(token) == GONE
    reactivate_member(actor=boss, member=acme.manager)
    deactivate_account(actor=system_actor(), user=acme.manager.user)
    assert refused(token) == GONE
    reactivate_account(actor=system_actor(), user=acme.manager.user)
    remove_department_member(actor=boss, department=acme.support, member=acme.manager)
    assert refused(token) == GONE
    add_department_member(actor=boss, department=acme.support, member=acme.manager)

    assert tried(token) == IN


@pytest.mark.parametrize(
    ("role", "department", "may"),
    [
        ("agent", "support", True),
        ("user", "support", True),
        ("agent", "billing", False),
        ("agent", None, False),
        ("manager", "support", False),
        ("company_admin", None, False),
    ],
)
def test_an_admin_who_became_a_manager_lets_in_what_a_manager_may(
    acme: World, boss: Any, role: str, department: str | None, may: bool
) -> None:
    place = getattr(acme, department) if department else None
    _row, token = make_invitation(acme.admin, role=role, department=place)
    change_role(actor=boss, member=acme.admin, role=Role.MANAGER)
    add_department_member(actor=boss, department=acme.support, member=acme.admin)

    assert (tried if may else refused)(token) == (IN if may else GONE)


def test_a_manager_who_became_an_admin_lets_in_everybody(acme: World, boss: Any) -> None:
    _row, token = make_invitation(acme.manager, department=acme.support)
    remove(acme, boss)
    change_role(actor=boss, member=acme.manager, role=Role.COMPANY_ADMIN)

    assert tried(token) == IN


@pytest.mark.parametrize("may", [True, False])
def test_after_an_archive_the_manager_needs_a_place_in_the_other_department(
    acme: World, boss: Any, may: bool
) -> None:
    old = make_department(acme.company, "Old", acme.manager)
    target = acme.support if may else acme.billing
    _row, token = make_invitation(acme.manager, department=old)
    archive_department(actor=boss, department=old, move_to=target)

    assert (tried if may else refused)(token) == (IN if may else GONE)


@pytest.mark.parametrize("loss", [{"is_super_admin": False}, {"is_active": False}])
def test_who_has_left_the_platforms_staff_lets_nobody_in(
    acme: World, staff: User, loss: dict[str, bool]
) -> None:
    _row, token = make_invitation(staff, role=Role.COMPANY_ADMIN, company=acme.company)
    User.objects.filter(pk=staff.pk).update(**loss)

    assert refused(token) == GONE


def test_platform_staff_let_in_an_admin(acme: World, staff: User) -> None:
    _row, token = make_invitation(staff, role=Role.COMPANY_ADMIN, company=acme.company)

    assert tried(token) == IN


def test_platform_staff_let_in_nobody_but_admins(acme: World, staff: User) -> None:
    _row, token = make_invitation(staff, role=Role.AGENT, company=acme.company)

    assert refused(token) == GONE


def test_what_an_operator_sent_needs_no_person_behind_it(acme: World) -> None:
    with company_scope(acme.company.id):
        row = invite_admin(actor=system_actor(acme.company.id), company=acme.company, email=EMAIL)

    stored = Invitation.unscoped.get(pk=row.pk)
    assert (stored.invited_by_id, stored.staff_inviter_id) == (None, None)
    assert stored.role == "company_admin"
