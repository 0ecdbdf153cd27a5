"""The runner behind `make test`: what it says when something fails or cannot run."""

import contextlib
import sys

import pytest

from tokdesk.tests import run as runner
from tokdesk.tests import servers
from tokdesk.tests.steps import Run, Step, StepFailed

CLOSING = "=================== 3 passed, 1 skipped in 0.42s ==================="


@pytest.fixture
def run() -> Run:
    return Run(environment={})


def python(name: str, code: str) -> Step:
    return Step(name, [sys.executable, "-c", code])


def no_postgres() -> contextlib.AbstractContextManager[str]:
    raise servers.Missing("no postgres binaries found (apt-get install postgresql)")


def test_pytests_closing_line_stands_in_the_summary(
    run: Run, capfd: pytest.CaptureFixture[str]
) -> None:
    run.do(python("tests", f"print({CLOSING!r})"))

    run.summarize()

    summary = capfd.readouterr().out.partition("== summary")[2]
    assert CLOSING in summary
    assert "Good, 0 s." in summary


def test_failed_step_stops_the_run_and_is_named(run: Run) -> None:
    with pytest.raises(StepFailed, match="^ruff check$"):
        run.do(python("ruff check", "raise SystemExit(1)"))

    assert "failed with exit code 1" in run.lines[0]


def test_suite_that_selects_nothing_fails(run: Run) -> None:
    nothing = "===== 12 deselected in 0.10s ====="

    with pytest.raises(StepFailed, match="no test was selected"):
        run.do(python("tests", f"print({nothing!r}); raise SystemExit(5)"))


def test_suite_without_its_server_is_noted(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "IN_CI", False)

    with contextlib.ExitStack() as stack:
        assert runner.start(run, stack, "PostgreSQL suite", no_postgres) == ""

    assert run.not_run == [
        "PostgreSQL suite NOT run: no postgres binaries found (apt-get install postgresql)"
    ]


def test_suite_without_its_server_fails_in_ci(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "IN_CI", True)

    with (
        contextlib.ExitStack() as stack,
        pytest.raises(StepFailed, match="apt-get install postgresql"),
    ):
        runner.start(run, stack, "PostgreSQL suite", no_postgres)
