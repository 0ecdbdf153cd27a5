"""POST invitations/{id}/resend/ and revoke/: a new link, or none."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.tests.factories import actor_for, change_role, make_member
from conftest import World, client_of
from departments.services import remove_department_member
from invitations.tests.factories import EMAIL, entry, make_invitation, now
from notifications.tests.mailbox import delivered, token_in
from tokdesk.common.ids import new_id
from tokdesk.common.models import Event
from tokdesk.common.roles import Role
from tokdesk.common.testing import ApiClient, recorded_events, without_request_id
from tokdesk.tests.answers import outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


def accepted(world: World) -> dict[str, Any]:
    return {"status": "accepted", "accepted_by": world.agent, "accepted_at": timezone.now()}


def test_a_resend_is_a_new_link_and_a_new_week(acme: World) -> None:
    row, _old = make_invitation(acme.admin)

    with time_machine.travel(timezone.now() + timedelta(days=2), tick=False):
        client = client_of(acme.admin)
        with recorded_events() as events, delivered() as mails:
            answer = client.post(f"invitations/{row.id}/resend/")
        expected = timezone.now() + timedelta(days=7)

    assert (answer.status_code, answer.json()["status"]) == (200, "pending")
    assert (now(row).expires_at, now(row).resent, now(row).version) == (expected, 1, 2)
    assert [each for each in events if each.startswith("invitation.")] == ["invitation.resent"]
    assert answer.headers["ETag"] == '"2"'
    assert [mail.to for mail in mails] == [[EMAIL]]


def test_the_old_link_opens_nothing_and_the_new_one_lets_in(acme: World) -> None:
    row, old = make_invitation(acme.admin)
    with delivered() as mails:
        client_of(acme.admin).post(f"invitations/{row.id}/resend/")
    new = token_in(mails[0])

    assert old != new
    assert outcome(ApiClient().post("invitations/accept/", entry(old))) == (404, "not_found")
    assert outcome(ApiClient().post("invitations/accept/", entry(new))) == (201, "")


@pytest.mark.parametrize("marked", [True, False])
def test_an_expired_one_waits_again(acme: World, marked: bool) -> None:
    row, _token = make_invitation(
        acme.admin,
        status="expired" if marked else "pending",
        expires_at=timezone.now() - timedelta(seconds=1),
    )

    answer = client_of(acme.admin).post(f"invitations/{row.id}/resend/")

    assert (answer.status_code, answer.json()["status"]) == (200, "pending")
    assert Event.objects.filter(type="invitation.expired").count() == 0


def test_an_expired_one_waits_again_instead_of_a_later_overdue_one(acme: World) -> None:
    late = timezone.now() - timedelta(seconds=1)
    row, _token = make_invitation(acme.admin, status="expired", expires_at=late)
    other, _token = make_invitation(acme.admin, expires_at=late)

    answer = client_of(acme.admin).post(f"invitations/{row.id}/resend/")

    assert answer.status_code == 200
    assert (now(row).status, now(other).status) == ("pending", "expired")


def test_an_expired_one_does_not_wait_beside_another(acme: World) -> None:
    row, _token = make_invitation(acme.admin, status="expired")
    make_invitation(acme.admin)
    client = client_of(acme.admin)

    with nothing_changes():
        answer = client.post(f"invitations/{row.id}/resend/")

    assert outcome(answer) == (409, "already_invited")


def test_whoever_came_in_another_way_is_not_mailed_again(acme: World) -> None:
    row, _token = make_invitation(acme.admin)
    make_member(acme.company, Role.USER, EMAIL)
    client = client_of(acme.admin)

    with nothing_changes():
        answer = client.post(f"invitations/{row.id}/resend/")

    assert outcome(answer) == (409, "already_member")


def test_whoever_sends_it_again_vouches_for_it(acme: World) -> None:
    row, _token = make_invitation(acme.manager, department=acme.support)
    with delivered() as mails:
        client_of(acme.admin).post(f"invitations/{row.id}/resend/")

    change_role(actor=actor_for(acme.admin), member=acme.manager, role=Role.USER)

    assert now(row).invited_by_id == acme.admin.id
    answer = ApiClient().post("invitations/accept/", entry(token_in(mails[0])))
    assert answer.status_code == 201


def test_a_revoked_link_opens_nothing(acme: World) -> None:
    row, token = make_invitation(acme.admin)

    with recorded_events() as events:
        answer = client_of(acme.admin).post(f"invitations/{row.id}/revoke/")

    assert (answer.status_code, answer.json()["status"]) == (200, "revoked")
    assert (now(row).status, now(row).version) == ("revoked", 2)
    assert [each for each in events if each.startswith("invitation.")] == ["invitation.revoked"]
    assert outcome(ApiClient().post("invitations/accept/", entry(token))) == (410, "gone")


def test_revoked_again_changes_nothing(acme: World) -> None:
    row, _token = make_invitation(acme.admin, status="revoked")
    client = client_of(acme.admin)

    with nothing_changes():
        answer = client.post(f"invitations/{row.id}/revoke/")

    assert (answer.status_code, answer.json()["status"]) == (200, "revoked")


def test_a_revoked_address_is_invited_anew(acme: World) -> None:
    row, _token = make_invitation(acme.admin)
    client = client_of(acme.admin)
    client.post(f"invitations/{row.id}/revoke/")

    assert client.post("invitations/", {"email": EMAIL, "role": "agent"}).status_code == 201


@pytest.mark.parametrize(
    ("status", "deed", "allowed"),
    [
        ("accepted", "revoke", []),
        ("accepted", "resend", []),
        ("revoked", "resend", []),
        ("expired", "revoke", ["pending"]),
    ],
)
def test_what_is_over_stays_over(acme: World, status: str, deed: str, allowed: list[str]) -> None:
    fields = accepted(acme) if status == "accepted" else {"status": status}
    row, _token = make_invitation(acme.admin, **fields)
    client = client_of(acme.admin)

    with nothing_changes():
        answer = client.post(f"invitations/{row.id}/{deed}/")

    assert outcome(answer) == (409, "illegal_move")
    to = {"revoke": "revoked", "resend": "pending"}[deed]
    told = answer.json()
    assert (told["from"], told["to"], told["allowed"]) == (status, to, allowed)


def test_an_overdue_one_is_not_revoked_either(acme: World) -> None:
    row, _token = make_invitation(acme.admin, expires_at=timezone.now() - timedelta(seconds=1))
    client = client_of(acme.admin)

    with nothing_changes():
        answer = client.post(f"invitations/{row.id}/revoke/")

    assert outcome(answer) == (409, "illegal_move")
    assert answer.json()["from"] == "expired"


@pytest.mark.parametrize("deed", ["resend", "revoke"])
def test_a_manager_does_so_in_own_departments(acme: World, deed: str) -> None:
    row, _token = make_invitation(acme.admin, department=acme.support)

    assert client_of(acme.manager).post(f"invitations/{row.id}/{deed}/").status_code == 200


@pytest.mark.parametrize("deed", ["resend", "revoke"])
def test_a_manager_does_not_touch_what_an_admin_alone_may_offer(acme: World, deed: str) -> None:
    row, _token = make_invitation(acme.admin, role=Role.MANAGER, department=acme.support)
    client = client_of(acme.manager)

    with nothing_changes():
        answer = client.post(f"invitations/{row.id}/{deed}/")

    assert outcome(answer) == (403, "permission_denied")


@pytest.mark.parametrize("deed", ["resend", "revoke"])
def test_a_manager_who_left_the_department_may_look_alone(acme: World, deed: str) -> None:
    row, _token = make_invitation(acme.manager, department=acme.billing)
    client = client_of(acme.manager)

    with nothing_changes():
        answer = client.post(f"invitations/{row.id}/{deed}/")

    assert outcome(answer) == (403, "permission_denied")
    assert client.get(f"invitations/{row.id}/").status_code == 200


@pytest.mark.parametrize("deed", ["resend", "revoke"])
def test_others_neither_see_nor_touch_it(acme: World, globex: World, deed: str) -> None:
    row, _token = make_invitation(acme.admin, department=acme.billing)

    manager, stranger = client_of(acme.manager), client_of(globex.admin)
    below = client_of(acme.agent)

    with nothing_changes():
        answers = [client.post(f"invitations/{row.id}/{deed}/") for client in (manager, stranger)]
        unknown = stranger.post(f"invitations/{new_id()}/{deed}/")
        agent = below.post(f"invitations/{row.id}/{deed}/")

    assert [outcome(answer) for answer in answers] == [(404, "not_found")] * 2
    assert without_request_id(answers[1]) == without_request_id(unknown)
    assert outcome(agent) == (403, "permission_denied")


@pytest.mark.parametrize("deed", ["resend", "revoke"])
def test_they_take_no_field(acme: World, deed: str) -> None:
    row, _token = make_invitation(acme.admin)
    client = client_of(acme.admin)

    with nothing_changes():
        answer = client.post(f"invitations/{row.id}/{deed}/", {"role": "company_admin"})

    assert outcome(answer) == (400, "unknown_field")


@pytest.mark.parametrize("deed", ["resend", "revoke"])
def test_a_repeated_request_does_it_once(acme: World, deed: str) -> None:
    row, _token = make_invitation(acme.admin)
    client = client_of(acme.admin)

    first = client.post(f"invitations/{row.id}/{deed}/", Idempotency_Key="k1")
    again = client.post(f"invitations/{row.id}/{deed}/", Idempotency_Key="k1")

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert now(row).version == 2


def test_nothing_is_mailed_of_what_was_revoked_before_the_mail_left(acme: World) -> None:
    with delivered() as mails:
        sent = client_of(acme.admin).post("invitations/", {"email": EMAIL, "role": "agent"})
        client_of(acme.admin).post(f"invitations/{sent.json()['id']}/revoke/")

    assert mails == []


def test_a_removed_manager_takes_the_right_along(acme: World) -> None:
    row, token = make_invitation(acme.manager, department=acme.support)
    remove_department_member(
        actor=actor_for(acme.admin), department=acme.support, member=acme.manager
    )

    assert outcome(ApiClient().post("invitations/accept/", entry(token))) == (410, "gone")
    assert now(row).status == "pending"
