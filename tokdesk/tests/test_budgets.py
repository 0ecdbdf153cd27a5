"""What a browser has to fetch before the inbox can be used."""

import gzip
import json
from typing import Any

import pytest

from tokdesk.templatetags.bundle import needed
from tokdesk.tests.steps import ROOT

DIST = ROOT / "static" / "dist"
FONTS = ROOT / "static" / "assets" / "fonts"
KB = 1000
# Of scripts and styles after gzip; of fonts as they are, since they are compressed already.
SCRIPTS, STYLES = 200 * KB, 20 * KB
FONTS_LATIN, FONTS_ARABIC = 32 * KB, 80 * KB


def chunks(entry: str) -> list[dict[str, Any]]:
    told = json.loads((DIST / "manifest.json").read_text())
    return [told[name] for name in needed(told, entry)]


def zipped(names: list[str]) -> int:
    return sum(len(gzip.compress((DIST / name).read_bytes(), 9)) for name in names)


@pytest.mark.parametrize("entry", ["inbox/main.tsx", "islands/try/main.ts"])
def test_a_page_is_small(entry: str) -> None:
    parts = chunks(entry)

    assert 0 < zipped([each["file"] for each in parts]) <= SCRIPTS
    styles = {name for each in parts for name in each.get("css", [])}
    assert 0 < zipped(sorted(styles)) <= STYLES


def test_fonts_are_small() -> None:
    sizes = {path.name: path.stat().st_size for path in FONTS.glob("*.woff2")}
    latin = sum(size for name, size in sizes.items() if "latin" in name and "ext" not in name)

    assert 0 < latin <= FONTS_LATIN
    assert sum(sizes.values()) <= FONTS_ARABIC
