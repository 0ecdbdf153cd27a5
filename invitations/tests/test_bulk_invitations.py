"""POST invitations/bulk/: every address has an outcome of its own."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.tests.factories import actor_for, make_member
from conftest import World, client_of
from invitations.models import Invitation
from invitations.services import Address, invite_many
from invitations.tests.factories import make_invitation, now
from tokdesk.common.errors import Invalid
from tokdesk.common.models import Event, Job
from tokdesk.common.roles import Role
from tokdesk.tests.answers import faults, outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


def form(emails: Any, role: str = "agent", **fields: Any) -> dict[str, Any]:
    return {"emails": emails, "role": role, **fields}


def outcomes(answer: Any) -> list[tuple[str, str]]:
    assert answer.status_code == 200, answer.content
    return [(row["email"], row["outcome"]) for row in answer.json()["results"]]


def test_each_address_has_its_outcome_in_the_order_it_was_sent(acme: World) -> None:
    make_invitation(acme.admin, "waits@x.example")
    make_member(acme.company, Role.USER, "contact@x.example", user=None)
    make_member(acme.company, Role.AGENT, "gone@x.example", status="deactivated")
    late = timezone.now() - timedelta(seconds=1)
    make_invitation(acme.admin, "late@x.example", expires_at=late)
    typed = [
        "new@x.example",
        "New@X.example ",
        "nonsense",
        "",
        "a@b@c",
        "agent@acme.example",
        "gone@x.example",
        "waits@x.example",
        "late@x.example",
        "contact@x.example",
        "nonsense",
        "x@y.example\nBcc: z@y.example",
        f"{'a' * 300}@y.example",
        "a@localhost",
        "a@[127.0.0.1]",
        f"{'a' * 65}@y.example",
    ]

    answer = client_of(acme.admin).post("invitations/bulk/", form(typed))

    assert outcomes(answer) == [
        ("new@x.example", "created"),
        ("New@X.example ", "duplicate"),
        ("nonsense", "invalid"),
        ("", "invalid"),
        ("a@b@c", "invalid"),
        ("agent@acme.example", "already_member"),
        ("gone@x.example", "already_member"),
        ("waits@x.example", "already_invited"),
        ("late@x.example", "created"),
        ("contact@x.example", "created"),
        ("nonsense", "invalid"),
        (typed[11], "invalid"),
        *((each, "invalid") for each in typed[12:]),
    ]


def test_whoever_was_invited_is_shown_and_nobody_else(acme: World) -> None:
    answer = client_of(acme.admin).post(
        "invitations/bulk/", form(["new@x.example", "bad"], department=str(acme.support.id))
    )

    created, invalid = answer.json()["results"]
    row = Invitation.unscoped.get()
    assert created["invitation"] == client_of(acme.admin).get(f"invitations/{row.id}/").json()
    assert created["invitation"]["department"]["name"] == "Support"
    assert invalid == {"email": "bad", "outcome": "invalid"}


def test_each_is_told_and_mailed_apart(acme: World) -> None:
    client_of(acme.admin).post("invitations/bulk/", form([f"p{n}@x.example" for n in range(5)]))

    told = Event.objects.filter(type="invitation.sent")
    ids = {str(row.id) for row in Invitation.unscoped.all()}
    assert {event.payload["invitation_id"] for event in told} == ids
    assert Job.objects.filter(subscriber="notifications.mail_invitation").count() == 5
    assert len({row.token_hash for row in Invitation.unscoped.all()}) == 5


def test_what_is_overdue_makes_room(acme: World) -> None:
    late = timezone.now() - timedelta(seconds=1)
    old, _token = make_invitation(acme.admin, "late@x.example", expires_at=late)

    client_of(acme.admin).post("invitations/bulk/", form(["late@x.example"]))

    assert now(old).status == "expired"


@pytest.mark.parametrize("emails", [[], ["a@x.example"] * 501, "a@x.example", None, {"a": 1}])
def test_from_one_to_five_hundred_addresses(acme: World, emails: Any) -> None:
    client = client_of(acme.admin)

    with nothing_changes():
        answer = client.post("invitations/bulk/", form(emails))

    assert outcome(answer) == (400, "invalid")
    assert list(faults(answer)) == ["emails"]


@pytest.mark.parametrize("strange", [None, 7, True, ["a@x.example"], {"email": "a@x.example"}])
def test_an_address_is_a_text(acme: World, strange: Any) -> None:
    client = client_of(acme.admin)

    with nothing_changes():
        answer = client.post("invitations/bulk/", form(["a@x.example", strange]))

    assert answer.status_code == 400
    assert list(faults(answer)) == ["emails.1"]


def test_the_service_takes_no_more_either(acme: World) -> None:
    with pytest.raises(Invalid):
        invite_many(
            actor=actor_for(acme.admin),
            emails=[Address("a@x.example", "a@x.example")] * 501,
            role=Role.AGENT,
        )


def test_a_list_of_nothing_but_mistakes_invites_nobody(acme: World) -> None:
    client = client_of(acme.admin)

    with nothing_changes():
        answer = client.post("invitations/bulk/", form(["bad", "worse"]))

    assert outcomes(answer) == [("bad", "invalid"), ("worse", "invalid")]


@pytest.mark.parametrize(
    ("who", "fields", "status"),
    [
        ("manager", {"role": "manager", "department": "support"}, 403),
        ("manager", {"role": "company_admin"}, 403),
        ("manager", {"role": "agent", "department": "billing"}, 403),
        ("manager", {"role": "agent"}, 400),
        ("manager", {"role": "user"}, 400),
        ("admin", {"role": "user", "department": "support"}, 400),
        ("admin", {"role": "super_admin"}, 400),
        ("agent", {"role": "user"}, 403),
        ("customer", {"role": "user"}, 403),
    ],
)
def test_nobody_offers_more_than_one_at_a_time(
    acme: World, who: str, fields: dict[str, str], status: int
) -> None:
    named = {name: str(getattr(acme, fields[name]).id) for name in {"department"} & fields.keys()}
    client = client_of(getattr(acme, who))
    body = form(["a@x.example"], **{**fields, **named})

    with nothing_changes():
        answer = client.post("invitations/bulk/", body)

    assert answer.status_code == status


def test_a_manager_invites_many_into_an_own_department(acme: World) -> None:
    body = form(["a@x.example", "b@x.example"], department=str(acme.support.id))

    answer = client_of(acme.manager).post("invitations/bulk/", body)

    assert [each for _email, each in outcomes(answer)] == ["created"] * 2


def test_each_costs_two_inserts_and_all_else_is_asked_once(acme: World) -> None:
    """An event and its job each."""
    client = client_of(acme.admin)

    with CaptureQueriesContext(connection) as queries:
        client.post("invitations/bulk/", form([f"p{n}@x.example" for n in range(110)]))

    told = [each for each in queries if 'INSERT INTO "common_' in each["sql"]]
    assert len(told) == 2 * 110
    assert len(queries) - len(told) <= 12


def test_five_hundred_go_at_once(acme: World) -> None:
    emails = [f"p{n}@x.example" for n in range(500)]

    answer = client_of(acme.admin).post("invitations/bulk/", form(emails))

    assert outcomes(answer) == [(email, "created") for email in emails]
    assert Invitation.unscoped.count() == 500


def test_a_repeated_request_gets_the_same_results_and_invites_nobody_twice(acme: World) -> None:
    make_invitation(acme.admin, "waits@x.example")
    emails = ["a@x.example", "bad", "a@x.example", "agent@acme.example", "waits@x.example"]
    client = client_of(acme.admin)

    first = client.post("invitations/bulk/", form(emails), Idempotency_Key="k1")
    again = client.post("invitations/bulk/", form(emails), Idempotency_Key="k1")
    other = client.post("invitations/bulk/", form(["z@x.example"]), Idempotency_Key="k1")

    assert first.json() == again.json()
    assert (again.status_code, again.headers["Idempotent-Replay"]) == (200, "true")
    assert outcome(other) == (409, "idempotency_key_reused")
    assert Invitation.unscoped.count() == 2
