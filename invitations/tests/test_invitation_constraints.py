"""What the database itself refuses about invitations."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone

from conftest import World
from invitations.choices import Status
from invitations.models import Invitation
from invitations.tests.factories import make_invitation, now
from tokdesk.common.errors import TenancyError
from tokdesk.common.tenancy import ScopeError, company_scope
from tokdesk.common.tokens import token_hash

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


def test_an_address_waits_once_in_a_company(acme: World) -> None:
    make_invitation(acme.admin)

    with pytest.raises(IntegrityError):
        make_invitation(acme.admin)


@pytest.mark.parametrize("status", [Status.REVOKED, Status.EXPIRED])
def test_what_does_not_wait_keeps_nobody_out(acme: World, globex: World, status: str) -> None:
    make_invitation(acme.admin, status=status)
    make_invitation(acme.admin, status=status)
    make_invitation(globex.admin)

    assert make_invitation(acme.admin)[0].status == "pending"


def test_two_invitations_never_share_a_token(acme: World, globex: World) -> None:
    invitation, _token = make_invitation(acme.admin)

    with pytest.raises(IntegrityError):
        Invitation.unscoped.filter(pk=make_invitation(globex.admin)[0].pk).update(
            token_hash=invitation.token_hash
        )


def test_platform_staff_is_no_role_that_is_offered(acme: World) -> None:
    with pytest.raises(IntegrityError):
        make_invitation(acme.admin, role="super_admin")


@pytest.mark.parametrize("missing", ["accepted_by", "accepted_at"])
def test_somebody_accepted_it_at_some_time(acme: World, missing: str) -> None:
    used: dict[str, Any] = {"accepted_by": acme.agent, "accepted_at": timezone.now()}

    with pytest.raises(IntegrityError):
        make_invitation(acme.admin, status=Status.ACCEPTED, **{**used, missing: None})


def test_only_a_hash_of_the_token_is_stored(acme: World) -> None:
    invitation, token = make_invitation(acme.admin)

    row = Invitation.unscoped.filter(pk=invitation.pk).values().get()
    assert row["token_hash"] == token_hash(token)
    assert token not in str(row)
    assert len(token) == 43


def test_invitations_are_not_read_without_a_company(acme: World) -> None:
    make_invitation(acme.admin)

    with pytest.raises(ScopeError):
        Invitation.objects.count()


def test_no_department_of_another_company_is_attached(acme: World, globex: World) -> None:
    with pytest.raises(TenancyError):
        make_invitation(acme.admin, department=globex.support)


def test_an_invitation_is_written_in_its_own_company_alone(acme: World, globex: World) -> None:
    invitation, _token = make_invitation(acme.admin)

    with company_scope(globex.company.id), pytest.raises(TenancyError):
        invitation.save()


@pytest.mark.parametrize(
    ("status", "seconds", "state"),
    [
        ("pending", 1, "pending"),
        ("pending", -1, "expired"),
        ("expired", -1, "expired"),
        ("revoked", -1, "revoked"),
    ],
)
def test_what_is_overdue_has_expired_marked_or_not(
    acme: World, status: str, seconds: int, state: str
) -> None:
    expires_at = timezone.now() + timedelta(seconds=seconds)

    invitation, _token = make_invitation(acme.admin, status=status, expires_at=expires_at)

    assert now(invitation).state == state
