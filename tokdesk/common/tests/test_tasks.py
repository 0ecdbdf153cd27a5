"""Tasks for one company: its scope, the desk as actor, ids alone."""

from uuid import UUID

import pytest

from accounts.models import Membership
from conftest import World
from tokdesk.common.actor import Actor, ActorKind
from tokdesk.common.tasks import company_task, drain
from tokdesk.common.tenancy import ScopeError, open_company

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

seen: list[object] = []


@company_task("tokdesk.tests.count")
def count(actor: Actor, company_id: UUID, word: str = "") -> int:
    assert company_id == actor.company_id
    seen.append((actor.kind, company_id, open_company(), word))
    return int(Membership.objects.count())


def test_a_company_task_sees_its_company_alone(acme: World, globex: World) -> None:
    seen.clear()

    assert count(str(acme.company.id), "x") == 5

    assert seen == [(ActorKind.SYSTEM, acme.company.id, acme.company.id, "x")]
    assert open_company() is None


def test_a_failing_task_leaves_no_scope_open(acme: World) -> None:
    @company_task("tokdesk.tests.fails")
    def fails(actor: Actor, company_id: UUID) -> None:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        fails(str(acme.company.id))

    with pytest.raises(ScopeError):
        Membership.objects.count()


def test_what_is_no_company_is_refused() -> None:
    with pytest.raises(ValueError, match="badly formed"):
        count("acme")


def test_the_drain_knows_its_queues() -> None:
    with pytest.raises(ValueError, match="nowhere"):
        drain("nowhere")
