"""Whatever dies in between: each effect once, each mail at least once, and every job ends.

The short form of bench/jobs_chaos.py, which kills more of everything for longer.
"""

import pytest

from bench import jobs_chaos, jobs_mails

pytestmark = [pytest.mark.service, pytest.mark.cluster]

SEED = 20


def test_every_event_has_each_of_its_effects_once_whatever_is_killed() -> None:
    counts = jobs_chaos.shake(jobs_chaos.SHORT, SEED, print)

    assert jobs_chaos.faults(counts, jobs_chaos.SHORT) == []


def test_every_mail_arrives_and_a_repeat_has_the_same_id() -> None:
    post = jobs_mails.shake(jobs_mails.SHORT, SEED, print)

    assert jobs_mails.faults(post, jobs_mails.SHORT) == []
