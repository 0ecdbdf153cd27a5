"""Files in messages: sent once, by whoever uploaded them, where they were uploaded for."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conftest import World, client_of
from conversations.choices import Scan
from conversations.models import Attachment, Message
from conversations.services.sweeping import sweep_attachments
from conversations.tests.factories import make_conversation, reloaded
from conversations.tests.uploads import send, uploaded
from tokdesk.common.ids import new_id
from tokdesk.common.tenancy import company_scope
from tokdesk.common.testing import race
from tokdesk.tests.answers import faults, outcome
from tokdesk.tests.rows import nothing_changes

NOT_THERE = (400, {"attachments": ["does_not_exist"]})


def told(answer: Any) -> tuple[int, Any]:
    return answer.status_code, faults(answer)


def send_as(client: Any, talk: Any, *ids: str, **fields: Any) -> Any:
    body = {"client_id": str(uuid4()), "attachments": list(ids), **fields}
    return client.post(f"conversations/{talk.pk}/messages/", body)


@pytest.mark.contract
@pytest.mark.django_db
def test_a_message_shows_its_files_in_the_order_of_the_sender(acme: World) -> None:
    talk = make_conversation(acme.customer, "Help")
    ids = [uploaded(acme.agent, talk, name=f"{number}.txt") for number in range(3)]

    sent = send(acme.agent, talk, ids[2], ids[0], ids[1], body="Look")

    assert sent.status_code == 201
    names = [each["name"] for each in sent.json()["attachments"]]
    assert names == ["2.txt", "0.txt", "1.txt"]
    client = client_of(acme.customer)
    page = client.get(f"conversations/{talk.pk}/messages/").json()["results"]
    assert page[-1]["attachments"] == sent.json()["attachments"]
    events = client.get(f"conversations/{talk.pk}/events/").json()["events"]
    assert events[-1]["data"]["attachments"] == sent.json()["attachments"]


@pytest.mark.contract
@pytest.mark.django_db
def test_a_file_says_enough_by_itself(acme: World) -> None:
    talk = make_conversation(acme.customer, "Help")

    for fields in ({}, {"body": ""}, {"body": "  "}):
        sent = send(acme.agent, talk, uploaded(acme.agent, talk, name="offer.txt"), **fields)
        assert (sent.status_code, sent.json()["body"], sent.json()["body_html"]) == (201, "", "")

    assert (reloaded(talk).preview, reloaded(talk).public_preview) == ("offer.txt", "offer.txt")


@pytest.mark.contract
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {"body": ["required"]}),
        ({"body": ""}, {"body": ["blank"]}),
        ({"body": " ", "attachments": []}, {"body": ["blank"]}),
        ({"attachments": "x"}, {"attachments": ["not_a_list"]}),
        ({"attachments": [5]}, {"attachments.0": ["invalid"]}),
        ({"attachments": [str(new_id()) for _each in range(11)]}, {"attachments": ["max_length"]}),
    ],
)
def test_a_message_of_nothing_is_400(acme: World, body: Any, errors: Any) -> None:
    talk = make_conversation(acme.customer, "Help")
    client = client_of(acme.customer)

    with nothing_changes():
        answer = client.post(
            f"conversations/{talk.pk}/messages/", {"client_id": str(uuid4()), **body}
        )

    assert told(answer) == (400, errors)


@pytest.mark.contract
@pytest.mark.django_db
def test_an_upload_that_is_not_there_to_be_sent_is_told_like_an_unknown_one(
    acme: World, globex: World
) -> None:
    """Of another company, of somebody else, for another conversation, used, deleted."""
    talk = make_conversation(acme.customer, "Help", department=acme.support)
    other = make_conversation(acme.customer, "Other", department=acme.support)
    used, gone = uploaded(acme.agent, talk), uploaded(acme.agent, talk)
    assert send(acme.agent, talk, used).status_code == 201
    with company_scope(acme.company.id):
        Attachment.objects.filter(pk=gone).soft_delete()
    theirs = uploaded(globex.customer, make_conversation(globex.customer, "Help"))
    vain = {
        "unknown": str(new_id()),
        "other company": theirs,
        "other person": uploaded(acme.customer, talk),
        "other conversation": uploaded(acme.agent, other),
        "used": used,
        "deleted": gone,
    }
    good, client = uploaded(acme.agent, talk), client_of(acme.agent)

    with nothing_changes():
        found = {why: told(send_as(client, talk, good, each)) for why, each in vain.items()}

    assert found == dict.fromkeys(vain, NOT_THERE)


@pytest.mark.contract
@pytest.mark.django_db
def test_the_same_message_again_is_the_same_with_its_files(acme: World) -> None:
    talk = make_conversation(acme.customer, "Help")
    first, second = uploaded(acme.customer, talk), uploaded(acme.customer, talk)
    client_id = str(uuid4())

    answers = [
        send(acme.customer, talk, first, client_id=client_id),
        send(acme.customer, talk, first, client_id=client_id),
        send(acme.customer, talk, second, client_id=client_id),
    ]

    assert [outcome(answer) for answer in answers] == [
        (201, ""),
        (200, ""),
        (409, "client_id_reused"),
    ]
    assert answers[1].json() == answers[0].json()
    assert answers[1].json()["attachments"][0]["id"] == first


@pytest.mark.contract
@pytest.mark.django_db
def test_one_upload_named_twice_is_sent_once(acme: World) -> None:
    talk = make_conversation(acme.customer, "Help")
    found = uploaded(acme.customer, talk)

    sent = send(acme.customer, talk, found, found)

    assert [each["id"] for each in sent.json()["attachments"]] == [found]


@pytest.mark.contract
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("scan", "answer"),
    [(Scan.PENDING, (201, {})), (Scan.BLOCKED, (400, {"attachments": ["blocked"]}))],
)
def test_what_waits_for_its_scan_may_be_sent_and_what_is_blocked_may_not(
    acme: World, scan: str, answer: Any
) -> None:
    talk = make_conversation(acme.customer, "Help")
    found = uploaded(acme.customer, talk)
    with company_scope(acme.company.id):
        Attachment.objects.filter(pk=found).update(scan=scan)

    assert told(send(acme.customer, talk, found)) == answer


@pytest.mark.contract
@pytest.mark.django_db
def test_a_message_that_is_taken_back_takes_its_files_along(acme: World) -> None:
    talk = make_conversation(acme.customer, "Help")
    client, found = client_of(acme.agent), uploaded(acme.agent, talk)
    sent = send(acme.agent, talk, found, body="Oops").json()
    path = f"conversations/{talk.pk}/messages/{sent['id']}/"

    assert client.delete(path).status_code == 204

    assert client.get(path).json()["attachments"] == []
    assert client.get(f"attachments/{found}/content/").status_code == 404
    again = send(acme.agent, talk, found, body="Oops", client_id=sent["client_id"])
    assert (again.status_code, again.json()["deleted"]) == (200, True)


@pytest.mark.django_db
def test_a_page_asks_once_for_the_files_of_all_its_messages(acme: World) -> None:
    talk, counts = make_conversation(acme.customer, "Help"), []
    client = client_of(acme.agent)
    for _round in range(2):
        for _each in range(3):
            ids = [uploaded(acme.agent, talk) for _file in range(3)]
            assert send(acme.agent, talk, *ids).status_code == 201
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page = client.get(f"conversations/{talk.pk}/messages/").json()["results"]
        asked = [each for each in queries if 'FROM "conversations_attachment"' in each["sql"]]
        counts.append((len(page), len(queries), len(asked)))

    assert [count[0] for count in counts] == [4, 7]
    assert counts[0][1:] == counts[1][1:]
    assert counts[0][2] == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_messages_that_want_one_upload_one_gets_it(acme: World) -> None:
    talk = make_conversation(acme.customer, "Help")
    found, client = uploaded(acme.agent, talk), client_of(acme.agent)

    answers = race(lambda number: send_as(client, talk, found, body=str(number)), 12)

    outcomes = sorted(told(answer)[0] for answer in answers)
    assert outcomes == [201] + [400] * 11
    with company_scope(acme.company.id):
        assert Message.objects.of_conversation(talk).count() == 2
        assert Attachment.objects.get().message is not None


@pytest.mark.django_db(transaction=True)
def test_an_upload_that_is_swept_while_it_is_sent_is_sent_or_gone(
    acme: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Never a message that names a file of which nothing is left."""
    monkeypatch.setattr("conversations.services.sweeping.KEEP_WAITING", timedelta(hours=-1))
    talk, client = make_conversation(acme.customer, "Help"), client_of(acme.agent)
    rounds = []
    for _round in range(6):
        found = uploaded(acme.agent, talk)

        def work(number: int, found: str = found) -> Any:
            if number:
                return sweep_attachments(acme.company.id)
            return send_as(client, talk, found)

        answer, _swept = race(work, 2)
        read = client.get(f"attachments/{found}/content/")
        if read.status_code == 200:
            assert read.getvalue() == b"Hello"
        rounds.append((answer.status_code, read.status_code))

    assert set(rounds) <= {(201, 200), (400, 404)}
