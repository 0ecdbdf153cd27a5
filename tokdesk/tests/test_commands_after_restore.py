"""`after_restore`: nobody goes on from a place that the restored logs do not have."""

import pytest

from accounts.tests.factories import sign_in_as
from companies.models import CompanyState
from conftest import World, client_of
from conversations.tests.factories import make_conversation, say
from tokdesk.common import cache
from tokdesk.common.models import Event
from tokdesk.common.tenancy import company_scope
from tokdesk.tests.commands import run_command
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.django_db, pytest.mark.contract]


def epoch_of(world: World) -> str:
    with company_scope(world.company.pk):
        return str(CompanyState.objects.get().log_epoch)


def test_every_company_s_logs_get_a_lineage_of_their_own(acme: World, globex: World) -> None:
    before = epoch_of(acme), epoch_of(globex)

    outcome = run_command("after_restore", "--json")

    after = epoch_of(acme), epoch_of(globex)
    assert outcome.json["companies"] == 2
    assert len({*before, *after}) == 4
    events = Event.objects.filter(type="company.logs_restarted").order_by("at", "id")
    assert [each.payload["epoch"] for each in events] == list(after)


def test_a_dry_run_changes_nothing(acme: World, globex: World) -> None:
    with nothing_changes():
        outcome = run_command("after_restore", "--dry-run", "--json")

    assert outcome.json == {**outcome.json, "dry_run": True, "companies": 2}


def test_who_was_signed_in_signs_in_again(acme: World) -> None:
    """Of two sessions one was ended after the backup; nobody knows which."""
    session = sign_in_as(acme.agent)

    run_command("after_restore")

    session.refresh_from_db()
    session.member.company.refresh_from_db()
    assert not session.is_live(session.created_at)


def test_what_was_cached_of_the_database_before_is_gone(acme: World) -> None:
    cache.put(acme.company.pk, "page", "of before", seconds=60)

    run_command("after_restore")

    assert cache.get(acme.company.pk, "page") is None


def test_a_position_of_before_is_refused_though_the_log_is_that_long_again(acme: World) -> None:
    row = make_conversation(acme.customer, "Hello")
    say(acme.agent, row)
    path = f"conversations/{row.pk}/events/"
    known = client_of(acme.agent).get(path).json()

    run_command("after_restore")

    answer = client_of(acme.agent).get(f"{path}?after={known['head']}&epoch={known['epoch']}")
    assert (answer.status_code, answer.json()["reason"]) == (409, "epoch")
