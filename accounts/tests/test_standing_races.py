"""Three admins: who is put out while waiting for the company's counter changes nobody any more."""

from typing import Any

import pytest

from accounts.models import Membership
from accounts.tests.factories import make_member
from conftest import World, client_of
from tokdesk.common.models import Event
from tokdesk.common.roles import Role
from tokdesk.common.testing import ApiClient
from tokdesk.tests.answers import outcome
from tokdesk.tests.interleaving import just_before

pytestmark = [pytest.mark.contract, pytest.mark.django_db(transaction=True)]

COUNTER = 'UPDATE "companies_companystate"'


def demote(client: ApiClient, member: Membership) -> Any:
    return client.patch(f"members/{member.id}/", {"role": "agent"})


def withdraw(client: ApiClient, member: Membership) -> Any:
    return client.post(f"members/{member.id}/deactivate/")


@pytest.mark.parametrize("overtaking", [demote, withdraw])
@pytest.mark.parametrize("late", [demote, withdraw])
def test_who_is_put_out_while_waiting_puts_out_nobody(
    acme: World, overtaking: Any, late: Any
) -> None:
    second = make_member(acme.company, Role.COMPANY_ADMIN, "second@acme.example")
    make_member(acme.company, Role.COMPANY_ADMIN, "third@acme.example")
    first_client, second_client = client_of(acme.admin), client_of(second)

    with just_before(COUNTER, lambda: overtaking(first_client, second)) as between:
        answer = late(second_client, acme.admin)

    assert outcome(between[0]) == (200, "")
    assert outcome(answer) == (403, "permission_denied")
    first = Membership.unscoped.get(pk=acme.admin.pk)
    assert (first.role, first.status, first.version) == ("company_admin", "active", 1)
    assert Membership.unscoped.filter(role="company_admin", status="active").count() == 2
    deeds = Event.objects.filter(type__in=["member.role_changed", "member.deactivated"])
    assert [event.stream for event in deeds] == [f"member:{second.id}"]


def test_who_is_put_out_while_waiting_places_nobody(acme: World) -> None:
    second = make_member(acme.company, Role.COMPANY_ADMIN, "second@acme.example")
    first_client, second_client = client_of(acme.admin), client_of(second)

    with just_before(COUNTER, lambda: withdraw(first_client, second)):
        answer = second_client.post("departments/", {"name": "Sales", "head": str(acme.agent.id)})

    assert outcome(answer) == (403, "permission_denied")
    assert Event.objects.filter(type="department.created").count() == 0
