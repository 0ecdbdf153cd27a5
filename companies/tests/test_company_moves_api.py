"""POST companies/{id}/approve/ reject/ suspend/ restore/: the platform's desk by REST."""

from typing import Any

import pytest

from accounts.models import Session, User
from accounts.tests.factories import make_user
from companies.models import Company
from companies.tests.factories import make_company
from conftest import World, client_of
from notifications.tests.mailbox import delivered
from tokdesk.common.ids import new_id
from tokdesk.common.models import IdempotencyKey
from tokdesk.common.testing import ApiClient, recorded_events, without_request_id
from tokdesk.tests.answers import faults, outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

MOVES = [
    ("approve", {}, "pending", "active"),
    ("reject", {"reason": "Too vague."}, "pending", "rejected"),
    ("suspend", {"reason": "Unpaid."}, "active", "suspended"),
    ("restore", {}, "suspended", "active"),
]


@pytest.mark.parametrize(("deed", "body", "start", "end"), MOVES)
def test_a_move_answers_the_company(
    staff: User, deed: str, body: dict[str, str], start: str, end: str
) -> None:
    company = make_company("acme", start)
    client = client_of(staff)

    answer = client.post(f"companies/{company.id}/{deed}/", body)

    assert answer.status_code == 200
    shown = answer.json()
    assert (shown["id"], shown["status"], shown["status_reason"]) == (
        str(company.id),
        end,
        body.get("reason", ""),
    )
    assert (shown["version"], answer.headers["ETag"]) == (2, '"2"')
    now = client.get(f"companies/{company.id}/").json()
    assert now == shown


def test_the_answer_of_a_move_knows_when_it_happened(staff: User) -> None:
    company = make_company("acme", "pending")
    client = client_of(staff)

    shown = client.post(f"companies/{company.id}/approve/").json()

    assert client.get(f"companies/{company.id}/").json()["updated_at"] == shown["updated_at"]


@pytest.mark.parametrize(("deed", "body", "start", "end"), MOVES)
def test_an_illegal_move_tells_what_is_allowed(
    staff: User, deed: str, body: dict[str, str], start: str, end: str
) -> None:
    company = make_company("acme", "rejected")
    client = client_of(staff)

    with nothing_changes():
        answer = client.post(f"companies/{company.id}/{deed}/", body)

    assert outcome(answer) == (409, "illegal_move")
    problem = answer.json()
    assert (problem["from"], problem["to"], problem["allowed"]) == ("rejected", end, ["pending"])


def test_approval_waits_for_the_address(staff: User) -> None:
    company = make_company("acme", "pending", email_confirmed_at=None)
    client = client_of(staff)

    with nothing_changes():
        answer = client.post(f"companies/{company.id}/approve/")

    assert outcome(answer) == (409, "address_unconfirmed")


@pytest.mark.parametrize("deed", ["reject", "suspend"])
@pytest.mark.parametrize("reason", [None, "", "   ", 5, ["x"], "x" * 501, "nul\x00"])
def test_a_reason_must_be_given_in_words(staff: User, deed: str, reason: Any) -> None:
    company = make_company("acme", "pending" if deed == "reject" else "active")
    client = client_of(staff)

    with nothing_changes():
        answer = client.post(f"companies/{company.id}/{deed}/", {"reason": reason})

    assert answer.status_code == 400
    assert answer.json()["code"] in ("invalid", "malformed")


@pytest.mark.parametrize("deed", ["approve", "restore"])
def test_where_no_reason_is_asked_none_is_taken(staff: User, deed: str) -> None:
    company = make_company("acme", "pending")
    client = client_of(staff)

    with nothing_changes():
        answer = client.post(f"companies/{company.id}/{deed}/", {"reason": "x"})

    assert outcome(answer) == (400, "unknown_field")
    assert faults(answer) == {"reason": ["unknown_field"]}


@pytest.mark.parametrize(("deed", "body", "start", "end"), MOVES)
@pytest.mark.parametrize("who", ["admin", "manager", "agent", "customer"])
def test_nobody_in_a_company_may(
    acme: World, globex: World, deed: str, body: dict[str, str], start: str, end: str, who: str
) -> None:
    client = client_of(getattr(acme, who))

    with nothing_changes():
        answers = [
            client.post(f"companies/{company_id}/{deed}/", body)
            for company_id in (acme.company.id, globex.company.id, new_id())
        ]

    assert [outcome(answer) for answer in answers] == [(403, "permission_denied")] * 3
    assert len({without_request_id(answer) for answer in answers}) == 1


