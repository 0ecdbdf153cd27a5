"""What platform staff and operators do to accounts."""

from typing import Any

import pytest

from accounts.models import Session, User
from accounts.services.platform import (
    create_account,
    deactivate_account,
    end_account_session,
    end_account_sessions,
    reactivate_account,
    send_password_reset,
)
from accounts.tests.factories import actor_for, make_member, make_user, sign_in_as
from accounts.tests.forms import GOOD_PASSWORD
from conftest import World, client_of
from notifications.tests.mailbox import delivered
from tokdesk.common.actor import system_actor
from tokdesk.common.errors import Conflict, Denied, Invalid
from tokdesk.common.models import Event
from tokdesk.common.roles import Role
from tokdesk.common.testing import recorded_events
from tokdesk.tests.answers import outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


def test_an_account_is_closed_everywhere_at_once(acme: World, globex: World, staff: User) -> None:
    elsewhere = sign_in_as(make_member(globex.company, Role.USER, "agent@acme.example"))
    client = client_of(acme.agent)

    with recorded_events() as events:
        user = deactivate_account(actor=actor_for(staff), user=acme.agent.user)

    assert (user.is_active, user.version) == (False, 2)
    assert events == ["session.ended", "session.ended", "account.deactivated"]
    assert outcome(client.get("me/")) == (401, "session_ended")
    assert Session.objects.get(pk=elsewhere.pk).end_reason == "deactivated"
    event = Event.objects.get(type="account.deactivated")
    assert (event.company_id, event.actor_user) == (None, staff.id)


def test_closing_twice_is_once(acme: World, staff: User) -> None:
    deactivate_account(actor=actor_for(staff), user=acme.agent.user)

    with nothing_changes():
        deactivate_account(actor=actor_for(staff), user=acme.agent.user)


def test_an_account_is_opened_again_without_its_sessions(acme: World, staff: User) -> None:
    client = client_of(acme.agent)
    deactivate_account(actor=actor_for(staff), user=acme.agent.user)

    with recorded_events() as events:
        reactivate_account(actor=actor_for(staff), user=acme.agent.user)

    assert events == ["account.reactivated"]
    assert client.get("me/").status_code == 401
    assert client_of(acme.agent).get("me/").status_code == 200


def test_nobody_closes_the_own_account(staff: User) -> None:
    with nothing_changes(), pytest.raises(Conflict) as refusal:
        deactivate_account(actor=actor_for(staff), user=staff)

    assert refusal.value.code == "own_account"


@pytest.mark.parametrize("who", ["admin", "manager", "agent", "customer"])
@pytest.mark.parametrize(
    "service",
    [deactivate_account, reactivate_account, end_account_sessions, send_password_reset],
)
def test_nobody_in_a_company_touches_accounts(acme: World, who: str, service: Any) -> None:
    actor = actor_for(getattr(acme, who))
    sign_in_as(acme.agent2)

    with nothing_changes(), pytest.raises(Denied):
        service(actor=actor, user=acme.agent2.user)


def test_a_person_is_signed_out_everywhere(acme: World, staff: User) -> None:
    client = client_of(acme.agent)
    sign_in_as(acme.agent)

    ended = end_account_sessions(actor=actor_for(staff), user=acme.agent.user)

    assert ended == 2
    assert outcome(client.get("me/")) == (401, "session_ended")
    acme.agent.user.refresh_from_db()
    assert acme.agent.user.is_active


def test_one_device_is_signed_out_once(acme: World, staff: User) -> None:
    session, other = sign_in_as(acme.agent), sign_in_as(acme.agent)

    ended = [end_account_session(actor=actor_for(staff), session=session) for _ in range(2)]

    assert ended == [1, 0]
    assert Session.objects.get(pk=other.pk).ended_at is None


def test_a_device_is_not_signed_out_by_somebody_in_a_company(acme: World) -> None:
    session = sign_in_as(acme.agent)

    with nothing_changes(), pytest.raises(Denied):
        end_account_session(actor=actor_for(acme.admin), session=session)


def test_a_reset_is_mailed_to_the_person_alone(acme: World, staff: User) -> None:
    with delivered() as mails:
        send_password_reset(actor=actor_for(staff), user=acme.agent.user)

    assert [mail.to for mail in mails] == [["agent@acme.example"]]


def test_a_closed_account_gets_no_reset(acme: World, staff: User) -> None:
    deactivate_account(actor=actor_for(staff), user=acme.agent.user)

    with nothing_changes(), pytest.raises(Conflict) as refusal:
        send_password_reset(actor=actor_for(staff), user=acme.agent.user)

    assert refusal.value.code == "account_deactivated"


def test_an_operator_makes_an_account() -> None:
    user = create_account(
        actor=system_actor(), name="Lara", email="Lara@Work.Example", password=GOOD_PASSWORD
    )

    assert (user.email, user.is_super_admin) == ("lara@work.example", False)
    assert user.check_password(GOOD_PASSWORD)


def test_an_address_has_one_account() -> None:
    make_user("lara@work.example")

    with nothing_changes(), pytest.raises(Conflict) as refusal:
        create_account(
            actor=system_actor(),
            name="Other",
            email="LARA@work.example",
            password=GOOD_PASSWORD,
            super_admin=True,
        )

    assert refusal.value.code == "email_taken"


def test_an_operator_gives_no_weak_password() -> None:
    with nothing_changes(), pytest.raises(Invalid) as refusal:
        create_account(actor=system_actor(), name="L", email="l@work.example", password="short")

    assert [fault.code for fault in refusal.value.fields["password"]] == ["password_too_short"]


@pytest.mark.parametrize("who", ["admin", "customer"])
def test_nobody_in_a_company_makes_accounts(acme: World, who: str) -> None:
    with nothing_changes(), pytest.raises(Denied):
        create_account(
            actor=actor_for(getattr(acme, who)),
            name="Evil",
            email="evil@work.example",
            password=GOOD_PASSWORD,
            super_admin=True,
        )
