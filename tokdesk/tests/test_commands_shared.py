"""What every operator's command has in common."""

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, load_command_class

from tokdesk.common.commands import BaseOperatorCommand, printable
from tokdesk.tests.commands import run_command

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = {
    "bootstrap_platform": "tokdesk",
    "seed_demo": "tokdesk",
    "check_tenancy": "tokdesk",
    "doctor": "tokdesk",
    "after_restore": "tokdesk",
    "create_company": "accounts",
    "approve_company": "companies",
}


def manage(tmp_path: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    base = {k: v for k, v in os.environ.items() if not k.startswith(("TOKDESK_", "DJANGO_"))}
    base |= {"TOKDESK_DATA": str(tmp_path), "DATABASE_URL": "", "REDIS_URL": "", **environment}
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=base,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_takes_the_shared_options_and_shows_an_example(name: str) -> None:
    command = load_command_class(COMMANDS[name], name)

    text = command.create_parser("manage.py", name).format_help()

    assert isinstance(command, BaseOperatorCommand)
    assert "\n" not in command.help
    for option in ("--dry-run", "--yes, --no-input", "--json"):
        assert option in text
    assert f"Example:\n  manage.py {name}" in text


@pytest.mark.django_db
def test_a_wrong_value_is_wrong_usage() -> None:
    outcome = run_command("bootstrap_platform", "--email", "nobody", "--name", "Nobody")

    assert outcome.code == 2
    assert outcome.err == "--email: Enter a valid email address."
    assert outcome.out == ""


@pytest.mark.django_db
def test_a_failure_is_also_told_as_json() -> None:
    words = ["--slug", "admin", "--name", "Admin", "--admin-name", "Ann"]

    outcome = run_command("create_company", *words, "--admin-email", "ann@a.example", "--json")

    assert outcome.code == 1
    assert outcome.err == "This address is reserved."
    assert outcome.json == {
        "error": {"code": "slug_reserved", "detail": "This address is reserved."}
    }


def test_nothing_typed_into_a_form_steers_the_terminal() -> None:
    assert printable("Acme\x1b[2J\x9b\r\nغلوبكس") == "Acme?[2J???غلوبكس"


def test_a_command_line_that_cannot_be_followed_exits_with_2(tmp_path: Path) -> None:
    result = manage(tmp_path, "approve_company")

    assert result.returncode == 2
    assert "one of the arguments --slug --list is required" in result.stderr


def test_a_database_without_tables_is_a_sentence_and_not_a_traceback(tmp_path: Path) -> None:
    result = manage(tmp_path, "seed_demo", "--json")

    assert result.returncode == 1
    assert result.stderr.startswith("Failed: The database failed (no such table: ")
    assert result.stderr.endswith("See: manage.py doctor\n")
    assert json.loads(result.stdout)["error"]["code"] == "database"


def test_logs_leave_standard_output_to_the_answer(capsys: pytest.CaptureFixture[str]) -> None:
    handler = logging.StreamHandler(sys.stdout)

    class Chatty(BaseOperatorCommand):
        def work(self):
            logging.getLogger("chatty").error("on the side")
            raise CommandError("no", returncode=1)

    logging.getLogger().addHandler(handler)
    try:
        with pytest.raises(CommandError):
            Chatty().handle(json=False)
    finally:
        logging.getLogger().removeHandler(handler)

    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.endswith("on the side\n")
    assert handler.stream is sys.stdout
