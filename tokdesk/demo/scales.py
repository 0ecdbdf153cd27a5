"""The three sizes of the demo; each holds the one before it."""

from tokdesk.demo.crowds import (
    CUSTOMERS_OF_E2E,
    FIRMS_OF_LOAD,
    firm_of_load,
    with_customers,
)
from tokdesk.demo.people import ACME, GLOBEX, HOOLI, INITECH, SALMA, UMBRELLA, World

SCALES = ("small", "e2e", "load")


def world_of(scale: str) -> World:
    return {"small": small, "e2e": e2e, "load": load}[scale]()


def small() -> World:
    return World((SALMA,), (ACME, GLOBEX, UMBRELLA))


def e2e() -> World:
    """Every state of a company, and customers wherever it was ever open."""
    opened = [with_customers(firm, CUSTOMERS_OF_E2E) for firm in (ACME, GLOBEX, HOOLI)]
    return World((SALMA,), (*opened, UMBRELLA, INITECH))


def load() -> World:
    crowds = [firm_of_load(number) for number in range(1, FIRMS_OF_LOAD + 1)]
    return World((SALMA,), e2e().firms, tuple(crowds))
