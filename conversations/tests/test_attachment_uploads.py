"""POST attachments/: what is taken, and what is refused."""

import gzip
import hashlib
from typing import Any

import pytest

from accounts.tests.browsers import Browser
from conftest import World, client_of
from conversations.choices import Status
from conversations.models import Attachment, AttachmentUse, Conversation
from conversations.services import filestore
from conversations.tests.factories import make_conversation, make_room
from conversations.tests.uploads import (
    BOUNDARY,
    FORM,
    form_of,
    kept_files,
    part,
    send_form,
    upload,
)
from tokdesk.common.errors import Unavailable
from tokdesk.common.ids import new_id
from tokdesk.common.tenancy import company_scope
from tokdesk.common.testing import ApiClient, recorded_events, without_request_id
from tokdesk.tests.answers import faults, outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = pytest.mark.django_db

LONGEST = 25 * 1024 * 1024
END = f"--{BOUNDARY}--\r\n".encode()


def row_of(world: World, answer: Any) -> Attachment:
    with company_scope(world.company.id):
        row: Attachment = Attachment.objects.get(pk=answer.json()["id"])
    return row


def test_a_file_is_kept_under_a_key_that_tells_nothing_of_it(acme: World) -> None:
    talk = make_conversation(acme.customer, "Help")
    client = client_of(acme.customer)

    with recorded_events() as events:
        answer = upload(client, talk, b"Hello", "hello.txt")

    assert answer.status_code == 201
    made = answer.json()
    assert made == {
        "id": made["id"],
        "name": "hello.txt",
        "content_type": "text/plain",
        "size": 5,
        "width": None,
        "height": None,
        "scan": "clean",
    }
    assert events == ["attachment.uploaded"]
    row = row_of(acme, answer)
    assert (row.checksum, row.uploaded_by_id) == (
        hashlib.sha256(b"Hello").hexdigest(),
        acme.customer.id,
    )
    company, _slash, key = row.storage_key.partition("/")
    assert (company, len(key)) == (acme.company.id.hex, 32)
    assert client_of(acme.customer).get(f"attachments/{row.id}/").json() == made


@pytest.mark.parametrize("who", ["admin", "manager", "agent", "customer"])
def test_everybody_who_may_reply_may_send_a_file(acme: World, who: str) -> None:
    talk = make_conversation(acme.customer, "Help")

    assert upload(getattr(acme, who), talk).status_code == 201


def test_a_file_may_go_into_a_room(acme: World) -> None:
    assert upload(acme.agent, make_room(acme.agent, acme.agent2)).status_code == 201


def test_one_byte_too_many_is_413_and_the_last_one_is_not(acme: World) -> None:
    talk = make_conversation(acme.agent, customer=acme.customer)

    fits = upload(acme.agent, talk, b"x" * LONGEST, "long.txt")
    client = client_of(acme.agent)

    with nothing_changes():
        too_long = upload(client, talk, b"x" * (LONGEST + 1), "long.txt")

    assert (fits.status_code, fits.json()["size"]) == (201, LONGEST)
    assert outcome(too_long) == (413, "too_large")


def test_a_body_that_is_too_long_is_refused_before_it_is_read(acme: World) -> None:
    client = client_of(acme.agent)

    answer = client._client.generic(
        "POST",
        "/api/v1/attachments/",
        b"",
        content_type=FORM,
        headers=client.headers,
        CONTENT_LENGTH=str(LONGEST + 64 * 1024 + 1),
    )

    assert outcome(answer) == (413, "too_large")


@pytest.mark.parametrize("path", ["attachments", "attachments//", "tags/", "attachments/x/"])
def test_no_other_path_takes_so_much(acme: World, path: str) -> None:
    client = client_of(acme.agent)

    answer = client._client.post(
        f"/api/v1/{path}", b"x" * (1024 * 1024 + 1), content_type=FORM, headers=client.headers
    )

    assert outcome(answer) == (413, "too_large")


def test_an_empty_file_is_400(acme: World) -> None:
    talk = make_conversation(acme.customer, "Help")
    client = client_of(acme.customer)

    with nothing_changes():
        answer = upload(client, talk, b"")

    assert (answer.status_code, faults(answer)) == (400, {"file": ["empty"]})


