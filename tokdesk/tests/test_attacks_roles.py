"""A07: nobody gets more than they have: refused, nothing changed, and noted once a minute."""

from typing import Any

import pytest

from accounts.models import Membership, User
from accounts.services.members import add_member
from accounts.tests.factories import actor_for, change_role, make_member, make_user
from conftest import World, client_of
from tokdesk.common.errors import Denied, Invalid
from tokdesk.common.ids import new_id
from tokdesk.common.models import Event
from tokdesk.common.roles import Role
from tokdesk.common.testing import without_request_id
from tokdesk.tests.answers import faults, outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

DENIED = (403, "permission_denied")


def noted(world: World) -> list[tuple[Any, str, str | None]]:
    """Who tried what on whom, from the log of this company."""
    rows = Event.objects.filter(company=world.company, type="security.denied").order_by("id")
    return [(row.actor_member, row.payload["permission"], row.payload["object_id"]) for row in rows]


@pytest.mark.parametrize("whom", ["admin", "manager", "agent"])
def test_an_admin_makes_nobody_platform_staff_not_even_oneself(acme: World, whom: str) -> None:
    client, target = client_of(acme.admin), getattr(acme, whom)

    with nothing_changes():
        for _number in range(2):
            answer = client.patch(f"members/{target.id}/", {"role": "super_admin"})
            assert outcome(answer) == (400, "invalid")
            assert faults(answer) == {"role": ["invalid_choice"]}

    assert noted(acme) == [(acme.admin.id, "platform:accounts", str(target.id))]
    assert User.objects.filter(is_super_admin=True).count() == 0


def test_platform_staff_are_nobody_to_an_admin(acme: World, staff: User) -> None:
    client = client_of(acme.admin)

    with nothing_changes():
        for path in ("members", "customers"):
            theirs = client.patch(f"{path}/{staff.id}/", {"name": "Mine"})
            unknown = client.patch(f"{path}/{new_id()}/", {"name": "Mine"})
            assert outcome(theirs) == (404, "not_found")
            assert without_request_id(theirs) == without_request_id(unknown)


def test_the_address_of_platform_staff_makes_a_contact_and_nothing_else(
    acme: World, staff: User
) -> None:
    client = client_of(acme.admin)

    answer = client.post("customers/", {"name": "Super", "email": staff.email})

    assert (answer.status_code, answer.json()["is_registered"]) == (201, False)
    staff.refresh_from_db()
    assert (staff.name, staff.is_super_admin) == ("Super", True)
    assert Membership.unscoped.get(pk=answer.json()["id"]).user_id is None


@pytest.mark.parametrize("who", ["manager", "agent", "customer"])
@pytest.mark.parametrize("role", ["company_admin", "manager", "super_admin"])
def test_nobody_raises_the_own_role_or_anothers(acme: World, who: str, role: str) -> None:
    me = getattr(acme, who)
    client = client_of(me)

    with nothing_changes():
        answers = [
            client.patch(f"members/{each.id}/", {"role": role}) for each in (me, acme.agent2)
        ]

    assert [outcome(answer) for answer in answers] == [DENIED] * 2
    assert noted(acme) == [(me.id, "member:change_role", str(me.id))]


@pytest.mark.parametrize("who", ["manager", "agent", "customer"])
def test_nobody_below_an_admin_shuts_an_admin_out(acme: World, who: str) -> None:
    me = getattr(acme, who)
    client = client_of(me)

    with nothing_changes():
        for _number in range(2):
            answer = client.post(f"members/{acme.admin.id}/deactivate/")
            assert outcome(answer) == DENIED

    assert noted(acme) == [(me.id, "member:deactivate", str(acme.admin.id))]


def test_an_admin_who_was_demoted_meanwhile_is_refused_like_the_others(acme: World) -> None:
    make_member(acme.company, Role.COMPANY_ADMIN, "second@acme.example")
    client = client_of(acme.admin)
    change_role(actor=actor_for(acme.admin), member=acme.admin, role=Role.AGENT)

    with nothing_changes():
        answer = client.patch(f"members/{acme.admin.id}/", {"role": "company_admin"})

    assert outcome(answer) == DENIED
    assert noted(acme) == [(acme.admin.id, "member:change_role", str(acme.admin.id))]


@pytest.mark.parametrize("deed", ["approve", "suspend", "restore"])
def test_an_admin_does_nothing_that_is_the_platforms(acme: World, globex: World, deed: str) -> None:
    client = client_of(acme.admin)
    body = {"reason": "x"} if deed == "suspend" else {}

    with nothing_changes():
        answer = client.post(f"companies/{globex.company.id}/{deed}/", body)

    assert outcome(answer) == DENIED
    assert noted(acme) == [(acme.admin.id, f"company:{deed}", str(globex.company.id))]
    assert noted(globex) == []


@pytest.mark.parametrize("role", [Role.COMPANY_ADMIN, Role.MANAGER])
def test_a_manager_brings_in_nobody_above_an_agent(acme: World, role: str) -> None:
    user = make_user("new@acme.example")

    with nothing_changes(), pytest.raises(Denied) as refusal:
        add_member(actor=actor_for(acme.manager), company=acme.company, user=user, role=role)

    assert refusal.value.permission == "member:invite"


@pytest.mark.parametrize("path", ["invitations/", "invitations/bulk/"])
def test_inviting_platform_staff_is_refused_and_noted(acme: World, path: str) -> None:
    whom = {"emails": ["x@x.example"]} if "bulk" in path else {"email": "x@x.example"}
    client = client_of(acme.admin)

    with nothing_changes():
        answer = client.post(path, {**whom, "role": "super_admin"})

    assert faults(answer) == {"role": ["invalid_choice"]}
    assert Event.objects.filter(type="security.denied").count() == 1


def test_no_service_writes_the_role_of_the_platform(acme: World) -> None:
    with nothing_changes(), pytest.raises(Invalid) as refusal:
        change_role(actor=actor_for(acme.admin), member=acme.agent, role="super_admin")

    assert refusal.value.permission == "platform:accounts"
