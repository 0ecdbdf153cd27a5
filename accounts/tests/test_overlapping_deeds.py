"""What was proven before a transaction is looked at again inside it."""

import pytest

from accounts.models import Session, User
from accounts.services.credentials import WrongCredentials, hash_password, prove
from accounts.services.members import deactivate_member
from accounts.services.passwords import change_password, request_reset, reset_password
from accounts.services.sessions import start_session
from accounts.tests.factories import NOBODY, PASSWORD, actor_for, sign_in_as
from companies.services import restore_company, suspend_company
from conftest import World, client_of
from tokdesk.common.actor import system_actor
from tokdesk.common.errors import Denied, Invalid, Unauthenticated
from tokdesk.common.tokens import mailed_token

pytestmark = [pytest.mark.django_db, pytest.mark.contract]
NEW = "quite-another-one"


def reset_of(user: User) -> None:
    token = mailed_token("password_reset", request_reset(actor=NOBODY, user=user).id)
    reset_password(actor=NOBODY, token=token, password=NEW)


def test_a_sign_in_that_a_reset_overtakes_opens_nothing(acme: World) -> None:
    proven = prove(actor=NOBODY, email=acme.agent.email, password=PASSWORD)
    assert isinstance(proven, User)
    reset_of(proven)

    with pytest.raises(WrongCredentials):
        start_session(actor=NOBODY, user=proven, member=acme.agent)

    assert Session.objects.count() == 0


def test_a_sign_in_that_a_deactivation_overtakes_opens_nothing(acme: World) -> None:
    user = acme.agent.user
    deactivate_member(actor=actor_for(acme.admin), member=acme.agent)

    with pytest.raises(Denied) as caught:
        start_session(actor=NOBODY, user=user, member=acme.agent)

    assert caught.value.code == "membership_deactivated"
    assert Session.objects.count() == 0


def test_a_change_of_password_does_not_overwrite_a_newer_one(acme: World) -> None:
    session = sign_in_as(acme.agent)
    stale = User.objects.get(pk=acme.agent.user_id)
    actor = actor_for(acme.agent, session_id=session.id)
    hash_before = stale.password
    User.objects.filter(pk=stale.pk).update(password=hash_password(NEW))
    stale.password = hash_before

    with pytest.raises(Invalid) as caught:
        change_password(
            actor=actor, user=stale, current_password=PASSWORD, password="a-third-password"
        )

    assert list(caught.value.fields) == ["current_password"]
    assert User.objects.get(pk=stale.pk).check_password(NEW)


def test_an_ended_session_changes_no_password(acme: World) -> None:
    session = sign_in_as(acme.agent)
    Session.objects.update(ended_at=session.created_at)

    with pytest.raises(Unauthenticated):
        change_password(
            actor=actor_for(acme.agent, session_id=session.id),
            user=User.objects.get(pk=acme.agent.user_id),
            current_password=PASSWORD,
            password=NEW,
        )

    assert User.objects.get(pk=acme.agent.user_id).check_password(PASSWORD)


def test_a_session_from_before_a_suspension_stays_dead_even_if_nobody_tidied_up(
    acme: World,
) -> None:
    """The test's transaction never commits, so no receiver has ended the session."""
    client = client_of(acme.agent)
    suspend_company(actor=system_actor(), company=acme.company, reason="late")
    assert client.get("me/").status_code == 401
    restore_company(actor=system_actor(), company=acme.company)

    assert Session.objects.get().ended_at is None
    assert client.get("me/").status_code == 401
    assert client_of(acme.agent).get("me/").status_code == 200
