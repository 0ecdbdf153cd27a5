"""Typed readers for environment variables; a wrong value stops the start and names its variable."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
MONGODB = {"mongodb", "mongodb+srv"}
FALSE = {"0", "false", "no", "off"}


def load_file(path: Path) -> None:
    """Add the variables of a `.env` file; what the process already has wins."""
    if path.is_file():
        environ.Env.read_env(path)


def text(name: str, default: str | None = None) -> str:
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if default is None:
        raise ImproperlyConfigured(f"{name} must be set.")
    return default


def flag(name: str, *, default: bool) -> bool:
    value = text(name, "true" if default else "false").lower()
    if value in TRUE | FALSE:
        return value in TRUE
    raise ImproperlyConfigured(f"{name} must be on or off, not {value!r}.")


def number(name: str, default: int, *, minimum: int = 0, maximum: int = 2**31) -> int:
    value = text(name, str(default))
    if not value.isascii() or not value.isdigit() or not minimum <= int(value) <= maximum:
        raise ImproperlyConfigured(
            f"{name} must be a whole number from {minimum} to {maximum}, not {value!r}."
        )
    return int(value)


def choice(name: str, default: str, choices: set[str]) -> str:
    value = text(name, default)
    if value not in choices:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(sorted(choices))}.")
    return value


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list, without empty entries."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def secret(name: str, default: str | None = None) -> str:
    """The variable, or the content of the file that `<name>_FILE` names (container secrets)."""
    path = os.environ.get(f"{name}_FILE", "").strip()
    if not path:
        return text(name, default)
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{name}_FILE cannot be read: {error.strerror}.") from error


def url(name: str, default: str, schemes: set[str]) -> str:
    value = secret(name, default)
    if value and urlsplit(value).scheme not in schemes:
        raise ImproperlyConfigured(f"{name} must start with one of {', '.join(sorted(schemes))}.")
    return value


def database(name: str, default: str) -> dict[str, Any]:
    """Django's settings of one database from its URL.

    Raises:
        ImproperlyConfigured: the URL is of no engine that TokDesk runs on.
    """
    value = url(name, default, {"sqlite", "postgres", "postgresql", *MONGODB})
    if urlsplit(value).scheme in MONGODB:
        # The driver reads the rest of it: hosts, credentials, the replica set.
        place = urlsplit(value).path.strip("/") or "tokdesk"
        return {"ENGINE": "tokdesk.db.mongodb", "HOST": value, "NAME": place}
    return dict(environ.Env.db_url_config(value))
