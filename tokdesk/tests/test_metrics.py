"""GET /metrics"""

import time

import pytest
from django.test import Client, override_settings

from companies.models import Company
from conftest import World
from tokdesk.common import cache, metrics
from tokdesk.common.tests.dead import bury, dead_job

pytestmark = [pytest.mark.contract, pytest.mark.django_db]

TOKEN = "a-token-for-the-scraper"


@pytest.fixture(autouse=True)
def _counted_nothing() -> None:
    metrics.reset()


def scrape(token: str = TOKEN, **options: str) -> str:
    response = Client(headers={"Authorization": f"Bearer {token}"}).get("/metrics")
    assert response.status_code == 200
    assert response["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    return response.content.decode()


@override_settings(METRICS_TOKEN=TOKEN)
def test_queues_tell_how_much_waits_and_how_much_died(acme: World) -> None:
    bury(acme.company, 2)
    waiting = dead_job(acme.company)
    type(waiting).objects.filter(pk=waiting.pk).update(is_dead=False)

    lines = scrape().splitlines()

    assert 'tokdesk_jobs_waiting{queue="default"} 1.0' in lines
    assert 'tokdesk_jobs_dead{queue="default"} 2.0' in lines
    assert 'tokdesk_jobs_waiting{queue="email"} 0.0' in lines
    assert 'tokdesk_jobs_oldest_seconds{queue="email"} 0.0' in lines


@override_settings(METRICS_TOKEN=TOKEN)
def test_job_times_are_a_histogram(db: None) -> None:
    metrics.observe_job("x.mails", "done", 0.004)
    metrics.observe_job("x.mails", "done", 0.2)
    metrics.observe_job("x.mails", "failed", 60)

    lines = scrape().splitlines()

    assert 'tokdesk_jobs_total{listener="x.mails",outcome="done"} 2.0' in lines
    assert 'tokdesk_jobs_total{listener="x.mails",outcome="failed"} 1.0' in lines
    assert 'tokdesk_job_seconds_bucket{le="0.005",listener="x.mails"} 1.0' in lines
    assert 'tokdesk_job_seconds_bucket{le="0.25",listener="x.mails"} 2.0' in lines
    assert 'tokdesk_job_seconds_bucket{le="30.0",listener="x.mails"} 2.0' in lines
    assert 'tokdesk_job_seconds_bucket{le="+Inf",listener="x.mails"} 3.0' in lines
    assert 'tokdesk_job_seconds_count{listener="x.mails"} 3.0' in lines
    assert 'tokdesk_job_seconds_sum{listener="x.mails"} 60.204' in lines


@override_settings(METRICS_TOKEN=TOKEN)
def test_reads_of_the_cache_are_counted(acme: World) -> None:
    company: Company = acme.company
    cache.get(company.id, "x")
    cache.put(company.id, "x", 1, seconds=5)
    cache.get(company.id, "x")
    cache.get(company.id, "x")

    lines = scrape().splitlines()

    assert 'tokdesk_cache_reads_total{result="hit"} 2.0' in lines
    assert 'tokdesk_cache_reads_total{result="miss"} 1.0' in lines


@pytest.mark.parametrize("token", ["", "wrong", "a-token-for-the-scrape", TOKEN + "x", "ü"])
@override_settings(METRICS_TOKEN=TOKEN)
def test_without_the_token_there_is_no_such_page(token: str) -> None:
    headers = {"Authorization": f"Bearer {token}".encode().decode("latin-1")} if token else {}

    assert Client(headers=headers).get("/metrics").status_code == 404


def test_where_no_token_is_set_there_is_none_either() -> None:
    assert Client().get("/metrics").status_code == 404
    with override_settings(DEBUG=True):
        assert Client().get("/metrics").status_code == 200


@pytest.mark.service
def test_what_several_processes_count_is_added_up(redis_url: str) -> None:
    caches = {"default": {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": redis_url}}
    with override_settings(REDIS_URL=redis_url, CACHES=caches):
        metrics.observe_job("x.mails", "done", 0.1)
        metrics.flush()
        metrics.observe_job("x.mails", "done", 0.1)

        totals = metrics.totals()

    assert totals[metrics.JOBS, ("x.mails", "done")] == 2
    assert totals[metrics.JOB_BUCKET, ("x.mails", "0.1")] == 2


@pytest.mark.service
def test_while_redis_is_away_counts_are_kept(redis_url: str) -> None:
    away = "redis://127.0.0.1:1/0"
    caches = {"default": {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": away}}
    with override_settings(REDIS_URL=away, CACHES=caches):
        metrics.observe_job("x.mails", "done", 0.1)

        assert metrics.totals()[metrics.JOBS, ("x.mails", "done")] == 1


def test_redis_is_not_asked_again_for_each_count_while_it_is_away() -> None:
    away = "redis://127.0.0.1:1/0"
    caches = {"default": {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": away}}
    with override_settings(REDIS_URL=away, CACHES=caches):
        metrics.count("x")
        metrics.flush()

    assert metrics._next_flush - time.monotonic() > metrics.SULK_SECONDS - 1
