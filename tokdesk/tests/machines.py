"""State machines: every order of deeds compared, step by step, with a plain reference."""

from collections.abc import Callable
from typing import Any

from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from tokdesk.common.errors import TokDeskError


def outcome_of(work: Callable[[], object]) -> str:
    """The code of the error that a deed ended in, or "done"."""
    try:
        work()
    except TokDeskError as error:
        return error.code
    return "done"


def orders_tried(machine: type[RuleBasedStateMachine], *, examples: int, steps: int) -> int:
    """Run it, and tell how many orders were begun: none may pass unseen.

    Raises:
        AssertionError: some order left something else than the reference says.
    """
    begun = 0

    class Counted(machine):  # type: ignore[misc, valid-type]  # made anew for each run
        def __init__(self, *args: Any, **options: Any) -> None:
            nonlocal begun
            begun += 1
            super().__init__(*args, **options)

    kept = {"deadline": None, "database": None, "print_blob": True}
    limits = settings(max_examples=examples, stateful_step_count=steps, **kept)
    run_state_machine_as_test(Counted, settings=limits)
    return begun
