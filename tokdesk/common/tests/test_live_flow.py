"""How many frames may come, and how many bytes may be on their way."""

from tokdesk.common.live.flow import (
    BEAT_BYTES,
    BURST,
    FRAMES_PER_SECOND,
    MOST_UNREAD_BYTES,
    Bucket,
    Window,
)


def test_a_burst_passes_and_then_so_many_a_second() -> None:
    bucket = Bucket(100.0)

    assert [bucket.take(100.0) for _ in range(BURST + 1)] == [True] * BURST + [False]
    assert [bucket.take(101.0) for _ in range(FRAMES_PER_SECOND + 1)] == (
        [True] * FRAMES_PER_SECOND + [False]
    )


def test_a_bucket_never_holds_more_than_the_burst() -> None:
    bucket = Bucket(0.0)

    assert [bucket.take(1000.0) for _ in range(BURST + 1)][-1] is False


def test_the_third_refused_frame_within_ten_seconds_is_one_too_many() -> None:
    bucket = Bucket(0.0)

    assert [bucket.refuse(at) for at in (0.0, 5.0, 9.9)] == [True, True, False]


def test_refusals_of_long_ago_are_forgiven() -> None:
    bucket = Bucket(0.0)

    assert [bucket.refuse(at) for at in (0.0, 9.0, 10.0, 20.0)] == [True, True, True, True]


def test_a_heartbeat_is_due_after_so_many_bytes() -> None:
    window = Window(0.0)

    assert window.sent(BEAT_BYTES - 1, 0.0) is False
    assert window.sent(1, 0.0) is True
    assert window.beat(0.0) > 0
    assert window.sent(1, 0.0) is False


def test_a_window_fills_with_what_is_not_confirmed_and_opens_again() -> None:
    window = Window(0.0)
    window.sent(MOST_UNREAD_BYTES, 1.0)
    number = window.beat(1.0)

    assert window.is_full is False
    window.sent(1, 2.0)

    assert (window.is_full, window.slow_at) == (True, 2.0)
    assert window.confirm(number) is True
    assert window.is_full is False


def test_confirming_a_later_heartbeat_confirms_the_earlier_ones() -> None:
    window = Window(0.0)
    numbers = []
    for _ in range(3):
        window.sent(MOST_UNREAD_BYTES // 4, 0.0)
        numbers.append(window.beat(0.0))
    window.sent(MOST_UNREAD_BYTES, 0.0)

    assert window.is_full is True
    assert window.confirm(numbers[1]) is False
    assert window.is_full is True
    assert window.confirm(numbers[2]) is True


def test_what_was_never_sent_cannot_be_confirmed() -> None:
    window = Window(0.0)

    assert window.confirm(1) is None
    first, second = window.beat(0.0), window.beat(0.0)
    guesses = (0, first - 1, first + 1, second + 1)
    assert [window.confirm(number) for number in guesses] == [None] * 4
    assert [window.confirm(number) for number in (first, first, second)] == [False, None, False]
