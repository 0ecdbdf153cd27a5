"""Say what is wrong with this desk, and what to do about it."""

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandParser

from tokdesk.checkup.round import LOOKS, Finding, go_round
from tokdesk.checkup.verdicts import State
from tokdesk.common.commands import FAILED, BaseOperatorCommand, Report

COLOURS = {State.OK: "SUCCESS", State.WARN: "WARNING", State.FAIL: "ERROR"}


class Command(BaseOperatorCommand):
    help = "Look at every part this desk needs and name a remedy for what is wrong."
    examples = "  manage.py doctor\n  manage.py doctor --json"

    def add_options(self, parser: CommandParser) -> None:
        """None of its own: a doctor who must be told where to look finds nothing."""

    def work(self) -> Report:
        if self.is_dry_run:
            lines = [f"Would look at {name}." for name in LOOKS]
            data = {"dry_run": True, "checks": list(LOOKS)}
            return Report(lines, data, "run this again without --dry-run.")
        with muted(unless=self.options["verbosity"] > 1):
            return self.report(go_round())

    def report(self, findings: list[Finding]) -> Report:
        states = Counter(finding.verdict.state for finding in findings)
        data = {
            "dry_run": False,
            "ok": not states[State.FAIL],
            "counts": {state.value: states[state] for state in State},
            "checks": [finding.as_data() for finding in findings],
        }
        lines = [line for finding in findings for line in self.lines_of(finding)]
        return Report(lines, data, next_step(states), FAILED if states[State.FAIL] else 0)

    def lines_of(self, finding: Finding) -> list[str]:
        verdict = finding.verdict
        mark = self.paint(f"{verdict.state.value:<5}", COLOURS[verdict.state])
        line = f"{mark} {finding.name:<13} {verdict.detail}"
        return [line, f"{'':<19} {verdict.remedy}"] if verdict.remedy else [line]


@contextmanager
def muted(*, unless: bool) -> Iterator[None]:
    """Without the tracebacks of what is down: the report says it in a sentence."""
    before = logging.root.manager.disable
    logging.disable(before if unless else logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


def next_step(states: Counter[State]) -> str:
    if states[State.FAIL]:
        return f"correct what failed ({states[State.FAIL]}), then run manage.py doctor again."
    if states[State.WARN]:
        return f"nothing must be done; look at the warnings ({states[State.WARN]}) when you can."
    return "nothing, all is well."
