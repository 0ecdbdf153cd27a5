"""`manage.py archive_conversations`: what was finished long ago is put away."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from conftest import World
from conversations.models import Conversation
from conversations.services import change_status
from conversations.tests.factories import make_conversation, reloaded
from tokdesk.common.actor import system_actor
from tokdesk.tests.commands import run_command as run

pytestmark = [pytest.mark.django_db]


def closed(world: World) -> Conversation:
    row = make_conversation(world.customer, "Done")
    desk = system_actor(world.company.id)
    change_status(actor=desk, conversation=row, status="resolved")
    return change_status(actor=desk, conversation=row, status="closed")


def test_closed_ones_are_archived_after_so_many_days(acme: World, globex: World) -> None:
    old, other = closed(acme), closed(globex)
    open_one = make_conversation(acme.customer, "Still open")

    with time_machine.travel(timezone.now() + timedelta(days=31), tick=False):
        young = closed(acme)
        outcome = run("archive_conversations", "--days", "30", "--company", "acme", "--json")

    assert outcome.json["companies"] == {"acme": 1}
    rows = [reloaded(row).is_archived for row in (old, other, open_one, young)]
    assert rows == [True, False, False, False]


def test_a_dry_run_counts_alone(acme: World) -> None:
    row = closed(acme)

    with time_machine.travel(timezone.now() + timedelta(days=31), tick=False):
        outcome = run("archive_conversations", "--days", "30", "--dry-run", "--json")

    assert (outcome.json["conversations"], reloaded(row).is_archived) == (1, False)


@pytest.mark.parametrize(
    ("words", "code"), [(["--days", "0"], 2), (["--days", "3", "--company", "no"], 1)]
)
def test_wrong_words_change_nothing(acme: World, words: list[str], code: int) -> None:
    assert run("archive_conversations", *words).code == code
