"""POST invitations/: who may offer what to whom."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Membership, User
from accounts.tests.factories import actor_for
from conftest import World, client_of
from departments.models import Department
from departments.services import archive_department
from departments.tests.factories import make_department
from invitations.models import Invitation
from invitations.services import invite
from invitations.tests.factories import EMAIL
from tokdesk.common.errors import Denied, Invalid
from tokdesk.common.ids import new_id
from tokdesk.common.models import Event
from tokdesk.common.roles import Role
from tokdesk.common.testing import recorded_events
from tokdesk.tests.answers import faults, outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


def form(role: str = "agent", **fields: Any) -> dict[str, Any]:
    return {"email": EMAIL, "role": role, **fields}


def test_an_invitation_is_shown_whole_and_without_its_token(acme: World) -> None:
    body = form(department=str(acme.support.id))

    answer = client_of(acme.admin).post("invitations/", body)

    assert answer.status_code == 201
    row = Invitation.unscoped.get()
    shown = answer.json()
    assert shown == {
        "id": str(row.id),
        "email": EMAIL,
        "role": "agent",
        "department": {"id": str(acme.support.id), "name": "Support"},
        "invited_by": {
            "id": str(acme.admin.id),
            "name": "Admin",
            "role": "company_admin",
            "avatar": None,
        },
        "status": "pending",
        "expires_at": shown["expires_at"],
        "sent_at": shown["sent_at"],
        "accepted_by": None,
        "accepted_at": None,
        "version": 1,
        "created_at": shown["created_at"],
    }
    assert row.expires_at - row.sent_at == timedelta(days=7)
    assert answer.headers["ETag"] == '"1"'


def test_it_is_told_once_and_nobody_comes_in_yet(acme: World) -> None:
    people = Membership.unscoped.count()

    with recorded_events() as events:
        answer = client_of(acme.admin).post("invitations/", form())

    row = Invitation.unscoped.get()
    event = Event.objects.get(type="invitation.sent")
    assert events.count("invitation.sent") == 1
    assert event.payload == {"invitation_id": str(row.id), "resent": 0}
    assert (event.actor_member, event.stream) == (acme.admin.id, f"invitation:{row.id}")
    assert answer.json()["department"] == {"id": str(acme.support.id), "name": "Support"}
    assert Membership.unscoped.count() == people


@pytest.mark.parametrize("typed", ["Nour@New.Example", "  nour@new.example ", "NOUR@NEW.EXAMPLE"])
def test_one_mailbox_is_one_address_however_it_is_written(acme: World, typed: str) -> None:
    client = client_of(acme.admin)

    assert client.post("invitations/", form(email=typed)).json()["email"] == EMAIL
    assert outcome(client.post("invitations/", form())) == (409, "already_invited")


@pytest.mark.parametrize("role", ["company_admin", "manager", "agent", "user"])
def test_an_admin_offers_any_role(acme: World, role: str) -> None:
    answer = client_of(acme.admin).post("invitations/", form(role))

    assert (answer.status_code, answer.json()["role"]) == (201, role)


@pytest.mark.parametrize("role", ["manager", "agent"])
@pytest.mark.parametrize("named", [{}, {"department": None}])
@pytest.mark.parametrize("many", [True, False])
def test_staff_without_a_department_come_into_the_default_one(
    acme: World, role: str, named: dict[str, Any], many: bool
) -> None:
    body = {"emails": [EMAIL], "role": role, **named} if many else form(role, **named)

    client_of(acme.admin).post("invitations/bulk/" if many else "invitations/", body)

    assert Invitation.unscoped.get().department == acme.support


@pytest.mark.parametrize("role", ["company_admin", "user"])
def test_who_needs_no_department_comes_into_none(acme: World, role: str) -> None:
    client_of(acme.admin).post("invitations/", form(role))

    assert Invitation.unscoped.get().department is None


def test_where_no_department_is_the_default_staff_come_into_none(acme: World) -> None:
    Department.unscoped.update(is_default=False)

    client_of(acme.admin).post("invitations/", form())

    assert Invitation.unscoped.get().department is None


@pytest.mark.parametrize("role", ["company_admin", "manager", "agent"])
def test_an_admin_invites_into_any_department(acme: World, role: str) -> None:
    answer = client_of(acme.admin).post("invitations/", form(role, department=str(acme.billing.id)))

    assert (answer.status_code, answer.json()["department"]["name"]) == (201, "Billing")


@pytest.mark.parametrize("role", ["agent", "user"])
def test_a_manager_invites_agents_and_customers_into_an_own_department(
    acme: World, role: str
) -> None:
    body = form(role, department=str(acme.support.id))

    answer = client_of(acme.manager).post("invitations/", body)

    assert (answer.status_code, answer.json()["role"]) == (201, role)


@pytest.mark.parametrize("role", ["company_admin", "manager"])
@pytest.mark.parametrize("department", ["support", "billing", None])
def test_a_manager_offers_no_role_of_the_own_height(
    acme: World, role: str, department: str | None
) -> None:
    named = {"department": str(getattr(acme, department).id)} if department else {}
    client = client_of(acme.manager)

    with nothing_changes():
        answer = client.post("invitations/", form(role, **named))

    assert outcome(answer) == (403, "permission_denied")


@pytest.mark.parametrize("role", ["agent", "user"])
def test_a_manager_invites_into_no_other_department(acme: World, role: str) -> None:
    client = client_of(acme.manager)

    with nothing_changes():
        answer = client.post("invitations/", form(role, department=str(acme.billing.id)))

    assert outcome(answer) == (403, "permission_denied")


@pytest.mark.parametrize("role", ["agent", "user"])
@pytest.mark.parametrize("named", [{}, {"department": None}])
def test_a_manager_says_into_which_department(
    acme: World, role: str, named: dict[str, Any]
) -> None:
    client = client_of(acme.manager)

    with nothing_changes():
        answer = client.post("invitations/", form(role, **named))

    assert outcome(answer) == (400, "invalid")
    assert faults(answer) == {"department": ["required"]}


def test_an_admin_puts_no_customer_into_a_department(acme: World) -> None:
    client = client_of(acme.admin)

    with nothing_changes():
        answer = client.post("invitations/", form("user", department=str(acme.support.id)))

    assert faults(answer) == {"department": ["invalid"]}


@pytest.mark.parametrize("who", ["agent", "customer"])
@pytest.mark.parametrize("role", ["agent", "user"])
def test_agents_and_customers_invite_nobody(acme: World, who: str, role: str) -> None:
    client = client_of(getattr(acme, who))

    with nothing_changes():
        answer = client.post("invitations/", form(role, department=str(acme.support.id)))

    assert outcome(answer) == (403, "permission_denied")


def test_platform_staff_invite_on_their_own_site_alone(staff: User, acme: World) -> None:
    client = client_of(staff)

    with nothing_changes():
        answer = client.post("invitations/", form("company_admin"))

    assert outcome(answer) == (403, "permission_denied")


def test_a_refused_manager_is_written_down(acme: World) -> None:
    client = client_of(acme.manager)

    client.post("invitations/", form(department=str(acme.billing.id)))

    event = Event.objects.get(type="security.denied")
    assert event.payload["permission"] == "member:invite"
    assert event.actor_member == acme.manager.id


@pytest.mark.parametrize("who", ["admin", "manager"])
def test_foreign_unknown_and_archived_departments_are_told_alike(
    acme: World, globex: World, who: str
) -> None:
    closed = make_department(acme.company, "Closed", acme.manager)
    archive_department(actor=actor_for(acme.admin), department=closed, move_to=acme.support)
    client = client_of(getattr(acme, who))

    with nothing_changes():
        answers = [
            client.post("invitations/", form(department=str(department)))
            for department in (globex.support.id, new_id(), closed.id)
        ]

    assert [faults(answer) for answer in answers] == [{"department": ["does_not_exist"]}] * 3


def test_a_department_archived_this_moment_takes_nobody(acme: World) -> None:
    stale = acme.billing
    archive_department(actor=actor_for(acme.admin), department=acme.billing, move_to=acme.support)

    with pytest.raises(Invalid) as caught:
        invite(actor=actor_for(acme.admin), email=EMAIL, role=Role.AGENT, department=stale)

    assert caught.value.fields["department"][0].code == "does_not_exist"


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"role": "super_admin"}, {"role": ["invalid_choice"]}),
        ({"role": ""}, {"role": ["invalid_choice"]}),
        ({"role": None}, {"role": ["null"]}),
        ({"email": "nobody"}, {"email": ["invalid"]}),
        ({"email": ""}, {"email": ["blank"]}),
        ({"email": "a@localhost"}, {"email": ["invalid"]}),
        ({"email": "a@b.example\nBcc: c@d.example"}, {"email": ["invalid"]}),
        ({"email": f"{'a' * 250}@b.example"}, {"email": ["max_length"]}),
        ({"department": "{urn}"}, {"department": ["invalid"]}),
        ({"department": 7}, {"department": ["invalid"]}),
    ],
)
def test_a_wrong_field_is_named(
    acme: World, fields: dict[str, Any], fault: dict[str, list[str]]
) -> None:
    client = client_of(acme.admin)

    with nothing_changes():
        answer = client.post("invitations/", form(**fields))

    assert answer.status_code == 400
    assert {name: [codes[0]] for name, codes in faults(answer).items()} == fault


def test_the_service_itself_offers_no_unknown_role(acme: World) -> None:
    with pytest.raises(Invalid):
        invite(actor=actor_for(acme.admin), email=EMAIL, role="super_admin")
    with pytest.raises(Denied):
        invite(actor=actor_for(acme.agent), email=EMAIL, role=Role.USER)


def test_a_repeated_request_makes_one_invitation(acme: World) -> None:
    client = client_of(acme.admin)

    first = client.post("invitations/", form(), Idempotency_Key="k1")
    again = client.post("invitations/", form(), Idempotency_Key="k1")

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again.headers["Idempotent-Replay"] == "true"
    assert Invitation.unscoped.count() == 1
    assert Event.objects.filter(type="invitation.sent").count() == 1
