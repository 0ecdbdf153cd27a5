"""POST auth/logout/: the session is dead everywhere at once."""

import pytest

from accounts.models import Session, User
from accounts.tests.devices import device
from accounts.tests.factories import PASSWORD, access_of
from companies.models import CompanyState
from conftest import World, client_of
from tokdesk.common.testing import ApiClient, recorded_events
from tokdesk.tests.answers import outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


def test_logout_ends_the_session_and_says_so(acme: World) -> None:
    client = client_of(acme.agent)
    seen = CompanyState.unscoped.get().access_version

    with recorded_events() as events:
        answer = client.post("auth/logout/")

    assert (answer.status_code, answer.content) == (204, b"")
    assert events == ["session.ended"]
    session = Session.objects.get()
    assert session.end_reason == "logout"
    assert session.ended_at is not None
    assert CompanyState.unscoped.get().access_version == seen + 1


def test_the_token_is_dead_on_the_next_request(acme: World) -> None:
    client = client_of(acme.agent)
    client.post("auth/logout/")

    with nothing_changes():
        answers = [
            client.get("me/"),
            client.post("auth/logout/"),
            client.patch("me/", {"name": "x"}),
        ]

    assert [outcome(answer) for answer in answers] == [(401, "session_ended")] * 3


def test_other_devices_stay_signed_in(acme: World) -> None:
    first, second = client_of(acme.agent), client_of(acme.agent)

    first.post("auth/logout/")

    assert first.get("me/").status_code == 401
    assert second.get("me/").status_code == 200


def test_platform_staff_log_out_too(staff: User) -> None:
    client = ApiClient(access_of(staff))

    assert client.post("auth/logout/").status_code == 204
    assert outcome(client.get("me/")) == (401, "session_ended")


def test_logout_takes_no_fields(acme: World) -> None:
    client = client_of(acme.agent)

    assert outcome(client.post("auth/logout/", {"all": True})) == (400, "unknown_field")
    assert client.get("me/").status_code == 200


def test_nobody_logs_out_without_signing_in(nobody: ApiClient) -> None:
    assert outcome(nobody.post("auth/logout/")) == (401, "not_authenticated")


def test_a_sign_in_after_logout_is_a_new_session(acme: World) -> None:
    login = {"email": "agent@acme.example", "password": PASSWORD}
    first = device().post("auth/login/", login).json()
    ApiClient(first["access"]).post("auth/logout/")

    second = device().post("auth/login/", login).json()

    assert Session.objects.count() == 2
    assert ApiClient(second["access"]).get("me/").status_code == 200
    assert ApiClient(first["access"]).get("me/").status_code == 401
