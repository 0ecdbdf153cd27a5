"""How many requests one principal may send, and what happens when nobody can count."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from tokdesk.common.api import throttles


@pytest.fixture(autouse=True)
def _limits(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.RATE_LIMITS_ENABLED = True
    settings.REDIS_URL = ""
    settings.REQUEST_LIMITS = {"anonymous": "2/minute", "member": "3/minute"}
    monkeypatch.setattr(throttles, "outage", throttles.Outage())
    throttles._limiter.cache_clear()
    yield
    throttles._limiter.cache_clear()


@pytest.fixture
def dead_redis(settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"


def test_every_answer_tells_what_is_left(api: Any) -> None:
    client = api("agent")

    answers = [client.get("scope/"), client.get("scope/?x=1"), client.get("nothing/")]

    assert answers[0]["RateLimit-Policy"] == '"default";q=3;w=60'
    assert [answer.get("RateLimit", "").partition(";t=")[0] for answer in answers] == [
        '"default";r=2',
        '"default";r=1',
        "",
    ]


def test_one_request_too_many_is_told_when_to_come_back(api: Any) -> None:
    client = api("agent")
    for _ in range(3):
        assert client.get("scope/").status_code == 200

    response = client.get("scope/")

    assert (response.status_code, response.json()["code"]) == (429, "rate_limited")
    assert 1 <= int(response["Retry-After"]) <= 60
    assert response["RateLimit"] == f'"default";r=0;t={response["Retry-After"]}'


def test_a_window_passes(api: Any) -> None:
    client = api()
    with time_machine.travel(time.time(), tick=False) as clock:
        statuses = [client.post("echo/", {}).status_code for _ in range(3)]
        clock.shift(121)
        statuses.append(client.post("echo/", {}).status_code)

    assert statuses == [200, 200, 429, 200]


def test_the_limit_comes_before_the_right_and_after_the_credential(api: Any) -> None:
    statuses = [api("user").post("counters/configure/").status_code for _ in range(4)]

    assert statuses == [403, 403, 403, 429]
    assert api().get("scope/").status_code == 401


def test_an_address_and_a_member_are_counted_apart(api: Any) -> None:
    for _ in range(3):
        api().post("echo/", {})

    assert api().post("echo/", {}).status_code == 429
    assert api("agent").post("echo/", {}).status_code == 200


def test_switched_off_nothing_is_counted_or_told(api: Any, settings: Any) -> None:
    settings.RATE_LIMITS_ENABLED = False

    answers = [api().post("echo/", {}) for _ in range(5)]

    assert {answer.status_code for answer in answers} == {200}
    assert "RateLimit" not in answers[0]


def test_without_redis_the_limit_is_open_and_says_so_once_a_minute(
    api: Any, dead_redis: None, caplog: pytest.LogCaptureFixture
) -> None:
    with time_machine.travel(time.time(), tick=False) as clock:
        for _ in range(3):
            assert api().post("echo/", {}).status_code == 200
            clock.shift(throttles.REST_SECONDS + 1)
        first = [record for record in caplog.records if record.name == throttles.__name__]
        clock.shift(throttles.QUIET_SECONDS)
        api().post("echo/", {})

    told = [record for record in caplog.records if record.name == throttles.__name__]
    assert (len(first), len(told)) == (1, 2)


def test_a_dead_redis_is_left_alone_for_a_moment(
    api: Any, dead_redis: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    limiter = throttles._limiter("redis://127.0.0.1:1/0")
    hit = limiter.hit
    monkeypatch.setattr(limiter, "hit", lambda *args: asked.append(1) or hit(*args))

    for _ in range(5):
        api().post("echo/", {})

    assert len(asked) == 1


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("", "MemoryStorage"),
        ("redis://h:1/0", "RedisStorage"),
        ("rediss://h:1/0", "RedisStorage"),
        ("valkey://h:1/0", "RedisStorage"),
        ("unix:///tmp/redis.sock?db=1", "RedisStorage"),
    ],
)
def test_every_address_that_the_settings_allow_can_be_counted_in(url: str, kind: str) -> None:
    assert type(throttles._storage(url)).__name__ == kind


@pytest.mark.service
def test_a_real_redis_counts_for_all_processes(api: Any, settings: Any, redis_url: str) -> None:
    settings.REDIS_URL = redis_url

    first = [api("agent").get("scope/").status_code for _ in range(2)]
    throttles._limiter.cache_clear()
    second = [api("agent").get("scope/").status_code for _ in range(2)]

    assert (first, second) == ([200, 200], [200, 429])
