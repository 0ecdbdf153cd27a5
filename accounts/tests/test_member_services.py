"""update_member by its role, deactivate_member, reactivate_member, add_member."""

from typing import Any

import pytest

from accounts.models import Membership, Session, User
from accounts.services.members import (
    add_member,
    deactivate_member,
    reactivate_member,
)
from accounts.tests.factories import actor_for, change_role, make_member, make_user, sign_in_as
from companies.models import CompanyState
from conftest import World, client_of
from tokdesk.common.actor import system_actor
from tokdesk.common.errors import Conflict, Denied, Invalid, NotFound
from tokdesk.common.models import Event
from tokdesk.common.roles import Role
from tokdesk.common.testing import recorded_events
from tokdesk.tests.answers import outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


def access_version(world: World) -> int:
    return CompanyState.unscoped.get(company=world.company).access_version


def test_a_role_is_changed_counted_and_announced(acme: World) -> None:
    before = access_version(acme)

    with recorded_events() as events:
        member = change_role(actor=actor_for(acme.admin), member=acme.agent, role=Role.MANAGER)

    assert (member.role, member.version) == ("manager", 2)
    assert events == ["member.role_changed"]
    event = Event.objects.get(type="member.role_changed")
    assert event.payload == {"member_id": str(member.id), "old": "agent", "new": "manager"}
    assert (event.company_id, event.actor_member) == (acme.company.id, acme.admin.id)
    assert access_version(acme) == before + 1


def test_a_new_role_counts_on_the_next_request(acme: World) -> None:
    client = client_of(acme.agent)

    change_role(actor=actor_for(acme.admin), member=acme.agent, role=Role.USER)

    assert client.get("me/").json()["role"] == "user"


def test_the_same_role_again_is_no_change(acme: World) -> None:
    with recorded_events() as events:
        member = change_role(actor=actor_for(acme.admin), member=acme.agent, role=Role.AGENT)

    assert (member.version, events) == (1, [])


@pytest.mark.parametrize("who", ["manager", "agent", "agent2", "customer"])
def test_only_an_admin_changes_roles_and_withdraws_access(acme: World, who: str) -> None:
    actor = actor_for(getattr(acme, who))

    with nothing_changes():
        for service, facts in ((change_role, {"role": Role.MANAGER}), (deactivate_member, {})):
            with pytest.raises(Denied):
                service(actor=actor, member=acme.agent, **facts)


@pytest.mark.parametrize("role", [Role.COMPANY_ADMIN, Role.MANAGER])
def test_nobody_raises_the_own_role(acme: World, role: str) -> None:
    with nothing_changes(), pytest.raises(Denied):
        change_role(actor=actor_for(acme.agent), member=acme.agent, role=role)


@pytest.mark.parametrize("role", ["super_admin", "owner", "", "COMPANY_ADMIN"])
def test_no_other_role_can_be_given(acme: World, role: str) -> None:
    with nothing_changes(), pytest.raises(Invalid) as refusal:
        change_role(actor=actor_for(acme.admin), member=acme.agent, role=role)

    assert [fault.code for fault in refusal.value.fields["role"]] == ["invalid_choice"]


def test_an_admin_of_another_company_may_do_nothing(acme: World, globex: World) -> None:
    actor = actor_for(globex.admin)

    with nothing_changes():
        for service, facts in (
            (change_role, {"role": Role.MANAGER}),
            (deactivate_member, {}),
            (reactivate_member, {}),
        ):
            with pytest.raises(Denied):
                service(actor=actor, member=acme.agent, **facts)


def test_platform_staff_deactivate_but_give_no_roles(acme: World, staff: User) -> None:
    member = deactivate_member(actor=actor_for(staff), member=acme.agent)

    assert member.status == "deactivated"
    with nothing_changes(), pytest.raises(Denied):
        change_role(actor=actor_for(staff), member=acme.agent2, role=Role.COMPANY_ADMIN)


