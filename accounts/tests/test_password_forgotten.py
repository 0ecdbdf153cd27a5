"""POST auth/password/forgot/ and reset/: a new password by a mailed link."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.models import PasswordReset, Session, User
from accounts.tests.factories import PASSWORD, make_member, sign_in_as
from accounts.tests.forms import GOOD_PASSWORD, founder_token, reset_token
from conftest import World, client_of
from notifications.tests.mailbox import delivered
from tokdesk.common.models import Event
from tokdesk.common.roles import Role
from tokdesk.common.testing import ApiClient, recorded_events
from tokdesk.tests.answers import faults, outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

EMAIL = "agent@acme.example"


def reset(token: str, password: str = GOOD_PASSWORD) -> ApiClient:
    return ApiClient().post("auth/password/reset/", {"token": token, "password": password})


def test_a_link_is_mailed_to_the_account(acme: World, nobody: ApiClient) -> None:
    with delivered() as mails, recorded_events() as events:
        answer = nobody.post("auth/password/forgot/", {"email": "AGENT@acme.example"})

    assert (answer.status_code, answer.content) == (202, b"")
    assert events == ["password.reset_requested"]
    assert [(mail.to, mail.subject) for mail in mails] == [([EMAIL], "Set a new password")]
    row = PasswordReset.objects.get()
    assert (row.user_id, row.email, row.used_at) == (acme.agent.user_id, EMAIL, None)
    assert row.expires_at - row.created_at == pytest.approx(
        timedelta(hours=1), abs=timedelta(seconds=2)
    )


def test_the_mailed_token_sets_the_password_and_ends_every_session(acme: World) -> None:
    clients = [client_of(acme.agent), client_of(acme.agent)]
    token = reset_token(EMAIL)

    with recorded_events() as events:
        answer = reset(token)

    assert (answer.status_code, answer.content) == (204, b"")
    assert events == ["session.ended", "session.ended", "password.changed"]
    assert [outcome(client.get("me/")) for client in clients] == [(401, "session_ended")] * 2
    login = {"email": EMAIL, "password": GOOD_PASSWORD}
    assert ApiClient().post("auth/login/", login).status_code == 200
    assert Event.objects.get(type="password.changed").payload["by_reset"] is True


def test_sessions_in_every_company_end(acme: World, globex: World) -> None:
    sign_in_as(make_member(globex.company, Role.USER, EMAIL))
    sign_in_as(acme.agent)

    reset(reset_token(EMAIL))

    assert set(Session.objects.values_list("end_reason", flat=True)) == {"password"}


def test_a_reset_signs_nobody_in(acme: World) -> None:
    reset(reset_token(EMAIL))

    assert not Session.objects.exists()


@pytest.mark.parametrize(
    "email",
    ["nobody@acme.example", "contact@acme.example", "closed@acme.example", "bill@initech.example"],
)
def test_without_an_open_account_nothing_is_mailed(
    acme: World, nobody: ApiClient, email: str
) -> None:
    make_member(acme.company, Role.USER, "contact@acme.example", user=None)
    closed = make_member(acme.company, Role.USER, "closed@acme.example")
    User.objects.filter(pk=closed.user_id).update(is_active=False)
    founder_token("initech")

    with delivered() as mails, nothing_changes():
        answer = nobody.post("auth/password/forgot/", {"email": email})

    assert (answer.status_code, answer.content, mails) == (202, b"", [])


@pytest.mark.parametrize(
    ("password", "codes"),
    [
        ("short", ["password_too_short"]),
        (EMAIL, ["password_too_similar"]),
        ("123456", ["password_too_short", "password_too_common"]),
    ],
)
def test_a_weak_password_leaves_the_token_usable(
    acme: World, password: str, codes: list[str]
) -> None:
    token = reset_token(EMAIL)

    with nothing_changes():
        weak = reset(token, password)

    assert outcome(weak) == (400, "invalid")
    assert faults(weak) == {"password": codes}
    assert reset(token).status_code == 204


def test_a_token_works_for_an_hour(acme: World) -> None:
    token = reset_token(EMAIL)

    with time_machine.travel(timezone.now() + timedelta(minutes=59)):
        assert reset(token).status_code == 204


def test_a_password_of_a_closed_company_can_be_reset_too(acme: World) -> None:
    type(acme.company).objects.update(status="suspended")

    assert reset(reset_token(EMAIL)).status_code == 204


def test_platform_staff_reset_theirs(staff: User) -> None:
    reset(reset_token(staff.email))

    staff.refresh_from_db()
    assert staff.check_password(GOOD_PASSWORD)
    assert not staff.check_password(PASSWORD)


@pytest.mark.parametrize("email", ["", "agent", "a@b", None, 5, "a" * 250 + "@x.example"])
def test_what_is_no_address_is_400(nobody: ApiClient, db: None, email: object) -> None:
    answer = nobody.post("auth/password/forgot/", {"email": email})

    assert outcome(answer) == (400, "invalid")
    assert list(faults(answer)) == ["email"]
