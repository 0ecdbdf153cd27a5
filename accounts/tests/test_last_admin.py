"""A company keeps at least one admin, also when two demote each other at once."""

from typing import Any

import pytest

from accounts.models import Membership, User
from accounts.services.members import deactivate_member
from accounts.tests.factories import actor_for, change_role, make_member
from conftest import World
from tokdesk.common.errors import Conflict, Denied
from tokdesk.common.models import Event
from tokdesk.common.roles import Role
from tokdesk.common.testing import race
from tokdesk.tests.rows import nothing_changes

pytestmark = pytest.mark.contract


def demote(actor: Membership, member: Membership) -> Any:
    return change_role(actor=actor_for(actor), member=member, role=Role.AGENT)


def withdraw(actor: Membership, member: Membership) -> Any:
    return deactivate_member(actor=actor_for(actor), member=member)


@pytest.mark.django_db
@pytest.mark.parametrize("deed", [demote, withdraw])
def test_the_last_admin_stays(acme: World, deed: Any) -> None:
    with nothing_changes(), pytest.raises(Conflict) as refusal:
        deed(acme.admin, acme.admin)

    assert (refusal.value.code, refusal.value.status) == ("last_admin", 409)


@pytest.mark.django_db
@pytest.mark.parametrize("deed", [demote, withdraw])
def test_one_of_two_admins_may_go(acme: World, deed: Any) -> None:
    second = make_member(acme.company, Role.COMPANY_ADMIN, "second@acme.example")

    deed(second, acme.admin)

    assert Membership.unscoped.filter(role="company_admin", status="active").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields", [{"status": "deactivated"}, {"is_deleted": True}, {"user": None}]
)
def test_an_admin_who_cannot_act_does_not_count(acme: World, fields: dict[str, Any]) -> None:
    make_member(acme.company, Role.COMPANY_ADMIN, "second@acme.example", **fields)

    with nothing_changes(), pytest.raises(Conflict):
        demote(acme.admin, acme.admin)


@pytest.mark.django_db
def test_an_admin_with_a_closed_account_does_not_count(acme: World) -> None:
    second = make_member(acme.company, Role.COMPANY_ADMIN, "second@acme.example")
    User.objects.filter(pk=second.user_id).update(is_active=False)

    with nothing_changes(), pytest.raises(Conflict):
        demote(acme.admin, acme.admin)


@pytest.mark.django_db
def test_the_admins_of_other_companies_do_not_count(acme: World, globex: World) -> None:
    with nothing_changes(), pytest.raises(Conflict):
        withdraw(acme.admin, acme.admin)


@pytest.mark.django_db
def test_a_deactivated_admin_may_be_demoted(acme: World) -> None:
    second = make_member(
        acme.company, Role.COMPANY_ADMIN, "second@acme.example", status="deactivated"
    )

    assert demote(acme.admin, second).role == "agent"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("first", "second"), [(demote, demote), (withdraw, withdraw), (demote, withdraw)]
)
def test_two_admins_cannot_remove_each_other(acme: World, first: Any, second: Any) -> None:
    other = make_member(acme.company, Role.COMPANY_ADMIN, "second@acme.example")

    results = race(lambda n: first(acme.admin, other) if n == 0 else second(other, acme.admin), 2)

    refused = [each for each in results if isinstance(each, Denied)]
    done = [each for each in results if isinstance(each, Membership)]
    assert (len(refused), len(done)) == (1, 1)
    assert Membership.unscoped.filter(role="company_admin", status="active").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_fifty_admins_who_all_resign_at_once_one_stays(acme: World) -> None:
    admins = [acme.admin] + [
        make_member(acme.company, Role.COMPANY_ADMIN, f"admin{n}@acme.example") for n in range(49)
    ]

    results = race(lambda n: demote(admins[n], admins[n]))

    assert sum(isinstance(each, Membership) for each in results) == 49
    assert [each.code for each in results if isinstance(each, Conflict)] == ["last_admin"]
    assert Membership.unscoped.filter(role="company_admin").count() == 1
    assert Event.objects.filter(type="member.role_changed").count() == 49
