"""POST auth/password/change/: by the current password; other sessions end."""

from typing import Any

import pytest

from accounts.models import PasswordReset, Session, User
from accounts.tests.factories import PASSWORD, make_member, sign_in_as
from accounts.tests.forms import GOOD_PASSWORD, reset_token
from conftest import World, client_of
from notifications.tests.mailbox import delivered
from tokdesk.common.models import Event
from tokdesk.common.roles import Role
from tokdesk.common.testing import ApiClient, recorded_events
from tokdesk.tests.answers import faults, outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


def change(client: ApiClient, **fields: Any) -> Any:
    body = {"current_password": PASSWORD, "password": GOOD_PASSWORD, **fields}
    return client.post("auth/password/change/", body)


def test_the_new_password_counts_from_now_on(acme: World) -> None:
    answer = change(client_of(acme.agent))

    assert (answer.status_code, answer.content) == (204, b"")
    login = {"email": "agent@acme.example"}
    old = ApiClient().post("auth/login/", {**login, "password": PASSWORD})
    new = ApiClient().post("auth/login/", {**login, "password": GOOD_PASSWORD})
    assert (old.status_code, new.status_code) == (401, 200)


def test_this_session_stays_and_the_others_end(acme: World) -> None:
    this, other = client_of(acme.agent), client_of(acme.agent)
    colleague = client_of(acme.admin)

    with recorded_events() as events:
        change(this)

    assert events == ["session.ended", "password.changed"]
    assert this.get("me/").status_code == 200
    assert outcome(other.get("me/")) == (401, "session_ended")
    assert colleague.get("me/").status_code == 200
    assert Session.objects.get(ended_at__isnull=False).end_reason == "password"


def test_sessions_in_other_companies_end_too(acme: World, globex: World) -> None:
    elsewhere = sign_in_as(make_member(globex.company, Role.USER, "agent@acme.example"))

    answer = change(client_of(acme.agent))

    assert answer.status_code == 204
    assert Session.objects.get(pk=elsewhere.pk).end_reason == "password"


def test_mailed_links_are_void_after_a_change(acme: World) -> None:
    token = reset_token("agent@acme.example")

    change(client_of(acme.agent))

    answer = ApiClient().post(
        "auth/password/reset/", {"token": token, "password": "another-good-password"}
    )
    assert outcome(answer) == (410, "gone")
    assert PasswordReset.objects.get().used_at is not None


def test_the_person_is_told_by_mail(acme: World) -> None:
    client = client_of(acme.agent)

    with delivered() as mails:
        change(client)

    assert [mail.to for mail in mails] == [["agent@acme.example"]]
    assert mails[0].subject == "Your password was changed"


def test_the_event_names_the_account_and_no_password(acme: World) -> None:
    change(client_of(acme.agent))

    event = Event.objects.get(type="password.changed")
    assert event.payload == {"user_id": str(acme.agent.user_id), "by_reset": False}


def test_a_wrong_current_password_changes_nothing(acme: World) -> None:
    client = client_of(acme.agent)

    with nothing_changes():
        answer = change(client, current_password="not-this-one")

    assert outcome(answer) == (400, "invalid")
    assert faults(answer) == {"current_password": ["wrong_password"]}


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "password_too_short"),
        ("password1234", "password_too_common"),
        ("agent@acme.example", "password_too_similar"),
    ],
)
def test_a_weak_new_password_changes_nothing(acme: World, password: str, code: str) -> None:
    client = client_of(acme.agent)

    with nothing_changes():
        answer = change(client, password=password)

    assert outcome(answer) == (400, "invalid")
    assert faults(answer) == {"password": [code]}


def test_the_current_password_is_asked_first(acme: World) -> None:
    answer = change(client_of(acme.agent), current_password="no", password="x")

    assert faults(answer) == {"current_password": ["wrong_password"]}


def test_platform_staff_change_theirs(staff: User) -> None:
    assert change(client_of(staff)).status_code == 204


def test_nobody_changes_a_password_without_signing_in(acme: World, nobody: ApiClient) -> None:
    assert outcome(change(nobody)) == (401, "not_authenticated")


def test_another_persons_password_cannot_be_named(acme: World) -> None:
    client = client_of(acme.admin)

    with nothing_changes():
        answer = change(client, user=str(acme.agent.user_id), email="agent@acme.example")

    assert outcome(answer) == (400, "unknown_field")
