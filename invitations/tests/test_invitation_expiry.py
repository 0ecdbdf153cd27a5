"""What nobody uses expires, company by company, and is told."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from conftest import World, client_of
from invitations.doors import companies_with_overdue_invitations
from invitations.services import expire_invitations
from invitations.tasks import expire
from invitations.tests.factories import make_invitation, now
from tokdesk.common.actor import system_actor
from tokdesk.common.models import Event
from tokdesk.common.testing import recorded_events
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

WEEK = timedelta(days=7)


def late() -> Any:
    return timezone.now() - timedelta(seconds=1)


def test_after_a_week_it_has_expired(acme: World) -> None:
    sent = client_of(acme.admin).post("invitations/", {"email": "a@x.example", "role": "agent"})
    path = f"invitations/{sent.json()['id']}/"

    with time_machine.travel(timezone.now() + WEEK - timedelta(minutes=1), tick=False):
        assert client_of(acme.admin).get(path).json()["status"] == "pending"
    with time_machine.travel(timezone.now() + WEEK, tick=False):
        assert client_of(acme.admin).get(path).json()["status"] == "expired"


def test_the_clock_marks_what_is_overdue_and_nothing_else(acme: World, globex: World) -> None:
    used = {"accepted_by": acme.agent, "accepted_at": timezone.now()}
    overdue = [
        make_invitation(acme.admin, "a@x.example", expires_at=late())[0],
        make_invitation(globex.admin, "b@x.example", expires_at=late())[0],
    ]
    others = [
        make_invitation(acme.admin, "c@x.example")[0],
        make_invitation(acme.admin, "d@x.example", status="revoked", expires_at=late())[0],
        make_invitation(acme.admin, "e@x.example", status="accepted", expires_at=late(), **used)[0],
    ]

    with recorded_events() as events:
        expire()

    assert [now(row).status for row in overdue] == ["expired"] * 2
    assert [now(row).version for row in overdue] == [2, 2]
    assert [now(row).status for row in others] == ["pending", "revoked", "accepted"]
    assert events == ["invitation.expired"] * 2
    told = Event.objects.filter(type="invitation.expired")
    assert {event.company_id for event in told} == {acme.company.id, globex.company.id}
    assert {event.actor_kind for event in told} == {"system"}


def test_the_clock_twice_marks_it_once(acme: World) -> None:
    make_invitation(acme.admin, expires_at=late())
    expire()

    with nothing_changes():
        expire()


def test_companies_are_asked_for_once_each(acme: World, globex: World) -> None:
    for number in range(3):
        make_invitation(acme.admin, f"p{number}@x.example", expires_at=late())
    make_invitation(globex.admin)

    assert companies_with_overdue_invitations(timezone.now()) == [acme.company.id]


def test_a_company_marks_two_hundred_at_once(acme: World) -> None:
    for number in range(201):
        make_invitation(acme.admin, f"p{number}@x.example", expires_at=late())

    assert expire_invitations(actor=system_actor(), company_id=acme.company.id) == 200
    assert expire_invitations(actor=system_actor(), company_id=acme.company.id) == 1
    assert expire_invitations(actor=system_actor(), company_id=acme.company.id) == 0
