"""The rules of who may import whom, as a checker over source text.

```
tokdesk.{integrations, db} < tokdesk.common < companies < accounts < departments
    < {invitations, conversations} < notifications
audit: tokdesk.common only; audit.reports: all but notifications
every other tokdesk.*, the root conftest.py and tests import all; nobody imports them
```
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

APPS = (
    "companies",
    "accounts",
    "departments",
    "invitations",
    "conversations",
    "notifications",
    "audit",
)
KERNEL = {"tokdesk.common": 1, "tokdesk.integrations": 0, "tokdesk.db": 0}
LEVELS = {
    **KERNEL,
    "companies": 2,
    "accounts": 3,
    "departments": 4,
    "invitations": 5,
    "conversations": 5,
    "notifications": 6,
    "audit": 2,
    "audit.reports": 6,
}
PUBLIC = {
    *("models", "querysets", "choices", "events", "services", "presence"),
    "api.serializers",
}
# What stands lower may not import what stands higher. The edges share the last number.
RANKS = {
    "choices": 0,
    "events": 0,
    "tokens": 0,
    "letters": 0,
    # Words and how an engine finds them: what the core's own lists ask.
    "search": 1,
    "sight": 1,
    "querysets": 1,
    "models": 2,
    "doors": 3,
    "jwt": 3,
    "rules": 3,
    "senders": 3,
    "services": 4,
    "selectors": 4,
    "presence": 4,
    "api.serializers": 5,
    "authentication": 6,
    "api": 6,
    "consumers": 6,
    "realtime": 6,
    "tasks": 6,
    "admin": 6,
    "views": 6,
    "forms": 5,
    "receivers": 6,
    "management": 6,
}
EDGE = 6
# `views` is missing: it is an edge's name too, so its imports cannot be told from a module's.
NESTED = {
    *("sla", "automation", "macros", "canned", "csat", "routing", "inboxes"),
    *("webhooks", "reports"),
}
EDGES_MAY = {("receivers", "tasks"), ("receivers", "realtime"), ("consumers", "realtime")}
TRANSACTION_HOMES = ("tokdesk/common/db.py", "tokdesk/db/")
BARE = {"_base_manager", "_default_manager", "raw", "cursor", "ManyToManyField"}
BARE_HOMES = (
    "tokdesk/common/",
    "tokdesk/db/",
    "tokdesk/pages/health.py",
    "tokdesk/checkup/",
    "tokdesk/management/commands/check_tenancy.py",
)
UNSCOPED_HOMES = (
    "tokdesk/common/tenancy.py",
    "tokdesk/admin.py",
    "tokdesk/management/commands/check_tenancy.py",
    "tokdesk/purging.py",
)


@dataclass(frozen=True)
class Violation:
    path: str
    line: int
    rule: str


def read_tree(root: Path) -> dict[str, str]:
    """Every Python file of the project by its path below the root."""
    folders = [root / name for name in ("tokdesk", *APPS)]
    files = [path for folder in folders for path in folder.rglob("*.py")]
    return {str(path.relative_to(root)): path.read_text() for path in files}


def violations(tree: Mapping[str, str]) -> list[Violation]:
    return [fault for path, source in sorted(tree.items()) for fault in check_file(path, source)]


def check_file(path: str, source: str) -> list[Violation]:
    if "/tests/" in path or "/migrations/" in path:
        return []
    module = ast.parse(source)
    return [Violation(path, line, rule) for line, rule in _faults(path, module)]


def _faults(path: str, module: ast.Module) -> Iterator[tuple[int, str]]:
    own = _dotted(path)
    for line, name in _imports(module, own):
        yield from ((line, rule) for rule in _import_faults(path, own, name))
    yield from _deep_imports(path, module)
    yield from _unscoped_uses(path, module)
    yield from _bare_database(path, module)
    yield from _object_uses(path, module)


def _import_faults(path: str, own: str, name: str) -> Iterator[str]:
    if "scopes_disabled" in name and path != "tokdesk/common/tenancy.py":
        yield "scopes come from tokdesk.common.tenancy"
    if name.startswith("django.db.models.signals") and not path.startswith("tokdesk/db/"):
        yield "signals are no workflow: publish a fact"
    if name.startswith("django.db.transaction") and not path.startswith(TRANSACTION_HOMES):
        yield "transactions come from tokdesk.common.db"
    home, other = package_of(own), package_of(name)
    if other is None or home == other:
        if other is not None and other in APPS:
            yield from _inner_faults(own, name)
        return
    yield from _outer_faults(home, other, name)


def _outer_faults(home: str | None, other: str, name: str) -> Iterator[str]:
    if home == "root" or home is None:
        return
    if other == "root":
        yield f"nobody imports the composition root ({name})"
        return
    if home == "audit" and other != "tokdesk.common":
        yield f"audit knows the kernel alone ({name})"
    if other in ("audit", "notifications") and (home, other) != ("audit.reports", "audit"):
        yield f"nobody imports {other}"
    elif LEVELS[other] >= LEVELS[home]:
        yield f"{home} stands below {other}"
    if other in APPS and not _is_public(name):
        yield f"{name} is not public; across apps only {', '.join(sorted(PUBLIC))} are"


def _is_public(name: str) -> bool:
    parts = name.split(".")[1:]
    return not parts or bool({parts[0], ".".join(parts[:2])} & PUBLIC)


def _inner_faults(own: str, name: str) -> Iterator[str]:
    nested = _nested_of(name)
    if nested and not own.startswith(nested):
        yield f"a parent never imports its nested app ({nested})"
        return
    here, there = rank_of(own), rank_of(name)
    if here is None or there is None or here[0] == there[0]:
        return
    if there[1] > here[1]:
        yield f"{here[0]} stands below {there[0]}"
    if here[1] == there[1] == EDGE and (here[0], there[0]) not in EDGES_MAY:
        yield f"edges do not import each other ({here[0]}, {there[0]})"


def _nested_of(name: str) -> str | None:
    """The nested app that a dotted name lies in, such as `conversations.sla`."""
    parts = name.split(".")
    if len(parts) > 2 and parts[1] in NESTED:
        return ".".join(parts[:2])
    return None


def package_of(dotted: str) -> str | None:
    """The package that the rules speak of, `root` for the composition root, None for others."""
    parts = dotted.split(".")
    if dotted.startswith("audit.reports"):
        return "audit.reports"
    if parts[0] in APPS:
        return parts[0]
    if parts[0] == "conftest":
        return "root"
    if parts[0] != "tokdesk":
        return None
    kernel = ".".join(parts[:2])
    return kernel if kernel in KERNEL else "root"


def rank_of(dotted: str) -> tuple[str, int] | None:
    parts = dotted.split(".")[1:]
    for name in (".".join(parts[:2]), parts[0] if parts else ""):
        if name in RANKS:
            return name, RANKS[name]
    return None


def _imports(module: ast.Module, own: str) -> Iterator[tuple[int, str]]:
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, each.name) for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                yield node.lineno, f"{own.split('.')[0]}.relative"
            yield from ((node.lineno, f"{node.module}.{each.name}") for each in node.names)


def _deep_imports(path: str, module: ast.Module) -> Iterator[tuple[int, str]]:
    for function in ast.walk(module):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    yield node.lineno, "imports stand at the top of the file"


def _unscoped_uses(path: str, module: ast.Module) -> Iterator[tuple[int, str]]:
    if path in UNSCOPED_HOMES or path.endswith(("/doors.py", "/admin.py")):
        return
    for node in ast.walk(module):
        named = isinstance(node, ast.Attribute) and node.attr == "unscoped"
        called = isinstance(node, ast.Name) and node.id == "unscoped"
        declared = isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        if named or (called and not declared):
            yield node.lineno, "only doors, the staff site and check_tenancy look across companies"


def _bare_database(path: str, module: ast.Module) -> Iterator[tuple[int, str]]:
    """Ways to the database that know neither scope nor our transactions."""
    for node in ast.walk(module):
        if not isinstance(node, ast.Attribute):
            continue
        if node.attr in BARE and not path.startswith(BARE_HOMES):
            yield node.lineno, f"{node.attr} goes around the gate"
        if node.attr == "atomic" and not path.startswith(TRANSACTION_HOMES):
            yield node.lineno, "transactions come from tokdesk.common.db"


def _object_uses(path: str, module: ast.Module) -> Iterator[tuple[int, str]]:
    if "/api/" not in path and not path.endswith("/consumers.py"):
        return
    if path.startswith("tokdesk/"):
        return
    allowed = {
        node.value
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute) and node.attr in ("visible_to", "none")
    }
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and node.attr == "objects" and node not in allowed:
            yield node.lineno, "edges read through visible_to"


def _dotted(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
