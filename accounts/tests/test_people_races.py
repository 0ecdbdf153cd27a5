"""Two at once: one address, one external id, one row, one last admin."""

from typing import Any

import pytest

from accounts.models import Membership
from accounts.tests.factories import make_member
from conftest import World, client_of
from tokdesk.common.models import Event
from tokdesk.common.roles import Role
from tokdesk.common.testing import race
from tokdesk.tests.answers import outcome
from tokdesk.tests.interleaving import just_before

pytestmark = [pytest.mark.contract, pytest.mark.django_db(transaction=True)]


def outcomes(answers: list[Any]) -> list[tuple[int, str]]:
    return sorted(outcome(answer) for answer in answers)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"email": "carla@home.example"}, "email_taken"),
        ({"external_id": "C-1"}, "external_id_taken"),
    ],
)
def test_of_ten_contacts_with_one_key_one_is_made(
    acme: World, body: dict[str, str], code: str
) -> None:
    clients = [client_of(acme.agent) for _number in range(10)]

    answers = race(lambda n: clients[n].post("customers/", {"name": f"C{n}", **body}), 10)

    assert outcomes(answers) == [(201, ""), *[(409, code)] * 9]
    assert Membership.unscoped.filter(**body).count() == 1
    assert Event.objects.filter(type="customer.created").count() == 1


def test_of_ten_contacts_who_get_one_address_one_has_it(acme: World) -> None:
    contacts = [
        make_member(acme.company, Role.USER, f"c{n}@home.example", user=None) for n in range(10)
    ]
    clients = [client_of(acme.agent) for _number in range(10)]
    body = {"email": "carla@home.example"}

    answers = race(lambda n: clients[n].patch(f"customers/{contacts[n].id}/", body), 10)

    assert outcomes(answers) == [(200, ""), *[(409, "email_taken")] * 9]
    assert Membership.unscoped.filter(**body).count() == 1


def test_who_loses_an_address_to_another_contact_is_told(acme: World) -> None:
    other = make_member(acme.company, Role.USER, "other@home.example", user=None)
    first, second = client_of(acme.agent), client_of(acme.agent2)
    body = {"email": "carla@home.example"}

    def meanwhile() -> Any:
        return second.patch(f"customers/{other.id}/", body)

    with just_before('UPDATE "accounts_membership"', meanwhile) as between:
        answer = first.patch(f"customers/{acme.customer.id}/", body)

    assert outcome(between[0]) == (200, "")
    assert outcome(answer) == (409, "email_taken")


def test_of_ten_edits_of_one_version_one_counts(acme: World) -> None:
    clients = [client_of(acme.agent) for _number in range(10)]
    path = f"customers/{acme.customer.id}/"

    answers = race(lambda n: clients[n].patch(path, {"name": f"C{n}", "version": 1}), 10)

    assert outcomes(answers) == [(200, ""), *[(409, "stale_version")] * 9]
    assert Membership.unscoped.get(pk=acme.customer.pk).version == 2


def demote(client: Any, member: Membership) -> Any:
    return client.patch(f"members/{member.id}/", {"role": "agent"})


def withdraw(client: Any, member: Membership) -> Any:
    return client.post(f"members/{member.id}/deactivate/")


@pytest.mark.parametrize(
    ("first", "second"), [(demote, demote), (withdraw, withdraw), (demote, withdraw)]
)
def test_two_admins_cannot_remove_each_other(acme: World, first: Any, second: Any) -> None:
    other = make_member(acme.company, Role.COMPANY_ADMIN, "second@acme.example")
    one, two = client_of(acme.admin), client_of(other)

    answers = race(lambda n: first(one, other) if n == 0 else second(two, acme.admin), 2)

    # Who lost the role or the session first is refused for that; else for being the last.
    refused = {(409, "last_admin"), (403, "permission_denied"), (401, "session_ended")}
    assert [outcome(each) for each in answers].count((200, "")) == 1
    assert {outcome(each) for each in answers} - {(200, "")} <= refused
    assert Membership.unscoped.filter(role="company_admin", status="active").count() == 1


def test_the_heir_of_two_who_leave_at_once_is_still_there(acme: World) -> None:
    """Each names the other: one of them goes, and the other finds nobody to take over."""
    client = [client_of(acme.admin) for _number in range(2)]
    pair = [acme.agent, acme.agent2]

    def leave(number: int) -> Any:
        body = {"reassign_to": str(pair[1 - number].id)}
        return client[number].post(f"members/{pair[number].id}/deactivate/", body)

    answers = race(leave, 2)

    assert outcomes(answers) == [(200, ""), (400, "invalid")]
    assert Membership.unscoped.filter(role="agent", status="active").count() == 1
