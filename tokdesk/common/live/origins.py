"""Which pages may open a socket; what is no browser names no page."""

from collections.abc import Collection, Mapping
from typing import Any


def header_of(scope: Mapping[str, Any], name: bytes) -> str:
    """A header's value, or ""; more than one of a name are joined as HTTP says."""
    values = [value for key, value in scope["headers"] if key.lower() == name]
    return b",".join(values).decode("latin-1")


def is_allowed(scope: Mapping[str, Any], allowed: Collection[str]) -> bool:
    """A foreign origin is none of ours, and neither is `null`; without one it is no browser."""
    names = [value for key, value in scope["headers"] if key.lower() == b"origin"]
    return all(name.decode("latin-1").rstrip("/") in allowed for name in names)
