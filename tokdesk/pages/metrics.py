"""`/metrics`: figures for Prometheus, of all processes together."""

import hmac
from collections.abc import Iterator

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from tokdesk.common import metrics
from tokdesk.common.models import Job
from tokdesk.common.queues import Queue

SECONDS = metrics.JOB_SECONDS


@require_safe
@never_cache
def metrics_page(request: HttpRequest) -> HttpResponse:
    """With TOKDESK_METRICS_TOKEN set, for its bearer; without it there is no such page (but in
    development)."""
    if not _may_read(request):
        raise Http404
    registry = CollectorRegistry(auto_describe=False)
    registry.register(DeskCollector())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)


def _may_read(request: HttpRequest) -> bool:
    if not settings.METRICS_TOKEN:
        return bool(settings.DEBUG)
    given = request.headers.get("Authorization", "")
    return hmac.compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode())


class DeskCollector(Collector):
    """Asked anew at each scrape: what waits from the database, what was counted from Redis."""

    def collect(self) -> Iterator[Metric]:
        totals = metrics.totals()
        yield from _waiting()
        yield _counter(totals, metrics.JOBS, "Job runs by outcome.", ["listener", "outcome"])
        yield _job_seconds(totals)
        yield _counter(totals, metrics.CACHE_READS, "Reads of the cache.", ["result"])


def _waiting() -> Iterator[Metric]:
    waiting = GaugeMetricFamily("tokdesk_jobs_waiting", "Jobs not done yet.", labels=["queue"])
    dead = GaugeMetricFamily("tokdesk_jobs_dead", "Jobs that were given up.", labels=["queue"])
    oldest = GaugeMetricFamily(
        "tokdesk_jobs_oldest_seconds", "For how long the longest due job waits.", labels=["queue"]
    )
    depths = Job.objects.all().depths()
    for queue in Queue:
        depth = depths[queue]
        waiting.add_metric([queue], depth.waiting)
        dead.add_metric([queue], depth.dead)
        oldest.add_metric([queue], depth.oldest_seconds)
    yield from (waiting, dead, oldest)


def _counter(
    totals: dict[metrics.Series, float], name: str, text: str, labels: list[str]
) -> Metric:
    family = CounterMetricFamily(f"tokdesk_{name}", text, labels=labels)
    for (series, values), amount in sorted(totals.items()):
        if series == name:
            family.add_metric(values, amount)
    return family


def _job_seconds(totals: dict[metrics.Series, float]) -> Metric:
    family = HistogramMetricFamily("tokdesk_job_seconds", "Time of job runs.", labels=["listener"])
    seconds = {values: amount for (name, values), amount in totals.items() if name == SECONDS}
    for (listener,), total in sorted(seconds.items()):
        buckets, below = [], 0.0
        for bound in [*map(str, metrics.BUCKETS), "+Inf"]:
            below += totals.get((metrics.JOB_BUCKET, (listener, bound)), 0)
            buckets.append((bound, below))
        family.add_metric([listener], buckets, total)
    return family
