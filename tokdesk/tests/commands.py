"""Run an operator's command as a shell would: what it printed, and its exit code."""

import json
from dataclasses import dataclass
from io import StringIO
from typing import Any

from django.core.management import CommandError, call_command


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def last_line(self) -> str:
        return self.out.splitlines()[-1]


def run_command(name: str, *words: str, err: StringIO | None = None) -> Outcome:
    out, err, code = StringIO(), err or StringIO(), 0
    try:
        call_command(name, *words, stdout=out, stderr=err)
    except SystemExit as end:
        code = int(end.code or 0)
    except CommandError as error:
        code = error.returncode
        err.write(str(error))
    return Outcome(code, out.getvalue(), err.getvalue())
