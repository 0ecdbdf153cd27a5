"""The server keeps the word of its OpenAPI document, whatever it is sent and whoever sends it.

`make test` tries 5,000 cases from a fixed seed, `make proof` 20,000 from new ones and prints them.
The boundary values of what an agent may do are in `make test` the admin's, who may do it too.
"""

import json
import os
import random
import re
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import transaction
from django.urls import get_resolver
from drf_spectacular.generators import SchemaGenerator
from psycopg import sql

from accounts.tests.factories import make_user
from conftest import make_world
from tokdesk.programs import HOST, answers_ok, gunicorn
from tokdesk.tests import matrix
from tokdesk.tests.answers import faults
from tokdesk.tests.servers import Account, free_port, running
from tokdesk.tests.services import number_of, with_database
from tokdesk.tests.test_permission_matrix import Scene, call, caller_of, ids_of
from tokdesk.tests.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
SECRET = "only-for-the-tests-of-the-openapi-document-0123456789abcdef"
# role -> how many cases, and whether the boundary values of what it may do are among them.
SHARES = {
    "anonymous": (900, True),
    "agent": (900, False),
    "company_admin": (2_400, True),
    "super_admin": (800, True),
}
ROLES = tuple(SHARES)
CASES_OF_PROOF = 20_000
CHECKS = {
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "positive_data_acceptance",
    "missing_required_header",
    "unsupported_method",
    "allow_header_conformance",
    "ignored_auth",
    "use_after_free",
    "ensure_resource_availability",
}


@dataclass(frozen=True)
class Desk:
    port: int
    environment: dict[str, str]
    log: Callable[[], str]

    def tried_as(
        self, role: str, *, cases: int, seed: int, boundaries: bool = True
    ) -> dict[str, Any]:
        """The figures of one run of `tokdesk.tests.conformance`."""
        words = ["--url", f"http://{HOST}:{self.port}", "--role", role]
        words += ["--cases", str(cases), "--seed", str(seed)]
        words += [] if boundaries else ["--no-boundaries"]
        result = run_here(self.environment, "-m", "tokdesk.tests.conformance", *words)
        figures: dict[str, Any] = json.loads(result)
        return figures


@pytest.fixture(scope="module")
def desk(
    tmp_path_factory: pytest.TempPathFactory, redis_server: str, worker_id: str
) -> Iterator[Desk]:
    """A server with the demo world, in a database of its own."""
    data, port = tmp_path_factory.mktemp("conformance"), free_port()
    # Beyond the numbers that the workers' own tests empty.
    redis_url = with_database(redis_server, 8 + number_of(worker_id))
    with own_database(data) as database_url:
        settings = variables(data, database_url, redis_url)
        environment = {**os.environ, **settings}
        run_here(environment, "manage.py", "migrate", "--verbosity", "0")
        run_here(environment, "manage.py", "seed_demo", "--scale", "small")
        words = [f"{key}={value}" for key, value in settings.items()]
        # One that reads the longest of made-up addresses.
        options = ("--workers", "1", "--limit-request-line", "0")
        command = ["env", *words, *gunicorn(port, *options)]
        with running(command, folder=data, account=Account()) as log:
            wait_until(lambda: answers_ok(port, "/healthz"), seconds=60, on_timeout=log)
            yield Desk(port, environment, log)


@contextmanager
def own_database(data: Path) -> Iterator[str]:
    """On the PostgreSQL of this run, else a file."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        yield f"sqlite:///{data / 'desk.sqlite3'}"
        return
    name = f"conformance_{uuid.uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield urlsplit(url)._replace(path=f"/{name}").geturl()
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def variables(data: Path, database_url: str, redis_url: str) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "tokdesk.settings.dev",
        "PYTHONPATH": str(ROOT),
        "TOKDESK_DATA": str(data),
        "TOKDESK_SECRET_KEY": SECRET,
        "TOKDESK_RATE_LIMITS": "off",
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
    }


def run_here(environment: dict[str, str], *words: str) -> str:
    command = [sys.executable, *words]
    result = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr[-4000:]
    return result.stdout


def faults_of(figures: dict[str, Any]) -> str:
    """What the server did otherwise than it says, to be read by people."""
    failures = figures.pop("failures")
    sys.stdout.write(f"{figures}\n")
    answered = [int(status) for seen in figures["statuses"].values() for status in seen]
    broken = [f"answered {status}" for status in answered if status >= 500]
    return "\n\n".join([*(f"{kind}\n{told}" for kind, told in failures.items()), *broken])


def check_width(figures: dict[str, Any], desk: Desk) -> None:
    assert figures["checks"].keys() >= CHECKS
    assert figures["links"] > 0
    assert "Traceback" not in desk.log()


@pytest.mark.service
@pytest.mark.parametrize("role", ROLES)
def test_every_operation_keeps_its_word(desk: Desk, role: str) -> None:
    share, boundaries = SHARES[role]

    figures = desk.tried_as(role, cases=share, seed=1, boundaries=boundaries)

    assert faults_of(figures) == ""
    assert figures["cases"] >= share
    check_width(figures, desk)


@pytest.mark.proof
@pytest.mark.parametrize("role", ROLES)
def test_every_operation_keeps_its_word_at_length(desk: Desk, role: str) -> None:
    share = CASES_OF_PROOF // len(ROLES)
    seed = random.SystemRandom().randrange(2**32)

    figures = desk.tried_as(role, cases=share, seed=seed)

    assert faults_of(figures) == ""
    assert figures["cases"] >= share
    check_width(figures, desk)


def test_the_document_names_every_operation_of_the_api() -> None:
    document = SchemaGenerator().get_schema(request=None, public=True)

    described = {
        (method.upper(), shape_of(path))
        for path in document["paths"]
        for method in document["paths"][path]
    }
    served = {
        (method, shape_of(f"/{path}"))
        for path, pattern in matrix.patterns(get_resolver(), "")
        if path.startswith("api/v1/")
        for method in matrix.methods_of(pattern)
    }

    assert described == served


@pytest.mark.contract
@pytest.mark.django_db
@pytest.mark.parametrize(
    "row",
    [row for row in matrix.rows() if (row.scope, row.method) == ("own", "PATCH")],
    ids=str,
)
def test_a_patch_of_nothing_breaks_nothing(row: matrix.Row) -> None:
    """A field that a PATCH cannot do without is said to be required."""
    worlds = [make_world(slug) for slug in ("acme", "globex", "initech")]
    scene = Scene(*worlds, make_user("super@tokdesk.example", is_super_admin=True))
    told = {}
    for name in matrix.PRINCIPALS:
        undo = transaction.savepoint()
        caller = caller_of(scene, name, row.scope)
        answer = call(row, caller.client, {}, ids_of(row, scene, caller))
        told[name] = answer.status_code, faults(answer)
        transaction.savepoint_rollback(undo)

    good = (400, {"body": ["required"]}) if row.name == "message-detail" else (200, {})
    usual = [good if status == 200 else (status, {}) for status in row.statuses]
    assert told == dict(zip(matrix.PRINCIPALS, usual, strict=True))


def shape_of(path: str) -> str:
    """Without the names and the forms of its parameters, of which either side has its own."""
    parts = path.replace("^", "").replace("$", "").split("/")
    return "/".join("*" if re.search(r"[<{]", part) else part for part in parts)
