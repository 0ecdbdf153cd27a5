"""POST invitations/preview/: what the holder of a token is told before coming in."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.tests.factories import make_member, make_user
from companies.choices import Status
from companies.models import Company
from conftest import World
from invitations.tests.factories import EMAIL, make_invitation
from tokdesk.common.roles import Role
from tokdesk.common.testing import ApiClient
from tokdesk.tests.answers import faults, outcome
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


def look(token: Any) -> Any:
    return ApiClient().post("invitations/preview/", {"token": token})


def test_it_tells_who_invites_whereto_as_what(acme: World) -> None:
    Company.objects.filter(pk=acme.company.pk).update(colour="#0b6b5c")
    _row, token = make_invitation(acme.manager, department=acme.support)

    with nothing_changes():
        answer = look(token)

    assert answer.status_code == 200
    assert answer.json() == {
        "company": {"name": "Acme", "slug": "acme", "colour": "#0b6b5c"},
        "inviter": {
            "id": str(acme.manager.id),
            "name": "Manager",
            "role": "manager",
            "avatar": None,
        },
        "role": "agent",
        "email": EMAIL,
        "account_exists": False,
    }


@pytest.mark.parametrize("where", ["nowhere", "elsewhere", "contact"])
def test_it_tells_whether_to_ask_for_a_new_password_or_for_the_own(
    acme: World, globex: World, where: str
) -> None:
    _row, token = make_invitation(acme.admin)
    if where == "elsewhere":
        make_member(globex.company, Role.USER, EMAIL)
    if where == "contact":
        make_member(acme.company, Role.USER, EMAIL, user=None)

    assert look(token).json()["account_exists"] is (where == "elsewhere")


def test_the_platform_invites_without_a_name(acme: World, staff: User) -> None:
    _row, token = make_invitation(staff, role=Role.COMPANY_ADMIN, company=acme.company)

    answer = look(token)

    assert (answer.status_code, answer.json()["inviter"]) == (200, None)
    assert staff.email not in answer.content.decode()


@pytest.mark.parametrize("status", ["revoked", "expired", "accepted"])
def test_what_is_over_tells_nothing(acme: World, status: str) -> None:
    used = {"accepted_by": acme.agent, "accepted_at": timezone.now()}
    fields = used if status == "accepted" else {}
    _row, token = make_invitation(acme.admin, status=status, **fields)

    answer = look(token)

    assert outcome(answer) == (410, "gone")
    assert "Acme" not in answer.content.decode()


def test_overdue_is_over(acme: World) -> None:
    _row, token = make_invitation(acme.admin, expires_at=timezone.now() - timedelta(seconds=1))

    assert outcome(look(token)) == (410, "gone")


@pytest.mark.parametrize("status", [Status.SUSPENDED, Status.REJECTED, Status.PENDING])
def test_a_company_that_takes_nobody_tells_nothing(acme: World, status: str) -> None:
    _row, token = make_invitation(acme.admin)
    Company.objects.filter(pk=acme.company.pk).update(status=status)

    assert outcome(look(token)) == (410, "gone")


def test_a_deleted_company_tells_nothing(acme: World) -> None:
    _row, token = make_invitation(acme.admin)
    Company.objects.filter(pk=acme.company.pk).update(is_deleted=True)

    assert outcome(look(token)) == (410, "gone")


@pytest.mark.parametrize("fields", [{"is_super_admin": True}, {"is_active": False}])
def test_whom_no_company_takes_in_is_told_so_at_once(acme: World, fields: dict[str, bool]) -> None:
    make_user(EMAIL, **fields)
    _row, token = make_invitation(acme.admin)

    assert outcome(look(token)) == (410, "gone")


@pytest.mark.parametrize("has_account", [True, False])
def test_whose_access_was_withdrawn_is_told_so_at_once(acme: World, has_account: bool) -> None:
    _row, token = make_invitation(acme.admin)
    account = {} if has_account else {"user": None}
    make_member(acme.company, Role.USER, EMAIL, status="deactivated", **account)

    assert outcome(look(token)) == (410, "gone")


def test_an_unknown_token_is_not_found() -> None:
    assert outcome(look("A" * 43)) == (404, "not_found")


@pytest.mark.parametrize("path", ["preview", "accept"])
@pytest.mark.parametrize(
    "token", ["", " ", "x", "A" * 42, "A" * 44, "A" * 42 + "=", "A" * 42 + "\u0660", None, 7, []]
)
def test_an_empty_or_ill_formed_token_is_400(path: str, token: Any) -> None:
    answer = ApiClient().post(f"invitations/{path}/", {"token": token})

    assert answer.status_code == 400
    assert list(faults(answer)) == ["token"]


@pytest.mark.parametrize("path", ["preview", "accept"])
def test_they_take_no_idempotency_key(acme: World, path: str) -> None:
    _row, token = make_invitation(acme.admin)

    with nothing_changes():
        answer = ApiClient().post(f"invitations/{path}/", {"token": token}, Idempotency_Key="k1")

    assert outcome(answer) == (400, "idempotency_not_supported")
