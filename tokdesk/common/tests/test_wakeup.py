"""Waking workers: one hint for many commits, and none that a request waits for."""

import json
import socket
import time
from collections.abc import Iterator

import pytest
import redis
from celery import Celery
from django.conf import settings
from django.test import override_settings

from companies.events import CompanyRejected
from conftest import World
from tokdesk.common import events, wakeup
from tokdesk.common.actor import system_actor
from tokdesk.common.db import run_in_transaction
from tokdesk.common.errors import Conflict
from tokdesk.common.events import publish, subscribe
from tokdesk.common.queues import Queue
from tokdesk.common.tasks import DrainTask, drain

NOWHERE = "redis://127.0.0.1:1/0"


def caches(url: str) -> dict[str, dict[str, str]]:
    return {"default": {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": url}}


def celery_at(url: str) -> Celery:
    """The project's own configuration, at another broker."""
    app = Celery("at", set_as_current=False)
    app.config_from_object(settings, namespace="CELERY")
    app.conf.task_always_eager = False
    app.conf.broker_url = url.replace("unix://", "redis+socket://").replace(
        "?db=", "?virtual_host="
    )
    return app


@pytest.fixture
def broker(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[redis.Redis]:
    monkeypatch.setattr(wakeup, "_away_until", 0.0)
    monkeypatch.setattr(wakeup, "current_app", celery_at(redis_url))
    settings_ = {"CELERY_BROKER_URL": redis_url, "CACHES": caches(redis_url)}
    with override_settings(**settings_), redis.Redis.from_url(redis_url) as client:
        yield client


def woken(client: redis.Redis, queue: Queue) -> list[list[str]]:
    """The arguments of each drain that waits in the broker."""
    found = [json.loads(each) for each in client.lrange(queue.value, 0, -1)]
    assert {each["headers"]["task"] for each in found} <= {"tokdesk.drain"}
    return [json.loads(each["headers"]["argsrepr"].replace("'", '"')) for each in found]


@pytest.mark.service
def test_many_commits_are_one_hint_until_a_worker_begins(broker: redis.Redis) -> None:
    for _ in range(5):
        wakeup.wake(Queue.EMAIL)
    wakeup.wake(Queue.DEFAULT)

    assert woken(broker, Queue.EMAIL) == [["email"]]
    assert woken(broker, Queue.DEFAULT) == [["default"]]

    wakeup.begin(Queue.EMAIL)
    wakeup.wake(Queue.EMAIL)

    assert woken(broker, Queue.EMAIL) == [["email"], ["email"]]


@pytest.mark.service
def test_a_worker_that_begins_is_seen(broker: redis.Redis) -> None:
    before = time.time()

    wakeup.begin(Queue.EMAIL)

    assert float(broker.get(wakeup.SEEN) or 0) >= before
    assert 0 < broker.ttl(wakeup.SEEN) <= wakeup.SEEN_SECONDS


@pytest.mark.service
def test_a_hint_that_everybody_lost_is_given_anew(broker: redis.Redis) -> None:
    wakeup.wake(Queue.EMAIL)
    broker.flushdb()

    wakeup.wake(Queue.EMAIL)

    assert woken(broker, Queue.EMAIL) == [["email"]]


@pytest.mark.service
def test_hints_that_nobody_takes_do_not_pile_up(broker: redis.Redis, redis_url: str) -> None:
    app = celery_at(redis_url)
    clock_sends = app.task(drain.run, name="tokdesk.drain", base=DrainTask).apply_async
    for _ in range(wakeup.MOST_HINTS + 5):
        clock_sends(["email"], queue="email")
        broker.delete(wakeup._flag(Queue.EMAIL))
        wakeup.wake(Queue.EMAIL)

    assert len(woken(broker, Queue.EMAIL)) == wakeup.MOST_HINTS

    broker.lpop("email")
    clock_sends(["email"], queue="email")

    assert len(woken(broker, Queue.EMAIL)) == wakeup.MOST_HINTS


@pytest.mark.service
@pytest.mark.django_db(transaction=True)
def test_workers_hear_of_commits_alone(
    broker: redis.Redis, acme: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(events.SUBSCRIPTIONS, CompanyRejected.type, [])
    subscribe(CompanyRejected, "test.hears", queue=Queue.AUDIT)(lambda event: None)

    def refuse() -> None:
        raise Conflict

    def happen() -> None:
        for _ in range(3):
            fact = CompanyRejected(acme.company.id, "x")
            publish(fact, actor=system_actor(), company_id=acme.company.id, stream="company:x")
            assert woken(broker, Queue.AUDIT) == []

    with pytest.raises(Conflict):
        run_in_transaction(lambda: (happen(), refuse()))
    assert woken(broker, Queue.AUDIT) == []
    run_in_transaction(happen)
    assert woken(broker, Queue.AUDIT) == [["audit"]]


def test_a_silent_broker_is_left_alone_for_ten_times_its_timeout(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(wakeup, "_away_until", 0.0)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        cache = {**caches(url)["default"], "OPTIONS": {"SOCKET_TIMEOUT": 0.3}}
        with override_settings(CELERY_BROKER_URL=url, CACHES={"default": cache}):
            wakeup.wake(Queue.EMAIL)

    assert 2.5 < wakeup._away_until - time.monotonic() < 10


@pytest.mark.service
def test_while_the_broker_is_away_nobody_waits_twice(
    broker: redis.Redis, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    with override_settings(CELERY_BROKER_URL=NOWHERE, CACHES=caches(NOWHERE)):
        wakeup.wake(Queue.EMAIL)
        wakeup.wake(Queue.EMAIL)

    assert [each.getMessage() for each in caplog.records] == [
        "no worker could be woken: ConnectionError"
    ]
    wakeup.wake(Queue.EMAIL)
    assert woken(broker, Queue.EMAIL) == []
    monkeypatch.setattr(wakeup, "_away_until", 0.0)
    wakeup.wake(Queue.EMAIL)
    assert woken(broker, Queue.EMAIL) == [["email"]]


def test_without_a_broker_there_is_nobody_to_wake(caplog: pytest.LogCaptureFixture) -> None:
    wakeup.wake(Queue.EMAIL)

    assert (settings.CELERY_BROKER_URL, caplog.records) == ("", [])
