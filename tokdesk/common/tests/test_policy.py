"""Rights: the role table, object rules, and why a decision fell."""

import pytest

from accounts.models import User
from accounts.tests.factories import NOBODY, actor_for
from conftest import World
from tokdesk.common import policy
from tokdesk.common.actor import system_actor
from tokdesk.common.errors import Denied, Unauthenticated
from tokdesk.common.policy import Decision, authorize, explain, rule
from tokdesk.common.roles import PERMISSIONS, Role, permissions_of

pytestmark = [pytest.mark.django_db, pytest.mark.contract]


def test_nobody_is_asked_to_sign_in() -> None:
    with pytest.raises(Unauthenticated):
        authorize(NOBODY, "company:view")


def test_the_role_table_decides_first(acme: World, staff: User) -> None:
    assert explain(actor_for(acme.admin), "company:approve") == Decision(False, "role")
    assert explain(actor_for(staff), "company:approve") == Decision(True, "role")
    assert explain(actor_for(staff), "conversation:view") == Decision(False, "role")


def test_an_unknown_code_is_an_error_and_never_a_decision(acme: World) -> None:
    with pytest.raises(KeyError):
        authorize(actor_for(acme.admin), "company:approved")


def test_a_row_of_another_company_is_refused_whatever_the_role(acme: World, globex: World) -> None:
    actor = actor_for(acme.admin)

    assert explain(actor, "member:deactivate", globex.agent) == Decision(False, "company")
    with pytest.raises(Denied):
        authorize(actor, "member:deactivate", globex.agent)


def test_another_company_is_refused_by_the_object_rule(acme: World, globex: World) -> None:
    decision = explain(actor_for(acme.admin), "company:configure", globex.company)

    assert decision == Decision(False, "companies.rules.own_company")


def test_object_rules_narrow_and_name_themselves(
    acme: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policy, "_rules", policy._rules.copy())
    monkeypatch.setitem(policy._rules, "member:view", [])

    @rule("member:view")
    def only_itself(actor: object, member: object) -> bool:
        return actor.member_id == member.pk  # type: ignore[attr-defined]

    actor = actor_for(acme.agent)
    assert explain(actor, "member:view", acme.agent).allowed is True
    assert explain(actor, "member:view", acme.agent2) == Decision(False, f"{__name__}.only_itself")


def test_a_rule_for_an_unknown_code_is_refused() -> None:
    with pytest.raises(ValueError, match="conversation:eat"):
        rule("conversation:eat")(lambda actor, obj: True)


def test_the_desk_itself_acts_with_every_role(acme: World) -> None:
    assert explain(system_actor(), "company:approve", acme.company).allowed is True


def test_every_role_has_its_row() -> None:
    assert {role for roles in PERMISSIONS.values() for role in roles} == set(Role)
    assert sum(permissions_of(Role.USER).values()) == 6
    assert permissions_of(None) == dict.fromkeys(PERMISSIONS, False)
