"""Whatever dies under senders: what was acknowledged is there, once, where it was said to be.

The short form of bench/rest_chaos.py, which kills more for longer.
"""

import pytest

from bench import rest_chaos

pytestmark = [pytest.mark.service, pytest.mark.cluster]

SEED = 11


def test_no_acknowledged_message_is_lost_when_servers_and_database_are_killed() -> None:
    outcome = rest_chaos.shake(rest_chaos.SHORT, SEED, print)

    assert outcome.acknowledged == rest_chaos.SHORT.sends
    assert outcome.faults() == []
