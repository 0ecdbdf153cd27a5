"""Who lost the right since the request began does nothing to departments any more."""

import pytest

from accounts.models import Membership
from accounts.tests.factories import actor_for
from conftest import World
from departments.services import (
    add_department_member,
    archive_department,
    create_department,
    remove_department_member,
    update_department,
)
from tokdesk.common.errors import Denied
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

LOSSES = [{"role": "manager"}, {"role": "agent"}, {"status": "deactivated"}, {"is_deleted": True}]


@pytest.mark.parametrize("lost", LOSSES)
def test_a_former_admin_changes_no_department(acme: World, lost: dict[str, object]) -> None:
    former = actor_for(acme.admin)
    Membership.unscoped.filter(pk=acme.admin.pk).update(**lost)
    deeds = [
        lambda: create_department(actor=former, name="Sales", head=acme.agent),
        lambda: update_department(
            actor=former, department=acme.support, changes={"head": acme.agent}
        ),
        lambda: archive_department(actor=former, department=acme.support, move_to=acme.billing),
        lambda: add_department_member(actor=former, department=acme.billing, member=acme.agent),
        lambda: remove_department_member(actor=former, department=acme.support, member=acme.agent),
    ]

    for deed in deeds:
        with nothing_changes(), pytest.raises(Denied):
            deed()


def test_a_former_manager_places_nobody(acme: World) -> None:
    former = actor_for(acme.manager)
    Membership.unscoped.filter(pk=acme.manager.pk).update(role="agent")

    with nothing_changes(), pytest.raises(Denied):
        add_department_member(actor=former, department=acme.support, member=acme.agent2)
