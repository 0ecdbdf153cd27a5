"""What the database itself refuses about people."""

from typing import Any

import pytest
from django.db import IntegrityError

from accounts.models import Membership, Registration, User
from accounts.tests.factories import make_member, make_user
from conftest import World
from tokdesk.common.db import try_insert
from tokdesk.common.errors import TenancyError
from tokdesk.common.roles import Role
from tokdesk.common.tenancy import ScopeError, company_scope

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


def test_two_living_accounts_never_share_an_address() -> None:
    make_user("lara@work.example")

    with pytest.raises(IntegrityError):
        make_user("lara@work.example")


def test_deleted_accounts_may_share_one_with_a_living_one() -> None:
    for deleted in (True, True, False):
        make_user("lara@work.example", is_deleted=deleted)

    assert User.objects.by_email("LARA@work.example").count() == 1


def test_a_person_is_in_a_company_once(acme: World) -> None:
    with company_scope(acme.company.id):
        second = Membership(
            company=acme.company, user=acme.agent.user, role=Role.USER, name="Again"
        )
        assert not try_insert(second)


def test_an_address_stands_once_in_a_company(acme: World, globex: World) -> None:
    with pytest.raises(IntegrityError):
        make_member(acme.company, Role.USER, "agent@acme.example", user=None)


def test_contacts_without_an_address_do_not_collide(acme: World, globex: World) -> None:
    for world in (acme, acme, globex):
        with company_scope(world.company.id):
            contact = Membership(company=world.company, role=Role.USER, name="No address")
            assert try_insert(contact)


def test_removed_members_keep_nobody_out(acme: World) -> None:
    Membership.unscoped.filter(pk=acme.agent.pk).update(is_deleted=True)

    again = make_member(acme.company, Role.AGENT, "agent@acme.example")

    assert again.user_id == acme.agent.user_id


def test_a_membership_is_written_in_its_own_company_alone(acme: World, globex: World) -> None:
    with pytest.raises(ScopeError):
        acme.agent.save()
    with company_scope(globex.company.id), pytest.raises(TenancyError):
        acme.agent.save()


def test_memberships_and_registrations_are_not_read_without_a_company(acme: World) -> None:
    for model in (Membership, Registration):
        with pytest.raises(ScopeError):
            model.objects.count()


@pytest.mark.parametrize(
    ("fields", "can"),
    [
        ({}, True),
        ({"is_active": False}, False),
        ({"is_deleted": True}, False),
    ],
)
def test_who_can_sign_in(fields: dict[str, Any], can: bool) -> None:
    assert make_user(**fields).can_sign_in is can


@pytest.mark.parametrize("is_super_admin", [True, False])
def test_only_platform_staff_have_djangos_rights(is_super_admin: bool) -> None:
    user = make_user(is_super_admin=is_super_admin)
    closed = make_user("closed@tokdesk.example", is_super_admin=True, is_active=False)

    assert (user.is_staff, user.has_perm("accounts.view_user")) == (is_super_admin, is_super_admin)
    assert user.has_module_perms("accounts") is is_super_admin
    assert not closed.has_perm("accounts.view_user")


def test_an_address_is_kept_in_one_form() -> None:
    user = User(name="Lara", email="Lara@Work.Example")

    user.clean()

    assert user.email == "lara@work.example"


@pytest.mark.parametrize("role", ["super_admin", "owner", ""])
def test_no_other_role_is_ever_stored(acme: World, role: str) -> None:
    with pytest.raises(IntegrityError):
        Membership.unscoped.filter(pk=acme.agent.pk).update(role=role)


def test_an_external_id_stands_once_in_a_company(acme: World, globex: World) -> None:
    for world in (acme, globex):
        Membership.unscoped.filter(pk=world.agent.pk).update(external_id="E-1")
    Membership.unscoped.filter(pk=acme.manager.pk).update(external_id="E-1", is_deleted=True)

    with pytest.raises(IntegrityError):
        Membership.unscoped.filter(pk=acme.agent2.pk).update(external_id="E-1")