@pytest.mark.parametrize(("deed", "body", "start", "end"), MOVES)
def test_nobody_at_all_may(
    acme: World, nobody: ApiClient, deed: str, body: dict[str, str], start: str, end: str
) -> None:
    with nothing_changes():
        answer = nobody.post(f"companies/{acme.company.id}/{deed}/", body)

    assert outcome(answer) == (401, "not_authenticated")


@pytest.mark.parametrize(("deed", "body", "start", "end"), MOVES)
def test_an_unknown_and_a_deleted_company_answer_alike(
    staff: User, deed: str, body: dict[str, str], start: str, end: str
) -> None:
    deleted = make_company("acme", start, is_deleted=True)
    client = client_of(staff)

    with nothing_changes():
        gone = client.post(f"companies/{deleted.id}/{deed}/", body)
        unknown = client.post(f"companies/{new_id()}/{deed}/", body)

    assert outcome(gone) == (404, "not_found")
    assert without_request_id(gone) == without_request_id(unknown)


def test_a_suspension_refuses_the_next_request_and_ends_all_sessions(
    acme: World, globex: World, staff: User
) -> None:
    clients = [client_of(member) for member in acme.people()]
    bystander = client_of(globex.agent)
    desk = client_of(staff)

    with delivered(), recorded_events() as events:
        desk.post(f"companies/{acme.company.id}/suspend/", {"reason": "Unpaid."})
        refused = [outcome(client.get("me/")) for client in clients]

    assert refused == [(401, "session_ended")] * 5
    assert events == ["company.suspended"]
    ended = Session.objects.filter(member__company=acme.company)
    assert set(ended.values_list("end_reason", flat=True)) == {"company"}
    assert bystander.get("me/").status_code == 200


def test_a_restored_company_does_not_wake_old_sessions(acme: World, staff: User) -> None:
    client, desk = client_of(acme.agent), client_of(staff)
    with delivered():
        desk.post(f"companies/{acme.company.id}/suspend/", {"reason": "Unpaid."})
    with delivered():
        desk.post(f"companies/{acme.company.id}/restore/")

    assert outcome(client.get("me/")) == (401, "session_ended")
    assert client_of(acme.agent).get("me/").status_code == 200


def test_approval_with_a_key_is_replayed_as_the_company_is_now(staff: User) -> None:
    company = make_company("acme", "pending")
    client = client_of(staff)
    first = client.post(f"companies/{company.id}/approve/", Idempotency_Key="approve-1")
    Company.objects.update(name="Renamed")

    with nothing_changes():
        again = client.post(f"companies/{company.id}/approve/", Idempotency_Key="approve-1")

    assert (first.status_code, again.status_code) == (200, 200)
    assert again.headers["Idempotent-Replay"] == "true"
    assert again.json()["name"] == "Renamed"
    assert outcome(client.post(f"companies/{company.id}/approve/")) == (409, "illegal_move")


def test_a_refused_approval_does_not_spend_its_key(staff: User) -> None:
    company = make_company("acme", "pending", email_confirmed_at=None)
    client = client_of(staff)
    path = f"companies/{company.id}/approve/"
    assert client.post(path, Idempotency_Key="approve-1").status_code == 409
    assert IdempotencyKey.objects.count() == 0
    Company.objects.update(email_confirmed_at=company.created_at)

    answer = client.post(path, Idempotency_Key="approve-1")

    assert answer.status_code == 200
    assert "Idempotent-Replay" not in answer.headers


def test_a_key_of_one_move_is_not_the_key_of_another(staff: User) -> None:
    company = make_company("acme", "pending")
    client = client_of(staff)
    client.post(f"companies/{company.id}/approve/", Idempotency_Key="same")

    answer = client.post(
        f"companies/{company.id}/suspend/", {"reason": "Unpaid."}, Idempotency_Key="same"
    )

    assert (answer.status_code, answer.json()["status"]) == (200, "suspended")


def test_a_second_desk_has_keys_of_its_own(staff: User) -> None:
    company = make_company("acme", "pending")
    path = f"companies/{company.id}/approve/"
    client_of(staff).post(path, Idempotency_Key="same")
    colleague = make_user("sam@tokdesk.example", is_super_admin=True)

    answer = client_of(colleague).post(path, Idempotency_Key="same")

    assert outcome(answer) == (409, "illegal_move")
