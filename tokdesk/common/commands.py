"""What every operator's command shares: options, output, exit codes, and how it fails."""

import getpass
import json
import logging
import os
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar
from unicodedata import category

from django.core.exceptions import ValidationError
from django.core.management.base import (
    BaseCommand,
    CommandError,
    CommandParser,
    DjangoHelpFormatter,
)
from django.db import DatabaseError, InterfaceError, models

from tokdesk.common.actor import Actor, system_actor
from tokdesk.common.db import run_in_transaction
from tokdesk.common.errors import Invalid, TokDeskError
from tokdesk.common.ids import new_id
from tokdesk.common.security import note_denial

FAILED, USAGE, PARTLY_DONE = 1, 2, 3
PASSWORD_VARIABLE = "TOKDESK_ADMIN_PASSWORD"  # noqa: S105  # its name
PASSWORD_HELP = (
    f"The password of a new account comes from {PASSWORD_VARIABLE}, or the file that\n"
    f"{PASSWORD_VARIABLE}_FILE names, or a prompt; without one a link to set it is mailed."
)


class Failed(CommandError):
    """Nothing was done; the message says why."""


class WrongUsage(CommandError):
    """The command line cannot be followed."""

    def __init__(self, message: str) -> None:
        super().__init__(message, returncode=USAGE)


class Interrupted(CommandError):
    """Somebody pressed Ctrl+C, or Ctrl+D at a question."""

    def __init__(self) -> None:
        message = "What is done stays, nothing is half done. Run it again to go on."
        super().__init__(message, returncode=PARTLY_DONE)


@dataclass(frozen=True)
class Report:
    """What came of it: lines for people, the same as data for programs, and what to do next."""

    lines: list[str]
    data: dict[str, Any]
    next_step: str
    exit_code: int = field(default=0)


class _HelpFormatter(DjangoHelpFormatter, RawDescriptionHelpFormatter):
    """Leaves the lines of the examples as they are."""


