"""The five roles and what each may do, as data (the table of roles in the handbook)."""

from enum import StrEnum


class Role(StrEnum):
    SUPER_ADMIN = "super_admin"
    COMPANY_ADMIN = "company_admin"
    MANAGER = "manager"
    AGENT = "agent"
    USER = "user"


STAFF = frozenset({Role.COMPANY_ADMIN, Role.MANAGER, Role.AGENT})
EVERYONE = STAFF | {Role.USER}
_PLATFORM = frozenset({Role.SUPER_ADMIN})
_ADMIN = frozenset({Role.COMPANY_ADMIN})
_LEADS = _ADMIN | {Role.MANAGER}

# A code says that a role may ever do it; object rules (policy.py) narrow it to "own department"
# and the like. A role that is not listed may never.
PERMISSIONS: dict[str, frozenset[Role]] = {
    "company:list": _PLATFORM,
    "company:approve": _PLATFORM,
    "company:reject": _PLATFORM,
    "company:suspend": _PLATFORM,
    "company:restore": _PLATFORM,
    "company:delete": _PLATFORM,
    "company:restart_logs": _PLATFORM,
    "platform:stats": _PLATFORM,
    "platform:announce": _PLATFORM,
    "platform:jobs": _PLATFORM,
    "platform:accounts": _PLATFORM,
    "company:view": _PLATFORM | EVERYONE,
    "company:configure": _ADMIN,
    "department:view": EVERYONE,
    "department:create": _ADMIN,
    "department:update": _LEADS,
    "department:archive": _ADMIN,
    "member:view": STAFF,
    "member:invite": _PLATFORM | _LEADS,
    "member:change_role": _ADMIN,
    "member:deactivate": _PLATFORM | _ADMIN,
    "customer:view": STAFF,
    "customer:create": STAFF,
    "customer:update": STAFF,
    "conversation:view": EVERYONE,
    "conversation:create": EVERYONE,
    "conversation:reply": EVERYONE,
    "conversation:note": STAFF,
    "conversation:assign": STAFF,
    "conversation:status": EVERYONE,
    "conversation:priority": STAFF,
    "conversation:tag": STAFF,
    "conversation:snooze": STAFF,
    "conversation:merge": STAFF,
    "conversation:delete": _LEADS,
    "conversation:archive": _LEADS,
    "view:save": STAFF,
    "view:share": _LEADS,
    "room:create_direct": STAFF,
    "room:create_group": STAFF,
    "room:create_department": _LEADS,
    "room:create_company": _ADMIN,
    "report:view": _PLATFORM | STAFF,
    "audit:view": _PLATFORM | _ADMIN,
    "audit:export": _PLATFORM | _ADMIN,
    "audit:verify": _PLATFORM | _ADMIN,
    "announcement:send": _PLATFORM | _LEADS,
}


def permissions_of(role: str | None) -> dict[str, bool]:
    """Every code with whether this role may ever use it (the faces draw their menus from it)."""
    return {code: role in roles for code, roles in PERMISSIONS.items()}