def test_withdrawing_access_ends_the_sessions_of_this_company_alone(
    acme: World, globex: World
) -> None:
    elsewhere = sign_in_as(make_member(globex.company, Role.USER, "agent@acme.example"))
    clients = [client_of(acme.agent), client_of(acme.agent)]
    before = access_version(acme)

    with recorded_events() as events:
        member = deactivate_member(actor=actor_for(acme.admin), member=acme.agent)

    assert (member.status, member.version) == ("deactivated", 2)
    assert events == ["session.ended", "session.ended", "member.deactivated"]
    assert [outcome(client.get("me/")) for client in clients] == [(401, "session_ended")] * 2
    reasons = Session.objects.filter(member=acme.agent).values_list("end_reason", flat=True)
    assert set(reasons) == {"deactivated"}
    assert Session.objects.get(pk=elsewhere.pk).ended_at is None
    assert access_version(acme) > before


def test_withdrawing_twice_is_once(acme: World) -> None:
    deactivate_member(actor=actor_for(acme.admin), member=acme.agent)

    with recorded_events() as events:
        member = deactivate_member(actor=actor_for(acme.admin), member=acme.agent)

    assert (member.version, events) == (2, [])


def test_access_is_given_back_but_no_session(acme: World) -> None:
    client = client_of(acme.agent)
    deactivate_member(actor=actor_for(acme.admin), member=acme.agent)

    with recorded_events() as events:
        member = reactivate_member(actor=actor_for(acme.admin), member=acme.agent)

    assert (member.status, member.version) == ("active", 3)
    assert events == ["member.reactivated"]
    assert outcome(client.get("me/")) == (401, "session_ended")
    assert client_of(acme.agent).get("me/").status_code == 200


def test_giving_back_what_is_there_is_no_change(acme: World) -> None:
    # The counter of rights is also the lock that such deeds wait behind.
    with nothing_changes(without=("companies.CompanyState",)):
        member = reactivate_member(actor=actor_for(acme.admin), member=acme.agent)

    assert member.version == 1


@pytest.mark.parametrize(
    "service", [lambda **facts: change_role(role=Role.USER, **facts), deactivate_member]
)
def test_a_member_who_was_removed_meanwhile_is_gone(acme: World, service: Any) -> None:
    Membership.unscoped.filter(pk=acme.agent.pk).update(is_deleted=True)

    with nothing_changes(), pytest.raises(NotFound):
        service(actor=actor_for(acme.admin), member=acme.agent)


def test_an_operator_adds_an_account(acme: World) -> None:
    user = make_user("new@acme.example", language="ar")

    with recorded_events() as events:
        member = add_member(
            actor=system_actor(), company=acme.company, user=user, role=Role.MANAGER
        )

    assert events == ["member.added"]
    assert (member.email, member.name, member.language) == ("new@acme.example", "New", "ar")
    assert (member.role, member.company_id) == ("manager", acme.company.id)


def test_an_account_is_in_a_company_once(acme: World) -> None:
    with nothing_changes(), pytest.raises(Conflict) as refusal:
        add_member(
            actor=system_actor(),
            company=acme.company,
            user=acme.agent.user,
            role=Role.COMPANY_ADMIN,
        )

    assert refusal.value.code == "already_member"


@pytest.mark.parametrize("lost", [{"role": Role.AGENT}, {"status": "deactivated"}])
def test_who_lost_the_right_since_the_request_began_changes_nobody(
    acme: World, lost: dict[str, str]
) -> None:
    former = actor_for(acme.admin)
    make_member(acme.company, Role.COMPANY_ADMIN, "second@acme.example")
    Membership.unscoped.filter(pk=acme.admin.pk).update(**lost)

    with nothing_changes():
        for deed in (deactivate_member, reactivate_member):
            with pytest.raises(Denied):
                deed(actor=former, member=acme.agent)
        with pytest.raises(Denied):
            change_role(actor=former, member=acme.agent, role=Role.MANAGER)
