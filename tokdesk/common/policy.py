"""May this actor do that? Role table first, then the object rules that apps register."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tokdesk.common.actor import Actor, ActorKind
from tokdesk.common.errors import Denied, Unauthenticated
from tokdesk.common.roles import PERMISSIONS
from tokdesk.common.tenancy import CompanyOwned

Rule = Callable[[Actor, Any], bool]


@dataclass(frozen=True)
class Decision:
    """What was decided and which check decided it."""

    allowed: bool
    decided_by: str


_rules: dict[str, list[tuple[str, Rule]]] = defaultdict(list)


def rule(*codes: str) -> Callable[[Rule], Rule]:
    """Register an object rule: it narrows these codes and must say True for each object."""

    def register(check: Rule) -> Rule:
        for code in codes:
            if code not in PERMISSIONS:
                raise ValueError(f"{code} is not in the role table")
            _rules[code].append((f"{check.__module__}.{check.__name__}", check))
        return check

    return register


def explain(actor: Actor, code: str, obj: Any = None) -> Decision:
    """The decision and its reason; `authorize` is this plus the raise.

    Raises:
        KeyError: no such permission code; a typo must never open or close a door silently.
    """
    roles = PERMISSIONS[code]
    if actor.kind in (ActorKind.SYSTEM, ActorKind.AUTOMATION):
        return _explain_object(actor, code, obj, Decision(True, "system"))
    if actor.role not in roles:
        return Decision(False, "role")
    return _explain_object(actor, code, obj, Decision(True, "role"))


def authorize(actor: Actor, code: str, obj: Any = None) -> None:
    """Raises Unauthenticated or Denied unless the actor may do this to this object."""
    if not actor.is_authenticated:
        raise Unauthenticated
    if not explain(actor, code, obj).allowed:
        raise Denied(permission=code, obj=obj)


def _explain_object(actor: Actor, code: str, obj: Any, granted: Decision) -> Decision:
    if obj is None:
        return granted
    if isinstance(obj, CompanyOwned) and actor.company_id not in (None, obj.company_id):
        return Decision(False, "company")
    for name, check in _rules[code]:
        if not check(actor, obj):
            return Decision(False, name)
    return granted
