"""POST invitations/accept/: who does not come in, and what stays as it was."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Membership
from accounts.services.sessions import end_session
from accounts.tests.factories import PASSWORD, actor_for, make_member, make_user, sign_in_as
from accounts.tests.forms import GOOD_PASSWORD
from companies.choices import Status
from companies.models import Company
from conftest import World, client_of
from invitations.services import accept
from invitations.tests.factories import EMAIL, entry, make_invitation, now
from tokdesk.common.errors import Unauthenticated
from tokdesk.common.roles import Role
from tokdesk.common.testing import ApiClient, without_request_id
from tokdesk.tests.answers import faults, outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

WRONG = (401, "invalid_credentials")
GONE = (410, "gone")


def come_in(token: str, client: ApiClient | None = None, **changes: Any) -> Any:
    body = {name: value for name, value in entry(token, **changes).items() if value is not None}
    with nothing_changes():
        return (client or ApiClient()).post("invitations/accept/", body)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"name": None}, {"name": ["required"]}),
        ({"password": None}, {"password": ["required"]}),
        ({"name": None, "password": None}, {"name": ["required"], "password": ["required"]}),
        ({"name": ""}, {"name": ["blank"]}),
        ({"name": "   "}, {"name": ["blank"]}),
        ({"name": "a" * 121}, {"name": ["max_length"]}),
        ({"name": "Eve\u202egnp.exe"}, {"name": ["invalid"]}),
        ({"name": "Eve\nAdmin"}, {"name": ["invalid"]}),
        ({"password": ""}, {"password": ["blank"]}),
        ({"password": "short"}, {"password": ["password_too_short"]}),
        ({"password": "password1234"}, {"password": ["password_too_common"]}),
        ({"password": "nour@new.example"}, {"password": ["password_too_similar"]}),
    ],
)
def test_somebody_new_needs_a_name_and_a_good_password(
    acme: World, changes: dict[str, Any], fault: dict[str, list[str]]
) -> None:
    _row, token = make_invitation(acme.admin)

    answer = come_in(token, **changes)

    assert outcome(answer) == (400, "invalid")
    assert {name: codes[:1] for name, codes in faults(answer).items()} == fault


def test_a_mistake_costs_no_invitation(acme: World) -> None:
    _row, token = make_invitation(acme.admin)
    come_in(token, password="short")

    answer = ApiClient().post("invitations/accept/", entry(token))

    assert answer.status_code == 201


@pytest.mark.parametrize("password", [None, "not-the-password", GOOD_PASSWORD])
def test_a_known_address_needs_its_own_password(
    acme: World, globex: World, password: str | None
) -> None:
    make_member(globex.company, Role.USER, EMAIL)
    row, token = make_invitation(acme.admin)

    assert outcome(come_in(token, password=password)) == WRONG
    assert now(row).status == "pending"


def test_somebody_elses_session_proves_nothing(acme: World, globex: World) -> None:
    make_user(EMAIL)
    _row, token = make_invitation(acme.admin)

    for other in (acme.admin, globex.agent):
        client = client_of(other)
        assert outcome(come_in(token, client, password=None)) == WRONG
        assert outcome(come_in(token, client, password="not-the-password")) == WRONG


def test_a_dead_session_proves_nothing(acme: World, globex: World) -> None:
    known = make_member(globex.company, Role.USER, EMAIL)
    client = client_of(known)
    Company.objects.filter(pk=globex.company.pk).update(status=Status.SUSPENDED)
    _row, token = make_invitation(acme.admin)

    assert outcome(come_in(token, client, password=None)) == WRONG


def test_a_session_that_ends_meanwhile_proves_nothing(acme: World, globex: World) -> None:
    """It lived when the request came in, and was signed out before the work began."""
    known = make_member(globex.company, Role.USER, EMAIL)
    session = sign_in_as(known)
    actor = actor_for(known, session_id=session.id)
    row, token = make_invitation(acme.admin)
    end_session(actor=actor, session=session)

    with pytest.raises(Unauthenticated):
        accept(actor=actor, token=token)

    assert now(row).status == "pending"
    assert not Membership.unscoped.filter(company=acme.company, user=known.user).exists()


@pytest.mark.parametrize("role", ["user", "agent", "company_admin"])
def test_whoever_is_in_already_stays_as_they_are(acme: World, role: str) -> None:
    row, token = make_invitation(acme.admin, role=Role.MANAGER)
    make_member(acme.company, role, EMAIL)

    answer = come_in(token, password=PASSWORD)

    assert outcome(answer) == (409, "already_member")
    assert now(row).status == "pending"


def test_that_is_told_to_nobody_who_does_not_know_the_password(acme: World) -> None:
    _row, token = make_invitation(acme.admin)
    make_member(acme.company, Role.USER, EMAIL)

    assert outcome(come_in(token, password="not-the-password")) == WRONG


def test_a_member_by_another_address_is_in_already_too(acme: World) -> None:
    member = make_member(acme.company, Role.AGENT, EMAIL)
    Membership.unscoped.filter(pk=member.pk).update(email="work@acme.example")
    _row, token = make_invitation(acme.admin)

    assert outcome(come_in(token, password=PASSWORD)) == (409, "already_member")


@pytest.mark.parametrize("has_account", [True, False])
def test_withdrawn_access_is_not_given_back_by_an_older_mail(
    acme: World, has_account: bool
) -> None:
    _row, token = make_invitation(acme.admin)
    account = {} if has_account else {"user": None}
    make_member(acme.company, Role.USER, EMAIL, status="deactivated", **account)

    assert outcome(come_in(token, password=PASSWORD)) == GONE


def test_a_withdrawn_contact_stays_out_whoever_has_an_account_elsewhere(
    acme: World, globex: World
) -> None:
    _row, token = make_invitation(acme.admin)
    make_member(acme.company, Role.USER, EMAIL, user=None, status="deactivated")
    make_member(globex.company, Role.USER, EMAIL)

    assert outcome(ApiClient().post("invitations/preview/", {"token": token})) == GONE
    assert outcome(come_in(token, password=PASSWORD)) == GONE


def test_platform_staff_are_in_no_company(acme: World) -> None:
    somebody = make_user(EMAIL, is_super_admin=True)
    _row, token = make_invitation(acme.admin)

    assert outcome(come_in(token, password=PASSWORD)) == GONE
    assert outcome(come_in(token, client_of(somebody), password=None)) == GONE


def test_a_closed_account_stays_closed(acme: World) -> None:
    make_user(EMAIL, is_active=False)
    _row, token = make_invitation(acme.admin)

    assert outcome(come_in(token, password=PASSWORD)) == GONE
    assert outcome(come_in(token)) == GONE


@pytest.mark.parametrize("status", ["revoked", "expired", "accepted"])
def test_what_is_over_lets_nobody_in(acme: World, status: str) -> None:
    used = {"accepted_by": acme.agent, "accepted_at": timezone.now()}
    fields = used if status == "accepted" else {}
    _row, token = make_invitation(acme.admin, status=status, **fields)

    assert outcome(come_in(token)) == GONE


@pytest.mark.parametrize(("seconds", "status"), [(-1, 410), (0, 410), (60, 201)])
def test_it_holds_until_its_last_second(acme: World, seconds: int, status: int) -> None:
    until = timezone.now() + timedelta(seconds=seconds)
    _row, token = make_invitation(acme.admin, expires_at=until)

    assert ApiClient().post("invitations/accept/", entry(token)).status_code == status


@pytest.mark.parametrize("status", [Status.SUSPENDED, Status.REJECTED, Status.PENDING])
def test_a_company_that_is_not_open_takes_nobody_in(acme: World, status: str) -> None:
    row, token = make_invitation(acme.admin)
    Company.objects.filter(pk=acme.company.pk).update(status=status)

    assert outcome(come_in(token)) == GONE
    Company.objects.filter(pk=acme.company.pk).update(status=Status.ACTIVE)
    assert ApiClient().post("invitations/accept/", entry(token)).status_code == 201


def test_a_deleted_company_takes_nobody_in(acme: World) -> None:
    _row, token = make_invitation(acme.admin)
    Company.objects.filter(pk=acme.company.pk).update(is_deleted=True)

    assert outcome(come_in(token)) == GONE


def test_an_unknown_token_is_not_found_whatever_comes_with_it(acme: World) -> None:
    make_user(EMAIL)

    answers = [
        come_in("A" * 43),
        come_in("A" * 43, password=PASSWORD),
        come_in("A" * 43, client_of(acme.admin), password=None, name=None),
    ]

    assert [outcome(answer) for answer in answers] == [(404, "not_found")] * 3
    assert len({without_request_id(answer) for answer in answers}) == 1


@pytest.mark.parametrize(
    "field",
    ["role", "department", "email", "company", "is_super_admin", "language", "member", "status"],
)
def test_nobody_brings_a_field_along(acme: World, field: str) -> None:
    _row, token = make_invitation(acme.admin)

    answer = come_in(token, **{field: "company_admin"})

    assert outcome(answer) == (400, "unknown_field")
    assert faults(answer) == {field: ["unknown_field"]}