class BaseOperatorCommand(BaseCommand):
    """One verb of the operator. A subclass declares its options and does its work in `work()`.

    The answer goes to standard output (one JSON object with --json), progress and logs to
    standard error. Exit codes: 0 done, 1 failed, 2 wrong usage, 3 partly done.
    """

    examples: ClassVar[str] = ""
    # A command must be able to say what is wrong with a desk that does not pass its checks.
    requires_system_checks: list[str] = []

    actor: Actor
    options: dict[str, Any]

    def add_options(self, parser: CommandParser) -> None:
        """Declare what this command takes beside what all of them take."""

    def work(self) -> Report:
        """Do it and tell; with `self.is_dry_run` only count."""
        raise NotImplementedError

    @property
    def is_dry_run(self) -> bool:
        return bool(self.options["dry_run"])

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        epilog = f"Example:\n{self.examples}" if self.examples else None
        return super().create_parser(
            prog_name, subcommand, epilog=epilog, formatter_class=_HelpFormatter, **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        self.add_options(parser)
        add_shared_options(parser)

    def execute(self, *args: Any, **options: Any) -> str | None:
        if os.environ.get("NO_COLOR") and not options.get("force_color"):
            options["no_color"] = True
        return super().execute(*args, **options)

    def handle(self, *args: Any, **options: Any) -> None:
        self.options = options
        self.actor = system_actor(request_id=f"command-{new_id()}")
        with logs_on_stderr():
            report = self._work_or_explain()
        self._print(report)
        if report.exit_code:
            raise SystemExit(report.exit_code)

    def tell(self, message: str) -> None:
        """Progress, apart from the answer and without the red of errors."""
        if self.options["verbosity"]:
            self.stderr.write(message, str)

    def paint(self, text: str, colour: str) -> str:
        """The text in a role of Django's palette, on a terminal that shows colours only."""
        style = getattr(self.style, colour)
        return str(style(text)) if self.stdout.isatty() else text

    def confirm(self, question: str) -> None:
        """
        Raises:
            WrongUsage: nobody can be asked. Failed: the answer is no.
        """
        if self.options["yes"]:
            return
        if not self.can_ask():
            raise WrongUsage(f"{question} Add --yes to go on.")
        self.stderr.write(f"{question} [y/N] ", str, ending="")
        self.stderr.flush()
        if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
            raise Failed("Nothing was done.")

    def can_ask(self) -> bool:
        return not self.options["yes"] and sys.stdin.isatty()

    def new_password(self) -> str:
        """The password from the environment or from a prompt; empty when there is neither."""
        given = secret_from_environment(PASSWORD_VARIABLE)
        if given or not self.can_ask():
            return given
        first = getpass.getpass("Password (only Enter: mail a link to set one): ")
        if first and first != getpass.getpass("The same again: "):
            raise Failed("The two passwords differ.")
        return first

    def _work_or_explain(self) -> Report:
        try:
            return self.work()
        except TokDeskError as error:
            note_denial(self.actor, error)
            self._print_error(error.code, explain(error))
            raise Failed(explain(error)) from error
        except (DatabaseError, InterfaceError) as error:
            message = f"The database failed ({first_line(error)}). See: manage.py doctor"
            self._print_error("database", message)
            raise Failed(message) from error
        except CommandError as error:
            self._print_error("usage" if error.returncode == USAGE else "failed", str(error))
            raise
        except (KeyboardInterrupt, EOFError) as error:
            self._print_error("interrupted", str(Interrupted()))
            raise Interrupted from error

    def _print(self, report: Report) -> None:
        if self.options["json"]:
            self._print_json({**report.data, "next": report.next_step})
            return
        for line in report.lines:
            self.stdout.write(line)
        self.stdout.write(f"Next: {report.next_step}")

    def _print_error(self, code: str, message: str) -> None:
        """Whoever asked for JSON gets JSON also when it fails."""
        if self.options["json"]:
            self._print_json({"error": {"code": code, "detail": message}})

    def _print_json(self, data: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(data, default=str))


def add_shared_options(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("--dry-run", action="store_true", help="count what would be done and change nothing")
    add("--yes", "--no-input", action="store_true", dest="yes", help="ask nothing, go ahead")
    add("--json", action="store_true", help="answer with one JSON object")


def cleaned(model: type[models.Model], field_name: str, value: str, option: str) -> str:
    """The value as the model's field takes it.

    Raises:
        WrongUsage: it does not; the message names the option.
    """
    model_field: Any = model._meta.get_field(field_name)
    try:
        return str(model_field.clean(value.strip(), None))
    except ValidationError as error:
        raise WrongUsage(f"{option}: {' '.join(error.messages)}") from error


def explain(error: TokDeskError) -> str:
    """The sentence of an error, and those of its fields."""
    faults = error.fields.values() if isinstance(error, Invalid) else []
    details = [str(fault.detail) for each in faults for fault in each]
    sentences = dict.fromkeys(details or [str(error.detail)])
    return " ".join(sentences)


def printable(text: str) -> str:
    """What somebody typed into a public form, unable to steer the operator's terminal."""
    return "".join("?" if category(letter) == "Cc" else letter for letter in text)


def first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


class _Rehearsed(Exception):
    """Carries the result out of a transaction that must not commit."""

    def __init__(self, result: Any) -> None:
        self.result = result


def rehearse(work: Callable[[], Any]) -> Any:
    """Do the work with every check of the services, take it back, and return what it gave."""

    def work_and_leave() -> None:
        raise _Rehearsed(work())

    try:
        run_in_transaction(work_and_leave)
    except _Rehearsed as rehearsed:
        return rehearsed.result


def secret_from_environment(name: str) -> str:
    """The variable, or the content of the file that `<name>_FILE` names, without its line end.

    Not through tokdesk.env: a password may begin or end with a space.

    Raises:
        WrongUsage: there is no such file.
    """
    path = os.environ.get(f"{name}_FILE", "")
    if not path:
        return os.environ.get(name, "")
    try:
        return Path(path).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeError) as error:
        raise WrongUsage(f"{name}_FILE cannot be read.") from error


@contextmanager
def logs_on_stderr() -> Iterator[None]:
    """Standard output belongs to the command's answer, also where servers log to it."""
    moved = [
        handler
        for handler in logging.getLogger().handlers
        if isinstance(handler, logging.StreamHandler)
        and handler.stream in (sys.stdout, sys.__stdout__)
    ]
    before = [handler.setStream(sys.stderr) for handler in moved]
    try:
        yield
    finally:
        for handler, stream in zip(moved, before, strict=True):
            handler.setStream(stream)
