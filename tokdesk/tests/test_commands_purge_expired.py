"""`purge_expired` deletes what has run out, and nothing that still counts."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.models import PasswordReset, Registration, Session
from accounts.services.passwords import request_reset
from accounts.tests.factories import NOBODY, sign_in_as
from accounts.tests.forms import sign_up_form
from conftest import World
from tokdesk import purging
from tokdesk.common.limits import spend
from tokdesk.common.models import RateCounter
from tokdesk.common.testing import ApiClient
from tokdesk.tests.commands import run_command

pytestmark = [pytest.mark.django_db, pytest.mark.contract]


@pytest.fixture
def _rows(acme: World, settings: object) -> None:
    settings.RATE_LIMITS_ENABLED = True  # type: ignore[attr-defined]
    spend("login_address", "192.0.2.1")
    settings.RATE_LIMITS_ENABLED = False  # type: ignore[attr-defined]
    request_reset(actor=NOBODY, user=acme.agent.user)
    ApiClient().post("companies/", sign_up_form("new"), Idempotency_Key="a-key")
    sign_in_as(acme.agent)
    sign_in_as(acme.admin)
    Session.objects.filter(member=acme.admin).update(ended_at=timezone.now())


def counts(*options: str) -> list[int]:
    found = run_command("purge_expired", "--json", *options).json
    names = "rate_counters idempotency_keys password_resets registrations sessions lapsed_sessions"
    return [found[name] for name in names.split()]


@pytest.mark.usefixtures("_rows")
def test_what_still_counts_stays() -> None:
    assert counts() == [0] * 6
    assert (RateCounter.objects.count(), Session.objects.count()) == (1, 2)


@pytest.mark.usefixtures("_rows")
def test_what_has_run_out_goes_and_a_dry_run_only_counts() -> None:
    with time_machine.travel(timezone.now() + timedelta(days=200)):
        assert counts("--dry-run") == [1, 1, 1, 1, 1, 1]
        assert counts() == [1, 1, 1, 1, 1, 1]
        assert counts() == [0] * 6

    left = (PasswordReset.objects.count(), Registration.unscoped.count(), Session.objects.count())
    assert left == (0, 0, 0)


@pytest.mark.parametrize(("seconds", "left"), [(60.0, 0), (0.0, 5)])
def test_a_backlog_goes_in_pieces_while_there_is_time(
    monkeypatch: pytest.MonkeyPatch, seconds: float, left: int
) -> None:
    monkeypatch.setattr(purging, "CHUNK", 2)
    past = timezone.now() - timedelta(days=1)
    RateCounter.objects.bulk_create(
        RateCounter(key=str(number), count=1, expires_at=past) for number in range(5)
    )

    assert purging.purge_expired(seconds=seconds)["rate_counters"] == 5 - left
    assert RateCounter.objects.count() == left
