"""What the faces render before the server has answered is what the server renders.

The same vectors are read by `static/src/core/markdown.test.ts`.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from conversations.markdown import render_html

FILE = Path(settings.BASE_DIR) / "static/src/core/vectors/markdown.json"
VECTORS: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["name"]))
def test_a_vector_is_rendered_as_it_stands_there(vector: dict[str, Any]) -> None:
    assert render_html(vector["body"]) == vector["html"]


def test_there_are_vectors_enough() -> None:
    assert len(VECTORS) >= 60
