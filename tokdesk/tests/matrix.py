"""Every operation the project serves, and the reviewed file of who may use it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

FILE = Path(__file__).with_name("permission_matrix.txt")
PRINCIPALS = ("anonymous", "user", "agent", "manager", "company_admin", "super_admin")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# The staff site has one rule for all its pages; tokdesk/tests/test_admin_*.py hold it.
APART = ("admin/", "i18n/")


@dataclass(frozen=True)
class Operation:
    """One method of one named route, and the objects that its path names, outermost first."""

    method: str
    name: str
    parameters: tuple[str, ...]

    @property
    def takes_id(self) -> bool:
        return bool(self.parameters)


@dataclass(frozen=True)
class Row:
    """One line of the file: the status that each principal gets."""

    scope: str
    method: str
    name: str
    statuses: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.scope} {self.method} {self.name}"


def operations() -> set[Operation]:
    found = set()
    for path, pattern in patterns(get_resolver(), ""):
        if not path.startswith(APART):
            named = tuple(re.findall(r"<(?:\w+:)?(\w+)>", path))
            found |= {Operation(m, str(pattern.name), named) for m in methods_of(pattern)}
    return found


def rows() -> list[Row]:
    lines = (line.split("#")[0].split() for line in FILE.read_text().splitlines())
    return [Row(w[0], w[1], w[2], tuple(int(s) for s in w[3:])) for w in lines if w]


def needed_rows() -> set[tuple[str, str, str]]:
    return {
        (scope, operation.method, operation.name)
        for operation in operations()
        for scope in ("own", "other", "suspended")
        if scope != "other" or operation.takes_id
    }


def methods_of(pattern: URLPattern) -> set[str]:
    view: Any = pattern.callback
    if actions := getattr(view, "actions", None):
        return {method.upper() for method in actions if method.upper() in METHODS}
    cls = getattr(view, "cls", None) or getattr(view, "view_class", None)
    if cls is None:
        return {"GET"}
    return {
        method
        for method in METHODS
        if method.lower() in cls.http_method_names and hasattr(cls, method.lower())
    }


def patterns(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, URLPattern]]:
    for each in resolver.url_patterns:
        path = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from patterns(each, path)
        else:
            yield path, each
