"""What make test, check, lint, fmt and proof do: `python -m tokdesk.tests.run test`."""

import contextlib
import os
import secrets
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from tokdesk.tests import servers
from tokdesk.tests.steps import Run, Step, StepFailed, base_environment

PYTHON = sys.executable
IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes", "on"}
PARALLEL = ["-n", str(min(4, os.cpu_count() or 1)), "--dist", "loadgroup"]
# Everything that measures; each is a program of its own that prints its figures.
BENCHES = {
    "fresh start": "bench.fresh_start",
    "chaos of jobs": "bench.jobs_chaos",
    "speed of jobs": "bench.jobs",
    "chaos of sends": "bench.rest_chaos",
    "speed of the API": "bench.http",
    "cache of messages": "bench.cache",
    "chaos of sockets": "bench.chaos",
    "hostile sockets": "bench.hostile",
    "one to many": "bench.fanout",
    "the inbox in a browser": "bench.inbox",
    "two by two": "bench.chat",
    "ten thousand sockets": "bench.sockets",
    "three databases": "bench.databases",
}


def python(name: str, *words: str, **environment: str) -> Step:
    return Step(name, [PYTHON, *words], environment)


def lint(run: Run) -> None:
    run.do(python("ruff check", "-m", "ruff", "check", "."))
    run.do(python("ruff format", "-m", "ruff", "format", "--check", "."))


def fix(run: Run) -> None:
    run.do(python("ruff check --fix", "-m", "ruff", "check", "--fix", "."))
    run.do(python("ruff format", "-m", "ruff", "format", "."))


def check(run: Run) -> None:
    lint(run)
    run.do(python("mypy", "-m", "mypy"))
    manage = [PYTHON, "manage.py"]
    in_tests = {"DJANGO_SETTINGS_MODULE": "tokdesk.settings.test"}
    words = ["makemigrations", "--check", "--dry-run"]
    run.do(Step("migrations are complete", [*manage, *words], in_tests))
    words = ["check", "--deploy", "--fail-level", "WARNING"]
    run.do(Step("production settings", [*manage, *words], production()))


def check_front(run: Run) -> None:
    """What runs in browsers: types, lint and its own tests, by the Node that pip has brought."""
    programs = {"PATH": f"{Path(PYTHON).parent}{os.pathsep}{os.environ['PATH']}"}
    npm = ["npm", "--prefix", "static"]
    for name, words in {
        "packages of the front end": ["ci", "--no-audit", "--no-fund", "--loglevel", "error"],
        "check of the front end": ["run", "--silent", "check"],
        "tests of the front end": ["run", "--silent", "test"],
        "bundle is what the sources make": ["run", "--silent", "verify"],
    }.items():
        run.do(Step(name, [*npm, *words], programs))


def production() -> dict[str, str]:
    """The least that production asks for, made up for one run."""
    return {
        "DJANGO_SETTINGS_MODULE": "tokdesk.settings.prod",
        "TOKDESK_SECRET_KEY": secrets.token_urlsafe(64),
        "TOKDESK_ALLOWED_HOSTS": "desk.example",
        "TOKDESK_ALLOWED_ORIGINS": "https://desk.example",
        "TOKDESK_BASE_URL": "https://desk.example",
        "EMAIL_URL": "consolemail://",
        "TOKDESK_TRUSTED_PROXIES": "1",
    }


def test(run: Run) -> None:
    """PostgreSQL runs the suite in full, SQLite its contract and MongoDB the core of that.

    Alone, SQLite runs all it can.
    """
    with contextlib.ExitStack() as stack:
        redis_url = start(run, stack, "Redis suite", servers.temporary_redis)
        postgres_url = start(run, stack, "PostgreSQL suite", own_or_configured_postgres)
        check(run)
        check_front(run)
        mongodb_url = start(run, stack, "MongoDB suite", servers.temporary_mongodb)
        kept = "not proof and not browser and not mongod"
        kept += "" if redis_url else " and not service"
        has_cluster = start(run, stack, "Chaos of jobs", postgres_programs)
        kept += "" if has_cluster else " and not cluster"
        has_browser = start(run, stack, "Browser suite", chromium)
        run.environment["TEST_REDIS_URL"] = redis_url
        if postgres_url:
            run.do(suite("tests on PostgreSQL", kept, DATABASE_URL=postgres_url))
            run.do(suite("contract tests on SQLite", f"contract and {kept}"))
        else:
            run.do(suite("tests on SQLite", kept))
        if mongodb_url:
            marks = "(mongodb or mongod) and not proof and not service"
            run.do(suite("tests on MongoDB", marks, DATABASE_URL=mongodb_url))
        if redis_url and has_cluster and has_browser:
            # By themselves: what drives the browser keeps the process's event loop.
            marks = "browser and not proof"
            run.do(python("tests in a browser", "-m", "pytest", "-m", marks))


def suite(name: str, marks: str, **environment: str) -> Step:
    return python(name, "-m", "pytest", *PARALLEL, "-m", marks, **environment)


def proof(run: Run) -> None:
    with contextlib.ExitStack() as stack:
        run.environment["TEST_REDIS_URL"] = start(run, stack, "Redis", servers.temporary_redis)
        postgres_url = start(run, stack, "PostgreSQL", own_or_configured_postgres)
        database = {"DATABASE_URL": postgres_url} if postgres_url else {}
        # One after another and unmuffled: their figures are the point.
        run.do(python("proofs", "-m", "pytest", "-s", "-m", "proof", **database))
        for name, module in BENCHES.items():
            run.do(python(name, "-m", module))


def start(run: Run, stack: contextlib.ExitStack, what: str, server: Callable) -> str:
    """The URL of a server for this run, or a note that what needs it is left out.

    Raises:
        StepFailed: in CI nothing is left out.
    """
    try:
        return stack.enter_context(server())
    except servers.Missing as missing:
        note = f"{what} NOT run: {missing}"
        if IN_CI:
            raise StepFailed(note) from missing
        run.not_run.append(note)
        return ""


def postgres_programs() -> contextlib.AbstractContextManager[str]:
    """Where PostgreSQL's programs are, for what starts and hurts a server of its own."""
    return contextlib.nullcontext(str(servers.find_binaries()))


def chromium() -> contextlib.AbstractContextManager[str]:
    return contextlib.nullcontext(servers.find_chromium())


def own_or_configured_postgres() -> contextlib.AbstractContextManager[str]:
    """The server of DATABASE_URL if it answers, else a cluster for this run alone."""
    url = os.environ.get("DATABASE_URL", "")
    if url.startswith("postgres") and servers.postgres_answers(url):
        return contextlib.nullcontext(url)
    try:
        servers.find_binaries()
    except servers.Missing as missing:
        raise servers.Missing(f"no server answers at DATABASE_URL and {missing}") from missing
    return servers.temporary_postgres()


TARGETS = {"test": test, "check": check, "lint": lint, "fmt": fix, "proof": proof}


def stop(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main() -> int:
    signal.signal(signal.SIGTERM, stop)
    with servers.scratch_folder() as data:
        # A suite started by root starts PostgreSQL as somebody else, in a folder below this one.
        Path(data).chmod(0o711)
        run = Run(base_environment(Path(data)))
        try:
            TARGETS[sys.argv[1]](run)
        except StepFailed as failure:
            run.summarize(str(failure))
            return 1
        except KeyboardInterrupt:
            run.summarize("interrupted")
            return 130
        run.summarize()
        return 0


if __name__ == "__main__":
    sys.exit(main())
