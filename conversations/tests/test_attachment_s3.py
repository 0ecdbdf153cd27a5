"""Attachments in a store that speaks S3: nothing is public, and addresses die soon."""

from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import pytest

from conftest import World, client_of
from conversations.services.sweeping import sweep_attachments
from conversations.tests.factories import make_conversation
from conversations.tests.uploads import picture, send, upload, uploaded
from tokdesk.common.testing import finish_jobs
from tokdesk.integrations import s3
from tokdesk.tests.answers import outcome
from tokdesk.tests.fileservers import MALWARE, Bucket

# One store for all of them, whichever worker has it.
pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("s3")]


@pytest.fixture
def bucket(s3_bucket: Bucket, settings: Any) -> Any:
    backend = {"BACKEND": "tokdesk.integrations.s3.S3Files", "OPTIONS": s3_bucket.options()}
    settings.STORAGES = {**settings.STORAGES, "attachments": backend}
    return s3_bucket.storage()


def status_of(url: str) -> int:
    try:
        with urlopen(url, timeout=10) as answer:  # noqa: S310 - an address of our own server
            return int(answer.status)
    except HTTPError as error:
        with error:
            return error.code


@pytest.mark.service
def test_a_file_is_fetched_from_an_address_that_only_its_readers_get(
    acme: World, globex: World, bucket: Any
) -> None:
    client, talk = client_of(acme.customer), make_conversation(acme.customer, "Help")
    found = uploaded(acme.customer, talk, b"%PDF-1.7\n", "عقد.pdf")
    send(acme.customer, talk, found)

    answer = client.get(f"attachments/{found}/content/")
    url = answer.headers["Location"]

    assert (answer.status_code, answer.headers["Cache-Control"]) == (302, "private, no-store")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert parse_qs(urlsplit(url).query)["X-Amz-Expires"] == ["60"]
    with urlopen(url, timeout=10) as file:  # noqa: S310 - as above
        assert file.read() == b"%PDF-1.7\n"
        assert file.headers["Content-Type"] == "application/pdf"
        assert file.headers["Content-Disposition"] == (
            "attachment; filename*=utf-8''%D8%B9%D9%82%D8%AF.pdf"
        )
    assert status_of(url.partition("?")[0]) == 403
    assert status_of(url[:-2] + ("00" if url[-2:] != "00" else "11")) == 403
    assert client_of(globex.customer).get(f"attachments/{found}/content/").status_code == 404


@pytest.mark.service
def test_an_address_that_is_too_old_opens_nothing(
    acme: World, bucket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3, "SECONDS_OF_A_URL", -1)
    client, talk = client_of(acme.customer), make_conversation(acme.customer, "Help")
    found = uploaded(acme.customer, talk)

    url = client.get(f"attachments/{found}/content/").headers["Location"]

    assert status_of(url) in (400, 403)


@pytest.mark.service
def test_an_image_and_its_thumbnail_are_shown_where_they_stand(acme: World, bucket: Any) -> None:
    client, talk = client_of(acme.customer), make_conversation(acme.customer, "Help")
    found = uploaded(acme.customer, talk, picture((640, 640)), "a.png")

    for path, kind in (("content", "image/png"), ("thumbnail", "image/webp")):
        url = client.get(f"attachments/{found}/{path}/").headers["Location"]
        with urlopen(url, timeout=10) as file:  # noqa: S310 - as above
            assert file.headers["Content-Type"] == kind
            assert file.headers["Content-Disposition"].startswith("inline;")


@pytest.mark.service
def test_swept_files_are_gone_from_the_bucket(acme: World, bucket: Any) -> None:
    talk, client = make_conversation(acme.customer, "Help"), client_of(acme.agent)
    found = uploaded(acme.agent, talk, picture(), "a.png")
    sent = send(acme.agent, talk, found).json()
    folder = acme.company.id.hex
    assert len(bucket.listdir(folder)[1]) == 2

    client.delete(f"conversations/{talk.pk}/messages/{sent['id']}/")

    assert sweep_attachments(acme.company.id) == 1
    assert bucket.listdir(folder)[1] == []


@pytest.mark.service
def test_a_scanner_reads_from_the_bucket(
    acme: World, bucket: Any, clamd_url: str, settings: Any
) -> None:
    settings.CLAMAV_URL = clamd_url
    client, talk = client_of(acme.customer), make_conversation(acme.customer, "Help")
    found = upload(client, talk, b"x" * 9_000_000 + MALWARE).json()["id"]

    finish_jobs()

    assert outcome(client.get(f"attachments/{found}/content/")) == (403, "blocked")


def test_a_bucket_that_does_not_answer_is_503(acme: World, settings: Any) -> None:
    options = Bucket("http://127.0.0.1:1").options()
    backend = {"BACKEND": "tokdesk.integrations.s3.S3Files", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "attachments": backend}

    answer = upload(acme.customer, make_conversation(acme.customer, "Help"))

    assert outcome(answer) == (503, "unavailable")
    assert answer.headers["Retry-After"] == "5"
