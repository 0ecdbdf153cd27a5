"""Which right each operation of a view asks for; an operation without an answer never starts."""

import inspect
from collections.abc import Collection, Iterable
from typing import Any, Final

from django.core.exceptions import ImproperlyConfigured

from tokdesk.common.roles import PERMISSIONS, Role

# In `permission_codes`: no sign-in needed. None there means: everybody who is signed in.
PUBLIC: Final = "public"

METHODS = ("get", "post", "put", "patch", "delete")
ACTIONS = ("list", "create", "retrieve", "update", "partial_update", "destroy")


def check_permission_codes(view: Any, operations: Collection[str]) -> None:
    """Raises ImproperlyConfigured unless every operation names its right, one that exists."""
    name = view.__name__
    declared = view.permission_codes.keys()
    if missing := set(operations) - declared:
        raise ImproperlyConfigured(f"{name}.permission_codes lacks {sorted(missing)}")
    if extra := declared - set(operations):
        raise ImproperlyConfigured(f"{name}.permission_codes has no use for {sorted(extra)}")
    codes = set(view.permission_codes.values()) - {None, PUBLIC}
    if unknown := codes - PERMISSIONS.keys():
        raise ImproperlyConfigured(f"{name}: not in the role table: {sorted(unknown)}")
    if view.needs_company and any(PERMISSIONS[code] == {Role.SUPER_ADMIN} for code in codes):
        raise ImproperlyConfigured(f"{name}: platform staff have no company: needs_company = False")


def operations_of_view(view: type[Any]) -> set[str]:
    return {name for name in METHODS if hasattr(view, name)}


def operations_of_viewset(viewset: Any) -> set[str]:
    """Standard actions it has, its own actions, and the functions mapped to their other methods."""
    own: Iterable[Any] = viewset.get_extra_actions()
    mapped = {name for action in own for name in action.mapping.values()}
    return mapped | {name for name in ACTIONS if inspect.isfunction(getattr(viewset, name, None))}
