"""Tickets of sockets: one socket each, for half a minute, and nothing that a thief could keep."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import SocketTicket
from accounts.services.sessions import end_session
from accounts.services.tickets import NoTicket, issue_ticket, spend_ticket
from accounts.tests.factories import actor_for, sign_in_as
from conftest import World, client_of
from tokdesk.common.errors import Denied, Unauthenticated
from tokdesk.common.testing import race
from tokdesk.purging import purge_expired

pytestmark = pytest.mark.contract


def test_a_ticket_is_told_once_and_stored_as_a_hash(acme: World) -> None:
    answer = client_of(acme.agent).post("realtime/tickets/")

    body = answer.json()
    row = SocketTicket.objects.get()
    assert (answer.status_code, body.keys()) == (201, {"ticket", "expires_at", "url"})
    assert body["url"] == "wss://desk.example/ws/v1/"
    assert body["ticket"] not in row.token_hash
    assert timedelta(seconds=29) < row.expires_at - row.created_at <= timedelta(seconds=30)
    assert answer["Cache-Control"] == "no-store"


def test_tickets_take_no_idempotency_key(acme: World) -> None:
    answer = client_of(acme.agent).post("realtime/tickets/", **{"Idempotency-Key": "a"})

    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_not_supported")


def test_a_ticket_is_of_the_session_that_asked(acme: World) -> None:
    session = sign_in_as(acme.agent)
    issued = issue_ticket(actor=actor_for(acme.agent, session.pk))

    assert spend_ticket(token=issued.token).pk == session.pk


def test_platform_staff_gets_none(staff: Any) -> None:
    with pytest.raises(Denied):
        issue_ticket(actor=actor_for(staff, sign_in_as(staff).pk))


def test_a_spent_a_late_and_an_unknown_ticket_are_the_same(acme: World) -> None:
    session = sign_in_as(acme.agent)
    actor = actor_for(acme.agent, session.pk)
    spent, late = issue_ticket(actor=actor), issue_ticket(actor=actor)
    spend_ticket(token=spent.token)
    rows = SocketTicket.objects.filter(pk=late.pk)
    rows.update(expires_at=timezone.now())

    for token in (spent.token, late.token, "", "x" * 43, "\u0000"):
        with pytest.raises(NoTicket) as caught:
            spend_ticket(token=token)
        assert caught.value.code == "invalid_ticket"


def test_a_ticket_dies_with_its_session(acme: World) -> None:
    session = sign_in_as(acme.agent)
    issued = issue_ticket(actor=actor_for(acme.agent, session.pk))
    end_session(actor=actor_for(acme.agent), session=session)

    with pytest.raises(Unauthenticated):
        spend_ticket(token=issued.token)


@pytest.mark.django_db(transaction=True)
def test_of_fifty_one_gets_in(acme: World) -> None:
    session = sign_in_as(acme.agent)
    issued = issue_ticket(actor=actor_for(acme.agent, session.pk))

    def enter(_: int) -> str:
        try:
            return str(spend_ticket(token=issued.token).pk)
        except NoTicket:
            return "no"

    assert sorted(race(enter)) == sorted([str(session.pk), *["no"] * 49])


def test_old_tickets_are_purged(acme: World) -> None:
    actor = actor_for(acme.agent, sign_in_as(acme.agent).pk)
    old, new = issue_ticket(actor=actor), issue_ticket(actor=actor)
    SocketTicket.objects.filter(pk=old.pk).update(expires_at=timezone.now())

    assert purge_expired()["socket_tickets"] == 1
    assert [row.pk for row in SocketTicket.objects.all()] == [new.pk]
