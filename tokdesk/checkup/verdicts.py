"""What a look at one part comes to."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Verdict:
    """The state, what was seen, and what to do about it; never a password or a key."""

    state: State
    detail: str
    remedy: str = ""


def good(detail: str) -> Verdict:
    return Verdict(State.OK, detail)


def warning(detail: str, remedy: str) -> Verdict:
    return Verdict(State.WARN, detail, remedy)


def failure(detail: str, remedy: str) -> Verdict:
    return Verdict(State.FAIL, detail, remedy)