def test_a_thousand_and_one_files_are_400(acme: World) -> None:
    talk = make_conversation(acme.customer, "Help")
    files = b"".join(part(f"file{number}", b"x", "x.txt") for number in range(1001))
    client = client_of(acme.customer)

    with nothing_changes():
        answer = send_form(client, files + form_of(talk, b"x"))

    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("form", "errors"),
    [
        (END, {"file": ["required"], "conversation": ["required"]}),
        (part("file", b"text") + END, {"file": ["invalid"], "conversation": ["required"]}),
        (form_of("nonsense", b"x"), {"conversation": ["invalid"]}),
        (form_of(new_id(), b"x"), {"conversation": ["does_not_exist"]}),
        (part("company", b"x") + form_of(new_id(), b"x"), None),
        (part("file", b"x", "a") + form_of(new_id(), b"x"), {"file": ["repeated"]}),
        (part("conversation", b"x") + form_of(new_id(), b"x"), {"conversation": ["repeated"]}),
    ],
)
def test_a_form_that_is_not_right_is_400(acme: World, form: bytes, errors: Any) -> None:
    client = client_of(acme.agent)

    with nothing_changes():
        answer = send_form(client, form)

    assert answer.status_code == 400
    if errors is None:
        assert faults(answer)["company"] == ["unknown_field"]
    else:
        assert faults(answer) == errors


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "image/png"])
def test_anything_but_a_form_is_415(acme: World, kind: str) -> None:
    client = client_of(acme.agent)

    with nothing_changes():
        answer = send_form(client, b"{}", kind)

    assert outcome(answer) == (415, "unsupported_media_type")
    assert answer.json()["detail"] == "Send the file as multipart/form-data."


@pytest.mark.parametrize("cut", [1, 6, 60, 150, 300])
def test_an_upload_that_was_cut_in_the_middle_is_400(acme: World, cut: int) -> None:
    talk = make_conversation(acme.customer, "Help")
    form = part("conversation", str(talk.pk).encode()) + part("file", b"x" * 500, "x.txt") + END
    client = client_of(acme.customer)

    with nothing_changes():
        answer = send_form(client, form[: -cut - 2])

    assert (answer.status_code, kept_files_of(acme)) == (400, set())


@pytest.mark.parametrize(
    "epilogue",
    [
        *(b"", b"\r\n", b"\r\nGoodbye", b"\r\n\r\nGood\r\nbye\r\n", b" \t\r\nGoodbye"),
        *(b"\r\n" + b"x" * 300, b"\r\n" + b"x" * 200_000, b"\r\n--" + BOUNDARY.encode()),
    ],
)
def test_what_follows_the_last_boundary_is_passed_over(acme: World, epilogue: bytes) -> None:
    """RFC 2046 lets a mail program say goodbye there."""
    talk = make_conversation(acme.customer, "Help")

    answer = send_form(client_of(acme.customer), form_of(talk, b"Hello")[:-2] + epilogue)

    assert (answer.status_code, answer.json()["size"]) == (201, 5)


def test_a_field_after_the_last_boundary_is_none(acme: World) -> None:
    talk = make_conversation(acme.customer, "Help")
    more = part("company", b"x") + part("file", b"other", "other.txt") + END

    answer = send_form(client_of(acme.customer), form_of(talk, b"Hello") + more)

    assert (answer.status_code, answer.json()["name"]) == (201, "hello.txt")


@pytest.mark.parametrize("size", [65_300, 65_400, 65_450, 65_500, 65_536, 131_000])
def test_the_last_boundary_is_found_wherever_it_falls(acme: World, size: int) -> None:
    """A body is read in pieces, and a boundary may lie across two of them."""
    talk = make_conversation(acme.customer, "Help")
    client = client_of(acme.customer)

    whole = [
        send_form(client, form_of(talk, b"x" * (size + step)) + b"bye").json()["size"]
        for step in range(0, 60, 7)
    ]

    assert whole == [size + step for step in range(0, 60, 7)]


def test_a_body_with_an_epilogue_is_no_longer_than_another(acme: World) -> None:
    talk = make_conversation(acme.customer, "Help")
    client = client_of(acme.customer)

    with nothing_changes():
        answer = send_form(client, form_of(talk, b"x") + b"x" * (LONGEST + 64 * 1024))

    assert outcome(answer) == (413, "too_large")


@pytest.mark.parametrize("ending", [b"--", b"--\r\n", b"\r\n--other--\r\n"])
def test_two_dashes_alone_are_no_end(acme: World, ending: bytes) -> None:
    talk = make_conversation(acme.customer, "Help")
    form = part("conversation", str(talk.pk).encode()) + part("file", b"cut" + ending, "x.txt")
    client = client_of(acme.customer)

    with nothing_changes():
        answer = send_form(client, form[:-2])

    assert (outcome(answer), kept_files_of(acme)) == ((400, "malformed"), set())


def kept_files_of(world: World) -> set[str]:
    return {path for path in kept_files() if path.startswith(world.company.id.hex)}


def test_a_body_without_a_boundary_is_400(acme: World) -> None:
    answer = send_form(client_of(acme.agent), b"x", "multipart/form-data")

    assert outcome(answer) == (400, "malformed")


