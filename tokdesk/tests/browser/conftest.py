"""One house for all browser tests of a run."""

from collections.abc import Iterator

import pytest

from tokdesk.tests import servers
from tokdesk.tests.browser.house import House, open_house


@pytest.fixture(scope="session")
def _house() -> Iterator[House]:
    try:
        with open_house() as house:
            yield house
    except servers.Missing as missing:
        pytest.fail(str(missing))


@pytest.fixture
def house(_house: House) -> Iterator[House]:
    """Whatever a page complains about fails the test that looked at it."""
    _house.complaints.clear()
    _house.forgiven.clear()
    yield _house
    _house.close_windows()
    assert _house.faults() == []
