"""Invitations into a department that is archived go where its conversations go."""

import pytest

from accounts.tests.factories import actor_for
from conftest import World, client_of
from departments.services import archive_department
from departments.tests.factories import make_department
from invitations.models import Invitation
from invitations.tests.factories import make_invitation, now

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


@pytest.fixture
def moved(acme: World) -> Invitation:
    """One by the admin into a department that has become Support."""
    old = make_department(acme.company, "Old")
    row, _token = make_invitation(acme.admin, department=old)
    archive_department(actor=actor_for(acme.admin), department=old, move_to=acme.support)
    return row


def test_it_shows_the_department_as_of_now(acme: World, moved: Invitation) -> None:
    shown = client_of(acme.admin).get(f"invitations/{moved.id}/").json()

    assert shown["department"] == {"id": str(acme.support.id), "name": "Support"}
    assert shown["version"] == 2


def test_it_is_found_by_the_department_as_of_now(acme: World, moved: Invitation) -> None:
    found = client_of(acme.admin).get(f"invitations/?department={acme.support.id}").json()

    assert [row["id"] for row in found["results"]] == [str(moved.id)]


def test_the_manager_of_that_department_sees_and_revokes_it(acme: World, moved: Invitation) -> None:
    client = client_of(acme.manager)

    [row] = client.get("invitations/").json()["results"]
    answer = client.post(f"invitations/{row['id']}/revoke/")

    assert (answer.status_code, now(moved).status) == (200, "revoked")


@pytest.mark.parametrize(
    ("status", "follows"),
    [("pending", True), ("expired", True), ("revoked", False)],
)
def test_what_may_yet_be_used_follows(acme: World, status: str, follows: bool) -> None:
    row, _token = make_invitation(acme.admin, department=acme.billing, status=status)
    elsewhere, _token = make_invitation(acme.admin, "b@x.example", department=acme.support)

    archive_department(actor=actor_for(acme.admin), department=acme.billing, move_to=acme.support)

    place = acme.support if follows else acme.billing
    assert (now(row).department_id, now(row).version) == (place.id, 1 + follows)
    assert now(elsewhere).version == 1
