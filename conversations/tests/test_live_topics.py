"""Where followers of one log stand: nothing is skipped, whoever's answer comes first."""

from typing import Any

from conversations.realtime.reading import Entry
from conversations.realtime.topics import Follower, Topic
from tokdesk.common.ids import new_id
from tokdesk.common.live.flow import Window
from tokdesk.common.live.frames import Frame


class Seat:
    """A socket as a topic sees one: who sits there, and what was pushed to it."""

    def __init__(self, *, sees_notes: bool = True) -> None:
        self.sight: Any = type("Sight", (), {"sees_notes": sees_notes, "member_id": new_id()})
        self.window = Window(0.0)
        self.pushed: list[str] = []

    def push(self, frame: Frame) -> None:
        self.pushed.append(frame.text)


def entry(seq: int, public_seq: int | None = None) -> Entry:
    staff, public = Frame(f"s{seq}", 2), Frame(f"p{public_seq}", 2)
    return Entry(seq, staff, public_seq, public if public_seq else None)


def follow(topic: Topic, seat: Seat) -> Follower:
    follower = topic.followers[str(id(seat))] = Follower(seat)
    return follower


def test_what_comes_before_the_answer_follows_it() -> None:
    topic, seat = Topic(new_id()), Seat()
    first = follow(topic, Seat())
    topic.stands_at(2, 2)
    first.begin(2)
    late = follow(topic, seat)
    topic.tell([entry(3), entry(4)])
    assert seat.pushed == []

    late.begin(3)
    assert seat.pushed == ["s4"]


def test_of_two_answers_the_older_may_come_later() -> None:
    topic, early, late = Topic(new_id()), Seat(), Seat()
    one, other = follow(topic, early), follow(topic, late)
    topic.stands_at(5, 5)
    other.begin(5)
    assert topic.is_behind is False
    topic.stands_at(3, 3)
    one.begin(3)

    assert (topic.is_behind, topic.head) == (True, 3)
    topic.tell([entry(4), entry(5)])
    assert (early.pushed, late.pushed, topic.is_behind) == (["s4", "s5"], [], False)


def test_customers_count_by_themselves_and_hear_no_notes() -> None:
    topic, seat = Topic(new_id()), Seat(sees_notes=False)
    follower = follow(topic, seat)
    topic.stands_at(4, 2)
    follower.begin(2)
    topic.tell([entry(5), entry(6, 3), entry(7)])

    assert (seat.pushed, topic.head, topic.public_head) == (["p3"], 7, 3)


def test_a_full_window_is_told_nothing_and_keeps_its_place() -> None:
    topic, seat = Topic(new_id()), Seat()
    follower = follow(topic, seat)
    topic.stands_at(1, 1)
    follower.begin(1)
    seat.window.slow_at = 0.0
    topic.tell([entry(2)])

    assert (seat.pushed, follower.place, topic.head) == ([], 1, 2)
