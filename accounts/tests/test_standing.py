"""Who lost the right since the request began brings in and renames nobody any more."""

from typing import Any

import pytest

from accounts.models import Membership
from accounts.services.members import (
    add_member,
    deactivate_member,
    reactivate_member,
    update_member,
)
from accounts.tests.factories import actor_for, make_user
from conftest import World
from tokdesk.common.errors import Denied
from tokdesk.common.roles import Role
from tokdesk.tests.rows import nothing_changes

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

LOSSES = [{"role": "agent"}, {"status": "deactivated"}, {"is_deleted": True}]


@pytest.mark.parametrize("lost", LOSSES)
def test_a_former_admin_brings_in_nobody(acme: World, lost: dict[str, object]) -> None:
    former, user = actor_for(acme.admin), make_user("new@work.example")
    Membership.unscoped.filter(pk=acme.admin.pk).update(**lost)

    with nothing_changes(), pytest.raises(Denied) as refusal:
        add_member(actor=former, company=acme.company, user=user, role=Role.AGENT)

    assert refusal.value.permission == "member:invite"


@pytest.mark.parametrize("lost", LOSSES)
@pytest.mark.parametrize("changes", [{"role": Role.MANAGER}, {"name": "Mine"}])
def test_a_former_admin_changes_nobody(
    acme: World, lost: dict[str, object], changes: dict[str, object]
) -> None:
    former = actor_for(acme.admin)
    Membership.unscoped.filter(pk=acme.admin.pk).update(**lost)

    with nothing_changes(), pytest.raises(Denied) as refusal:
        update_member(actor=former, member=acme.agent, changes=changes)

    assert refusal.value.permission == "member:change_role"


@pytest.mark.parametrize("lost", LOSSES)
@pytest.mark.parametrize("deed", [deactivate_member, reactivate_member])
def test_a_former_admin_shuts_nobody_out_and_lets_nobody_back(
    acme: World, lost: dict[str, object], deed: Any
) -> None:
    former = actor_for(acme.admin)
    Membership.unscoped.filter(pk=acme.admin.pk).update(**lost)

    with nothing_changes(), pytest.raises(Denied) as refusal:
        deed(actor=former, member=acme.agent)

    assert refusal.value.permission == "member:deactivate"
