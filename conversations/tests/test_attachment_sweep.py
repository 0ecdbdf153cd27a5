"""What nobody needs any more goes, row and bytes; nothing else does."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from conftest import World, client_of
from conversations.doors import companies_with_stale_attachments
from conversations.models import Attachment, AttachmentUse, Conversation
from conversations.services.sweeping import KEEP_WAITING, sweep_attachments
from conversations.tasks import sweep_stale_attachments
from conversations.tests.factories import make_conversation
from conversations.tests.uploads import kept_files, picture, send, uploaded
from tokdesk.common.errors import Unavailable
from tokdesk.common.tenancy import company_scope, unscoped

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


def files_of(world: World) -> int:
    return len([path for path in kept_files() if path.startswith(world.company.id.hex)])


def taken(world: World) -> int:
    with company_scope(world.company.id):
        found: int = AttachmentUse.objects.get().size
    return found


def later(hours: float) -> Any:
    return time_machine.travel(timezone.now() + timedelta(hours=hours), tick=False)


def test_what_nobody_sent_within_a_day_goes(acme: World) -> None:
    talk = make_conversation(acme.customer, "Help")
    uploaded(acme.customer, talk, picture(), "a.png")
    kept = uploaded(acme.customer, talk, b"12345")
    send(acme.customer, talk, kept)
    assert files_of(acme) == 3

    with later(23.9):
        early = sweep_attachments(acme.company.id)
    with later(24.1):
        swept = [sweep_attachments(acme.company.id) for _each in range(2)]

    assert (early, swept) == (0, [1, 0])
    assert (files_of(acme), taken(acme)) == (1, 5)
    with unscoped():
        assert [str(row.pk) for row in Attachment.unscoped.all()] == [kept]
    answer = client_of(acme.customer).get(f"attachments/{kept}/content/")
    assert (answer.status_code, answer.getvalue()) == (200, b"12345")


def test_the_bytes_of_a_deleted_message_go(acme: World) -> None:
    talk = make_conversation(acme.customer, "Help")
    found, client = uploaded(acme.agent, talk, picture(), "a.png"), client_of(acme.agent)
    sent = send(acme.agent, talk, found).json()
    client.delete(f"conversations/{talk.pk}/messages/{sent['id']}/")

    assert sweep_attachments(acme.company.id) == 1

    assert (files_of(acme), taken(acme)) == (0, 0)


def test_the_clock_visits_the_companies_that_have_something_to_sweep(
    acme: World, globex: World
) -> None:
    for world in (acme, globex):
        uploaded(world.customer, make_conversation(world.customer, "Help"))
    with company_scope(globex.company.id):
        Attachment.objects.update(created_at=timezone.now() - KEEP_WAITING * 2)

    before = companies_with_stale_attachments(timezone.now() - KEEP_WAITING)
    sweep_stale_attachments()

    assert before == [globex.company.id]
    assert (files_of(acme), files_of(globex)) == (1, 0)
    assert companies_with_stale_attachments(timezone.now() - KEEP_WAITING) == []


def test_a_row_stays_until_its_bytes_can_go(acme: World, settings: Any) -> None:
    talk = make_conversation(acme.customer, "Help")
    uploaded(acme.customer, talk)
    with company_scope(acme.company.id):
        Attachment.objects.soft_delete()
    usual, backend = settings.STORAGES, "tokdesk.integrations.localfiles.LocalFiles"
    broken = {"BACKEND": backend, "OPTIONS": {"location": "/dev/null/x"}}
    settings.STORAGES = {**usual, "attachments": broken}

    with pytest.raises(Unavailable):
        sweep_attachments(acme.company.id)
    settings.STORAGES = usual

    assert (taken(acme), sweep_attachments(acme.company.id), taken(acme)) == (5, 1, 0)


def test_a_conversation_whose_uploads_were_swept_is_as_before(acme: World) -> None:
    talk = make_conversation(acme.customer, "Help")
    uploaded(acme.customer, talk)

    with later(25):
        sweep_attachments(acme.company.id)

    with company_scope(acme.company.id):
        row = Conversation.objects.get(pk=talk.pk)
    assert (row.last_seq, row.version) == (talk.last_seq, talk.version)
