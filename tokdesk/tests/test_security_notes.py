"""What is written down of refusals: who tried what without the right, and whose sign-in failed."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.test import RequestFactory
from django.utils import timezone

from accounts.models import User
from accounts.tests.devices import device
from accounts.tests.factories import PASSWORD, actor_for, make_user
from conftest import World, client_of
from tokdesk.common.actor import Actor, system_actor
from tokdesk.common.admin_base import perform
from tokdesk.common.commands import BaseOperatorCommand, Failed, Report
from tokdesk.common.errors import Denied
from tokdesk.common.ids import new_id
from tokdesk.common.models import Event, RateCounter
from tokdesk.common.security import WATCHED, note_denial
from tokdesk.common.testing import race, recorded_events
from tokdesk.tests.answers import outcome
from tokdesk.tests.rows import nothing_changes
from tokdesk.tests.staffsite import browser_of, page_of, text_of

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


def a_minute_passes() -> None:
    RateCounter.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def notes(type_: str = "security.denied") -> list[Event]:
    return list(Event.objects.filter(type=type_).order_by("at", "id"))


def test_what_is_watched_are_writes_of_companies_members_and_platform() -> None:
    assert sorted(WATCHED) == [
        "company:approve",
        "company:configure",
        "company:delete",
        "company:reject",
        "company:restart_logs",
        "company:restore",
        "company:suspend",
        "member:change_role",
        "member:deactivate",
        "member:invite",
        "platform:accounts",
        "platform:announce",
        "platform:jobs",
    ]


def test_a_refused_write_stands_in_the_log_of_the_own_company(acme: World, globex: World) -> None:
    client = client_of(acme.agent)

    with nothing_changes():
        answer = client.patch(f"members/{acme.agent2.id}/", {"role": "user"}, X_Request_ID="r-1")

    assert outcome(answer) == (403, "permission_denied")
    [note] = notes()
    assert note.payload == {
        "permission": "member:change_role",
        "object_type": "member",
        "object_id": str(acme.agent2.id),
        "ip": "127.0.0.1",
    }
    assert (note.company_id, note.actor_member) == (acme.company.id, acme.agent.id)
    assert (note.stream, note.audience) == (f"member:{acme.agent.id}", "staff")
    assert note.request_id == answer.headers["X-Request-ID"]


def test_a_second_try_within_a_minute_adds_none(acme: World) -> None:
    client = client_of(acme.agent)
    for member in (acme.agent2, acme.admin):
        client.patch(f"members/{member.id}/", {"name": "x"})
    assert len(notes()) == 1

    a_minute_passes()
    client.patch(f"members/{acme.agent2.id}/", {"name": "x"})

    assert len(notes()) == 2


def test_every_person_and_every_right_counts_apart(acme: World) -> None:
    for who in (acme.agent, acme.agent2):
        client = client_of(who)
        client.patch(f"members/{acme.admin.id}/", {})
        client.post(f"members/{acme.admin.id}/deactivate/")
        client.patch("company/", {})

    found = [(note.actor_member, note.payload["permission"]) for note in notes()]

    rights = ("member:change_role", "member:deactivate", "company:configure")
    assert found == [(who.id, right) for who in (acme.agent, acme.agent2) for right in rights]


def test_the_limit_of_notes_refuses_nobody(acme: World, settings: Any) -> None:
    settings.RATE_LIMITS_ENABLED = True
    client = client_of(acme.agent)

    answers = [client.patch("company/", {}) for _number in range(20)]

    assert {outcome(answer) for answer in answers} == {(403, "permission_denied")}
    assert len(notes()) == 1


def test_reads_and_other_refusals_are_not_noted(acme: World, staff: User) -> None:
    customer, agent, desk = client_of(acme.customer), client_of(acme.agent), client_of(staff)

    with recorded_events() as events:
        answers = [
            customer.get("members/"),
            customer.get("customers/"),
            customer.post("customers/", {"name": "x"}),
            agent.get("companies/"),
            agent.post("departments/", {"name": "x"}),
            desk.get("company/"),
        ]

    assert {answer.status_code for answer in answers} == {403}
    assert events == []


def test_a_wrong_body_or_an_unknown_person_is_not_noted(acme: World) -> None:
    client = client_of(acme.admin)

    with recorded_events() as events:
        client.patch(f"members/{acme.agent.id}/", {"role": "owner"})
        client.patch(f"members/{new_id()}/", {"role": "agent"})
        device().patch(f"members/{acme.agent.id}/", {})

    assert events == []


def test_platform_staff_are_noted_in_the_log_of_the_platform(acme: World, staff: User) -> None:
    client_of(staff).patch("company/", {"name": "x"})

    [note] = notes()
    assert (note.company_id, note.actor_user) == (None, staff.id)
    assert note.stream == f"user:{staff.id}"


def test_a_service_that_refuses_tells_the_row(acme: World) -> None:
    error = Denied(permission="member:invite", obj=acme.agent)

    note_denial(actor_for(acme.manager), error)

    [note] = notes()
    assert (note.payload["object_type"], note.payload["object_id"]) == (
        "membership",
        str(acme.agent.id),
    )


def test_a_row_that_never_came_to_be_has_no_id(acme: World) -> None:
    unsaved = type(acme.agent)(company=acme.company, role="manager", name="New")

    note_denial(system_actor(), Denied(permission="member:invite", obj=unsaved))

    assert notes()[0].payload["object_id"] is None


def test_a_note_that_cannot_be_written_changes_no_answer(acme: World) -> None:
    """The database refuses the row of the log; the refusal is told as ever."""

    def refuse(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith('INSERT INTO "common_event"'):
            raise DatabaseError("the log is full")
        return execute(sql, params, many, context)

    client = client_of(acme.agent)

    with connection.execute_wrapper(refuse), nothing_changes():
        denied = client.patch("company/", {})
        wrong = device().post("auth/login/", {"email": "agent@acme.example", "password": "x"})

    assert outcome(denied) == (403, "permission_denied")
    assert outcome(wrong) == (401, "invalid_credentials")
    assert notes() == []


def test_the_staff_site_and_the_commands_note_too(acme: World, staff: User) -> None:
    def refuse(actor: Actor) -> None:
        raise Denied(permission="company:approve", obj=acme.company)

    class Refused(BaseOperatorCommand):
        def work(self) -> Report:
            raise Denied(permission="company:suspend")

    request = RequestFactory().post("/admin/")
    request.staff_actor = actor_for(staff)
    request._messages = CookieStorage(request)

    assert perform(request, refuse, "done") is False
    with pytest.raises(Failed):
        call_command(Refused())

    found = [(note.actor_kind, note.payload["permission"]) for note in notes()]
    assert found == [("platform", "company:approve"), ("system", "company:suspend")]
    assert notes()[0].payload["object_id"] == str(acme.company.id)


@pytest.mark.django_db(transaction=True)
def test_of_ten_tries_at_once_one_is_noted(acme: World) -> None:
    clients = [client_of(acme.agent) for _number in range(10)]

    answers = race(lambda number: clients[number].patch("company/", {}), 10)

    assert {outcome(answer) for answer in answers} == {(403, "permission_denied")}
    assert len(notes()) == 1


def refused(email: str, ip: str = "192.0.2.10") -> Any:
    return device(ip).post("auth/login/", {"email": email, "password": "wrong"})


def test_a_refused_sign_in_of_a_known_account_is_noted_once_a_minute(acme: World) -> None:
    for email in ("agent@acme.example", "AGENT@acme.example"):
        assert outcome(refused(email)) == (401, "invalid_credentials")

    [note] = notes("security.sign_in_refused")
    assert note.payload == {"user_id": str(acme.agent.user_id), "ip": "192.0.2.10"}
    assert (note.company_id, note.actor_kind) == (None, "anonymous")
    assert note.stream == f"user:{acme.agent.user_id}"

    a_minute_passes()
    refused("agent@acme.example")

    assert len(notes("security.sign_in_refused")) == 2


def test_every_account_and_every_network_counts_apart(acme: World) -> None:
    for who in ("agent", "admin"):
        for ip in ("192.0.2.10", "192.0.2.11", "2001:db8::1", "2001:db8::2"):
            refused(f"{who}@acme.example", ip)

    found = [note.payload["ip"] for note in notes("security.sign_in_refused")]
    assert found == ["192.0.2.10", "192.0.2.11", "2001:db8::1"] * 2


def test_of_an_unknown_address_nothing_is_kept_but_a_hashed_counter(acme: World) -> None:
    with nothing_changes():
        answer = refused("nobody@acme.example")

    assert outcome(answer) == (401, "invalid_credentials")
    assert notes("security.sign_in_refused") == []
    assert RateCounter.objects.count() == 1


@pytest.mark.parametrize("fields", [{"is_active": False}, {"is_super_admin": True}])
def test_closed_and_platform_accounts_are_noted_too(db: None, fields: dict[str, Any]) -> None:
    user = make_user("who@tokdesk.example", **fields)

    refused("who@tokdesk.example")

    assert notes("security.sign_in_refused")[0].payload["user_id"] == str(user.id)


def test_a_refused_sign_in_uses_up_no_idempotency_key(acme: World) -> None:
    key = {"Idempotency_Key": "k1"}
    body = {"email": "agent@acme.example", "password": "wrong-password-1"}

    first = device().post("companies/resubmit/", body, **key)
    again = device().post("companies/resubmit/", body, **key)
    right = device().post("companies/resubmit/", {**body, "password": PASSWORD}, **key)

    assert [outcome(each) for each in (first, again)] == [(401, "invalid_credentials")] * 2
    assert right.json()["code"] != "idempotency_key_reused"


@pytest.mark.parametrize("path", ["invitations/", "companies/"])
def test_looking_at_what_one_may_not_is_not_noted(acme: World, path: str) -> None:
    assert client_of(acme.agent).get(path).status_code == 403

    assert notes("security.denied") == []


def test_who_gets_in_is_not_noted(acme: World) -> None:
    device().post("auth/login/", {"email": "agent@acme.example", "password": PASSWORD})

    assert notes("security.sign_in_refused") == []


def test_staff_read_both_in_words(acme: World, staff: User) -> None:
    client_of(acme.agent).patch("company/", {})
    refused("agent@acme.example")
    browser = browser_of(staff)

    company = text_of(browser.get(page_of(acme.company)))
    account = text_of(browser.get(page_of(acme.agent.user)))

    assert "Tried without the right to: company:configure" in company
    assert "Tried without the right to: company:configure" in account
    assert "A sign-in from 192.0.2.10 was refused." in account
