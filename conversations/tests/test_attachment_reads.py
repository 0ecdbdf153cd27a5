"""A34: who gets a file, and who does not even learn that there is one."""

from typing import Any

import pytest

from accounts.tests.factories import actor_for
from conftest import World, client_of
from conversations.models import Participant
from conversations.services import remove_participant
from conversations.tests.factories import make_conversation, make_room
from conversations.tests.uploads import body_of, picture, send, upload, uploaded
from departments.models import DepartmentMember
from tokdesk.common.ids import new_id
from tokdesk.common.tenancy import company_scope
from tokdesk.common.testing import ApiClient, without_request_id
from tokdesk.tests.answers import outcome

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

PATHS = ["", "content/", "thumbnail/"]


def answers(client: ApiClient, attachment: str) -> list[Any]:
    return [client.get(f"attachments/{attachment}/{path}") for path in PATHS]


def unknown(client: ApiClient) -> set[bytes]:
    found = answers(client, str(new_id()))
    assert [outcome(answer) for answer in found] == [(404, "not_found")] * 3
    return {without_request_id(answer) for answer in found}


def refused(client: ApiClient, attachment: str) -> bool:
    """Told exactly as an id that nobody has."""
    return {without_request_id(each) for each in answers(client, attachment)} == unknown(client)


def seen(client: ApiClient, attachment: str) -> bool:
    found = answers(client, attachment)
    for answer in found[1:]:
        if answer.streaming:
            body_of(answer)
    return [answer.status_code for answer in found] == [200, 200, 200]


def sent_image(world: World, visibility: str = "public") -> str:
    """One of a conversation of Support that an agent has sent."""
    talk = make_conversation(world.customer, "Help", department=world.support)
    found = uploaded(world.agent, talk, picture(), "a.png")
    assert send(world.agent, talk, found, visibility=visibility).status_code == 201
    return found


@pytest.mark.parametrize("who", ["admin", "manager", "agent", "customer"])
def test_whoever_sees_the_message_gets_its_file(acme: World, who: str) -> None:
    assert seen(client_of(getattr(acme, who)), sent_image(acme))


def test_what_is_handed_out_is_for_one_reader_alone(acme: World) -> None:
    answer = client_of(acme.customer).get(f"attachments/{sent_image(acme)}/content/")

    body_of(answer)
    assert answer.headers["Cache-Control"] == "private, max-age=300"
    assert {"Authorization", "Cookie"} <= set(answer.headers["Vary"].split(", "))
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_nobody_gets_a_file_without_a_login(acme: World, nobody: ApiClient) -> None:
    found = answers(nobody, sent_image(acme))

    assert [outcome(answer) for answer in found] == [(401, "not_authenticated")] * 3


def test_another_company_gets_nothing(acme: World, globex: World) -> None:
    attachment = sent_image(acme)

    assert all(refused(client_of(person), attachment) for person in globex.people())


def test_another_department_gets_nothing(acme: World) -> None:
    assert refused(client_of(acme.agent2), sent_image(acme))


def test_a_customer_never_gets_a_file_of_a_note(acme: World) -> None:
    attachment = sent_image(acme, "note")

    assert seen(client_of(acme.manager), attachment)
    assert refused(client_of(acme.customer), attachment)


def test_a_file_that_waits_is_seen_by_its_uploader_alone(acme: World) -> None:
    talk = make_conversation(acme.customer, "Help", department=acme.support)
    attachment = uploaded(acme.agent, talk, picture(), "a.png")

    assert seen(client_of(acme.agent), attachment)
    for person in (acme.admin, acme.manager, acme.customer):
        assert refused(client_of(person), attachment)


def test_who_leaves_the_department_loses_the_file(acme: World) -> None:
    attachment = sent_image(acme)
    client = client_of(acme.agent)
    assert seen(client, attachment)

    with company_scope(acme.company.id):
        DepartmentMember.objects.of_member(acme.agent.id).delete()
        Participant.objects.of_member(acme.agent.id).delete()

    assert refused(client, attachment)


def test_who_is_taken_out_of_a_room_loses_even_the_own_upload(acme: World) -> None:
    room = make_room(acme.manager, acme.agent, acme.agent2)
    attachment = uploaded(acme.agent2, room, picture(), "a.png")
    client = client_of(acme.agent2)
    assert seen(client, attachment)

    with company_scope(acme.company.id):
        remove_participant(
            actor=actor_for(acme.manager), conversation=room, member_id=acme.agent2.id
        )

    assert refused(client, attachment)


def test_a_dead_session_gets_nothing(acme: World) -> None:
    client, attachment = client_of(acme.agent), sent_image(acme)
    client.post("auth/logout/")

    found = answers(client, attachment)

    assert [answer.status_code for answer in found] == [401, 401, 401]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_file_cannot_be_changed(acme: World, method: str) -> None:
    attachment = sent_image(acme)

    answer = client_of(acme.agent).send(method, f"attachments/{attachment}/", {})

    assert outcome(answer) == (405, "method_not_allowed")


def test_there_is_no_list_of_files(acme: World) -> None:
    assert outcome(client_of(acme.admin).get("attachments/")) == (405, "method_not_allowed")


def test_bytes_that_are_gone_are_404(acme: World, settings: Any) -> None:
    client = client_of(acme.customer)
    made = upload(client, make_conversation(acme.customer, "Help")).json()
    backend = {"BACKEND": "tokdesk.integrations.localfiles.LocalFiles"}
    place = {"location": settings.DATA_DIR / "elsewhere"}
    settings.STORAGES = {**settings.STORAGES, "attachments": {**backend, "OPTIONS": place}}

    assert outcome(client.get(f"attachments/{made['id']}/content/")) == (404, "not_found")
