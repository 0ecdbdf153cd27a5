"""What filters read: a moment has its zone, and UTC knows it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from tokdesk.common.api.filters import WrongValue, read_time
from tokdesk.common.models import RateCounter
from tokdesk.tests.answers import faults

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-01T00:00:00Z", NEW_YEAR),
        ("2026-01-01T02:00:00+02:00", NEW_YEAR),
        ("2026-01-01T00:00:00+16:00", NEW_YEAR - timedelta(hours=16)),
        ("2026-01-01T00:00:00-23:59", NEW_YEAR + timedelta(hours=23, minutes=59)),
        ("2026-01-01T00:00:00.25Z", NEW_YEAR + timedelta(milliseconds=250)),
        ("0001-01-01T00:00:00Z", datetime.min.replace(tzinfo=UTC)),
        ("9999-12-31T23:59:59.999999Z", datetime.max.replace(tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_in_utc(text: str, moment: datetime) -> None:
    found = read_time(text)

    assert (found, found.tzinfo) == (moment, UTC)


NO_MOMENTS = [
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-01-01T00:00:00+24:00"),
    *(
        "2026-01-01",
        "2026-01-01T00:00:00",
        "2026-02-30T00:00:00Z",
        "00:00:00Z",
        "tomorrow",
        "",
        "0",
    ),
    "٢٠٢٦-01-01T00:00:00Z",
]


@pytest.mark.parametrize("text", NO_MOMENTS)
def test_what_is_no_moment_of_utc_or_has_no_zone_is_none(text: str) -> None:
    with pytest.raises(WrongValue):
        read_time(text)


@pytest.mark.contract
@pytest.mark.django_db
def test_a_list_takes_every_moment_and_refuses_the_rest(api: Any) -> None:
    RateCounter.objects.create(key="a", count=1, created_at=NEW_YEAR, expires_at=NEW_YEAR)
    client = api("agent")

    def asked(text: str) -> Any:
        return client.get(f"counters/?since={quote(text)}")

    seen = [
        [row["key"] for row in asked(text).json()["results"]]
        for text in ("2026-01-01T15:59:00+16:00", "2026-01-01T00:00:00-00:01")
    ]
    refused = [asked(text) for text in NO_MOMENTS]

    assert seen == [["a"], []]
    assert [(each.status_code, faults(each)) for each in refused] == [
        (400, {"since": ["invalid"]}) for _each in NO_MOMENTS
    ]
