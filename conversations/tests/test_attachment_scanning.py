"""Uploads and a real clamd: nobody gets a file before it was looked at."""

import logging
from typing import Any

import pytest
from django.utils import timezone

from conftest import World, client_of
from conversations.models import Attachment
from conversations.tests.factories import make_conversation
from conversations.tests.uploads import body_of, picture, send, upload
from tokdesk.common import jobs
from tokdesk.common.models import Job
from tokdesk.common.queues import Queue
from tokdesk.common.tenancy import company_scope
from tokdesk.common.testing import finish_jobs, recorded_events
from tokdesk.integrations.clamav import ScanFailed, find_malware
from tokdesk.tests.answers import faults, outcome
from tokdesk.tests.fileservers import MALWARE, contents

pytestmark = pytest.mark.django_db


@pytest.fixture
def scanner(clamd_url: str, settings: Any) -> str:
    settings.CLAMAV_URL = clamd_url
    return clamd_url


def read(client: Any, attachment: str, path: str = "content/") -> Any:
    return client.get(f"attachments/{attachment}/{path}")


@pytest.mark.service
def test_a_clean_file_is_handed_out_once_it_was_looked_at(acme: World, scanner: str) -> None:
    client, talk = client_of(acme.customer), make_conversation(acme.customer, "Help")
    finish_jobs()

    with recorded_events() as events:
        made = upload(client, talk, picture(), "a.png").json()
        early = [outcome(read(client, made["id"], path)) for path in ("content/", "thumbnail/")]
        finish_jobs()

    assert (made["scan"], early) == ("pending", [(403, "scan_pending")] * 2)
    assert events == ["attachment.uploaded", "attachment.scanned"]
    assert read(client, made["id"], "").json()["scan"] == "clean"
    assert body_of(read(client, made["id"]))
    assert body_of(read(client, made["id"], "thumbnail/"))


@pytest.mark.service
def test_malware_is_blocked_for_everybody(
    acme: World, scanner: str, caplog: pytest.LogCaptureFixture
) -> None:
    client, talk = client_of(acme.customer), make_conversation(acme.customer, "Help")
    body = b"x" * 200_000 + MALWARE + b"x" * 200_000
    unsent, sent = (upload(client, talk, body).json()["id"] for _each in range(2))
    assert send(acme.customer, talk, sent).status_code == 201

    with caplog.at_level(logging.WARNING):
        finish_jobs()

    for who in (acme.customer, acme.admin):
        assert outcome(read(client_of(who), sent)) == (403, "blocked")
    assert faults(send(acme.customer, talk, unsent)) == {"attachments": ["blocked"]}
    notes = [record for record in caplog.records if record.message == "an upload was blocked"]
    assert {note.finding for note in notes} == {"TokDesk.Test.UNOFFICIAL"}
    page = client.get(f"conversations/{talk.pk}/messages/").json()["results"]
    assert page[-1]["attachments"][0]["scan"] == "blocked"


def test_a_scanner_that_is_away_is_asked_again(acme: World, settings: Any) -> None:
    settings.CLAMAV_URL = "tcp://127.0.0.1:1"
    client, talk = client_of(acme.customer), make_conversation(acme.customer, "Help")
    finish_jobs()
    made = upload(client, talk).json()

    jobs.drain(Queue.DEFAULT)

    job = Job.objects.get()
    assert (job.attempts, job.is_dead, job.available_at > timezone.now()) == (1, False, True)
    assert outcome(read(client, made["id"])) == (403, "scan_pending")


def test_a_file_that_is_deleted_before_its_scan_is_no_trouble(acme: World, settings: Any) -> None:
    settings.CLAMAV_URL = "tcp://127.0.0.1:1"
    upload(acme.customer, make_conversation(acme.customer, "Help"))
    with company_scope(acme.company.id):
        Attachment.objects.soft_delete()

    finish_jobs()

    assert not Job.objects.exists()


def test_without_a_scanner_what_waited_for_it_is_free(acme: World, settings: Any) -> None:
    settings.CLAMAV_URL = "tcp://127.0.0.1:1"
    client, talk = client_of(acme.customer), make_conversation(acme.customer, "Help")
    made = upload(client, talk).json()
    settings.CLAMAV_URL = ""

    finish_jobs()

    assert body_of(read(client, made["id"])) == b"Hello"


@pytest.mark.service
def test_what_the_scanner_cannot_look_at_whole_is_not_clean(clamd_url: str) -> None:
    with pytest.raises(ScanFailed):
        find_malware(clamd_url, contents(bytes(31 * 1024 * 1024)))