def test_an_idempotency_key_is_refused(acme: World) -> None:
    talk = make_conversation(acme.customer, "Help")
    client = client_of(acme.customer)

    with nothing_changes():
        answer = send_form(client, form_of(talk, b"x"), Idempotency_Key="a")

    assert outcome(answer) == (400, "idempotency_not_supported")


def test_nobody_uploads_without_a_login(acme: World, nobody: ApiClient) -> None:
    talk = make_conversation(acme.customer, "Help")

    with nothing_changes():
        answer = send_form(nobody, form_of(talk, b"x"))

    assert outcome(answer) == (401, "not_authenticated")


def test_a_conversation_out_of_sight_is_told_like_an_unknown_one(
    acme: World, globex: World
) -> None:
    """Of another company, of another department, and of nobody."""
    foreign = make_conversation(globex.customer, "Help")
    apart = make_conversation(acme.admin, "Help", customer=acme.customer, department=acme.billing)
    client = client_of(acme.agent)

    with nothing_changes():
        answers = [upload(client, each) for each in (foreign, apart, new_id())]

    assert len({without_request_id(answer) for answer in answers}) == 1
    assert faults(answers[0]) == {"conversation": ["does_not_exist"]}


@pytest.mark.parametrize(
    ("values", "code"), [({"status": Status.CLOSED}, "closed"), ({"is_archived": True}, "archived")]
)
def test_nothing_is_sent_to_what_is_over(acme: World, values: Any, code: str) -> None:
    talk = make_conversation(acme.customer, "Help")
    with company_scope(acme.company.id):
        Conversation.objects.filter(pk=talk.pk).update(**values)
    client = client_of(acme.customer)

    with nothing_changes():
        answer = upload(client, talk)

    assert outcome(answer) == (403, code)


def test_a_company_has_room_for_so_much_and_no_more(acme: World, settings: Any) -> None:
    settings.ATTACHMENT_QUOTA_BYTES = 10
    talk = make_conversation(acme.customer, "Help")

    taken = [upload(acme.customer, talk, b"12345").status_code for _each in range(2)]
    client = client_of(acme.customer)

    with nothing_changes():
        refused = upload(client, talk, b"1")

    assert taken == [201, 201]
    assert outcome(refused) == (409, "quota_exceeded")
    with company_scope(acme.company.id):
        assert AttachmentUse.objects.get().size == 10


def test_the_files_go_again_where_the_row_is_refused(
    acme: World, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last room goes to somebody else between the first look and the commit."""
    settings.ATTACHMENT_QUOTA_BYTES = 3
    talk = make_conversation(acme.customer, "Help")
    monkeypatch.setattr("conversations.services.uploads.require_room", lambda size: None)

    answer = upload(acme.customer, talk, b"12345")

    assert (outcome(answer), kept_files_of(acme)) == ((409, "quota_exceeded"), set())


def test_a_store_that_does_not_answer_is_503(acme: World, settings: Any) -> None:
    talk = make_conversation(acme.customer, "Help")
    backend = {"BACKEND": "tokdesk.integrations.localfiles.LocalFiles"}
    settings.STORAGES = {
        **settings.STORAGES,
        "attachments": {**backend, "OPTIONS": {"location": "/dev/null/x"}},
    }
    client = client_of(acme.customer)

    with nothing_changes():
        answer = upload(client, talk)

    assert outcome(answer) == (503, "unavailable")
    with pytest.raises(Unavailable):
        filestore.open_file("x")


@pytest.mark.parametrize("name", ["bomb.gz", "bomb.zip"])
def test_nothing_is_unpacked(acme: World, name: str) -> None:
    """Of what a compressed file would become nobody here ever knows."""
    talk = make_conversation(acme.customer, "Help")
    bomb = gzip.compress(gzip.compress(bytes(50_000_000)))

    answer = upload(acme.customer, talk, bomb, name)

    assert (answer.status_code, answer.json()["size"]) == (201, len(bomb))


def test_a_browser_sends_its_token_as_a_header_and_no_other_way(acme: World) -> None:
    talk = make_conversation(acme.customer, "Help")
    browser = Browser(acme.customer)
    hidden = part("csrfmiddlewaretoken", browser.csrf_token.encode())

    def post(form: bytes, **headers: str) -> Any:
        return browser.client.post("/api/v1/attachments/", form, content_type=FORM, headers=headers)

    with nothing_changes():
        in_form = post(hidden + form_of(talk, b"x"))
        cut = post(form_of(talk, b"x" * 500)[:-200], **{"X-CSRFToken": browser.csrf_token})
    good = post(form_of(talk, b"x"), **{"X-CSRFToken": browser.csrf_token})

    assert outcome(in_form) == (403, "csrf_failed")
    assert outcome(cut) == (400, "malformed")
    assert good.status_code == 201
