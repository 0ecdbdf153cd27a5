"""A20: in production there is no demo person, no demo page and no loose switch."""

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tokdesk.tests.run import production

ROOT = Path(__file__).resolve().parents[2]
RESOLVE = """
import django; django.setup()
from django.urls import Resolver404, resolve
found = []
for path in %r:
    try:
        found.append(resolve(path).view_name)
    except Resolver404:
        found.append(None)
import json; print(json.dumps(found))
"""


def in_production(folder: Path, words: list[str]) -> Any:
    """A process of its own, since settings are read once."""
    environment = {"PATH": os.environ["PATH"], "TOKDESK_DATA": str(folder), **production()}
    return subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env={**environment, "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_demos_pages_do_not_exist_in_production(tmp_path: Path) -> None:
    paths = ["/dev/mail/", "/try/", "/api/v1/me/"]

    result = in_production(tmp_path, ["-c", RESOLVE % paths])

    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout.splitlines()[-1]) == [None, None, "me"]


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a production that was migrated just now."""
    folder = tmp_path_factory.mktemp("production")
    migrated = in_production(folder, ["manage.py", "migrate", "-v0"])
    assert migrated.returncode == 0, migrated.stderr
    return folder


def accounts(folder: Path) -> int:
    with contextlib.closing(sqlite3.connect(folder / "db.sqlite3")) as database:
        [(count,)] = database.execute("SELECT COUNT(*) FROM accounts_user")
    return int(count)


def test_a_fresh_production_has_nobody_to_sign_in_as(fresh: Path) -> None:
    assert accounts(fresh) == 0


@pytest.mark.parametrize("command", ["seed_demo", "quickstart"])
def test_demo_people_are_not_made_in_production(fresh: Path, command: str) -> None:
    result = in_production(fresh, ["manage.py", command])

    assert result.returncode != 0
    assert accounts(fresh) == 0
