"""An address that was taken and never confirmed comes free when its links have expired."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.tests.forms import GOOD_PASSWORD, founder_token, sign_up_form
from companies.models import Company
from tokdesk.common.models import Event
from tokdesk.common.testing import ApiClient, recorded_events
from tokdesk.tests.answers import outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


def sign_up(**admin: str) -> Any:
    return ApiClient().post("companies/", sign_up_form("initech", admin=admin))


def later(days: float) -> Any:
    return time_machine.travel(timezone.now() + timedelta(days=days))


def test_while_a_link_lives_the_slug_is_taken() -> None:
    founder_token("initech")

    with later(6.9), nothing_changes():
        answer = sign_up(email="peter@work.example")

    assert outcome(answer) == (409, "slug_taken")


def test_after_it_expired_somebody_else_gets_the_slug() -> None:
    founder_token("initech")
    first = Company.objects.get()

    with later(7.1), recorded_events() as events:
        answer = sign_up(email="peter@work.example")

    assert answer.status_code == 201
    assert events == ["company.deleted", "company.created", "registration.requested"]
    first.refresh_from_db()
    assert first.is_deleted
    assert Company.objects.living().get().email == "peter@work.example"
    deleted = Event.objects.get(type="company.deleted")
    assert (deleted.actor_kind, deleted.payload["reason"]) == ("system", "never confirmed")


def test_the_first_founders_late_click_finds_nothing() -> None:
    token = founder_token("initech")

    with later(7.1):
        sign_up(email="peter@work.example")
        answer = ApiClient().post("companies/confirm/", {"token": token})

    assert answer.status_code in (404, 410)
    assert Company.objects.living().get().email_confirmed_at is None


def test_a_new_link_keeps_the_slug() -> None:
    founder_token("initech")
    person = {"email": "bill@initech.example", "password": GOOD_PASSWORD}

    with later(6):
        ApiClient().post("companies/confirm/resend/", person)
    with later(12), nothing_changes():
        answer = sign_up(email="peter@work.example")

    assert outcome(answer) == (409, "slug_taken")


@pytest.mark.parametrize("status", ["pending", "active", "rejected", "suspended"])
def test_a_confirmed_company_keeps_its_slug_for_ever(status: str) -> None:
    ApiClient().post("companies/confirm/", {"token": founder_token("initech")})
    Company.objects.update(status=status)

    with later(400), nothing_changes():
        answer = sign_up(email="peter@work.example")

    assert outcome(answer) == (409, "slug_taken")


def test_a_sign_up_that_fails_frees_nothing() -> None:
    founder_token("initech")

    with later(7.1), nothing_changes():
        answer = sign_up(email="peter@work.example", password="short")

    assert answer.status_code == 400
