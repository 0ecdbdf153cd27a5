"""The scripts and styles that Vite has built, by the names that hold their hashes."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings

register = template.Library()
MANIFEST = "manifest.json"


@register.inclusion_tag("app/bundle.html", takes_context=True)
def bundle(context: Any, entry: str, *soon: str) -> dict[str, Any]:
    """What a page loads for this entry: its styles, and the script with what it always needs.

    `soon`: what it will ask for at once, so that it need not be waited for.
    """
    told = manifest(Path(settings.BASE_DIR) / "static" / "dist" / MANIFEST)
    chunks = [told[name] for name in needed(told, entry)]
    return {
        "styles": [url for chunk in chunks for url in map(built, chunk.get("css", []))],
        "modules": [built(chunk["file"]) for chunk in [*chunks[1:], *map(told.get, soon)] if chunk],
        "script": built(chunks[0]["file"]),
        "nonce": getattr(context["request"], "csp_nonce", ""),
    }


def needed(told: dict[str, Any], entry: str) -> list[str]:
    """The entry and all that it imports at once, each once."""
    found = [entry]
    for name in found:
        found += [each for each in told[name].get("imports", []) if each not in found]
    return found


def built(name: str) -> str:
    """Vite's own name: with one of the manifest storage's beside it the entry would load twice."""
    return f"{settings.STATIC_URL}{name}"


def manifest(path: Path) -> dict[str, Any]:
    return read(path, path.stat().st_mtime_ns)


@cache
def read(path: Path, changed_at: int) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(path.read_text())
    return told
