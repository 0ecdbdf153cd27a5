"""Whoever came in another way needs the invitation no more."""

import pytest

from accounts.models import Membership, User
from accounts.services.joining import join_company
from accounts.tests.factories import NOBODY, make_member, make_user
from conftest import World
from invitations.services import withdraw_from_member
from invitations.tests.factories import EMAIL, make_invitation, now
from tokdesk.common.jobs import drain
from tokdesk.common.queues import Queue
from tokdesk.common.roles import Role
from tokdesk.common.testing import ApiClient, recorded_events
from tokdesk.tests.answers import outcome

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


def register(world: World, user: User, email: str = EMAIL) -> Membership:
    facts = {"role": Role.USER, "name": "Nour", "email": email, "language": "en"}
    return join_company(actor=NOBODY, company=world.company, user=user, **facts)


@pytest.mark.parametrize("email", [EMAIL, "work@x.example"])
def test_the_page_promises_nothing_to_a_member(acme: World, email: str) -> None:
    _row, token = make_invitation(acme.admin)
    member = make_member(acme.company, Role.USER, EMAIL)
    Membership.unscoped.filter(pk=member.pk).update(email=email)

    assert outcome(ApiClient().post("invitations/preview/", {"token": token})) == (410, "gone")


@pytest.mark.parametrize("email", [EMAIL, "work@x.example"])
def test_what_waits_for_a_new_member_is_revoked(acme: World, email: str) -> None:
    row, _token = make_invitation(acme.admin)
    other, _token = make_invitation(acme.admin, "other@x.example")
    register(acme, make_user(EMAIL), email)

    with recorded_events() as events:
        drain(Queue.DEFAULT)

    assert (now(row).status, now(other).status) == ("revoked", "pending")
    assert events.count("invitation.revoked") == 1


def test_a_used_one_stays_accepted(acme: World) -> None:
    used = {"accepted_by": acme.agent, "accepted_at": acme.agent.created_at}
    row, _token = make_invitation(acme.admin, status="accepted", **used)
    register(acme, make_user(EMAIL))

    drain(Queue.DEFAULT)

    assert now(row).status == "accepted"


def test_a_contact_without_an_account_is_still_invited(acme: World) -> None:
    row, _token = make_invitation(acme.admin)
    contact = make_member(acme.company, Role.USER, EMAIL, user=None)

    withdraw_from_member(company_id=acme.company.id, member_id=contact.id)

    assert now(row).status == "pending"


def test_twice_changes_nothing_more(acme: World) -> None:
    row, _token = make_invitation(acme.admin)
    member = make_member(acme.company, Role.USER, EMAIL)

    for _time in range(2):
        withdraw_from_member(company_id=acme.company.id, member_id=member.id)

    assert (now(row).status, now(row).version) == ("revoked", 2)
