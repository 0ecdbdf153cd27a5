"""Fixtures of real servers, for tests marked `service`; the root conftest.py loads this file."""

import contextlib
import os
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import redis

from tokdesk.tests import fileservers, servers


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """The URL of a Redis for tests alone: the one of `make test`, else one started here."""
    url = os.environ.get("TEST_REDIS_URL", "")
    if url:
        yield url
        return
    try:
        with servers.temporary_redis() as own:
            yield own
    except servers.Missing as missing:
        pytest.fail(str(missing))


@pytest.fixture
def redis_url(redis_server: str, worker_id: str) -> str:
    """That Redis, empty; each parallel worker has a numbered database to itself."""
    url = with_database(redis_server, number_of(worker_id))
    with contextlib.closing(redis.Redis.from_url(url)) as client:
        client.flushdb()
    return url


@pytest.fixture(scope="session")
def s3_bucket() -> Iterator[fileservers.Bucket]:
    """A bucket of a store that speaks S3."""
    try:
        with fileservers.temporary_s3() as bucket:
            yield bucket
    except servers.Missing as missing:
        pytest.fail(str(missing))


@pytest.fixture(scope="session")
def clamd_url() -> Iterator[str]:
    """The URL of a virus scanner that knows `fileservers.MALWARE` alone."""
    try:
        with fileservers.temporary_clamd() as url:
            yield url
    except servers.Missing as missing:
        pytest.fail(str(missing))


def number_of(worker_id: str) -> int:
    """0 for a run without parallel workers, whose id is a word."""
    return int(worker_id.removeprefix("gw")) if "gw" in worker_id else 0


def with_database(url: str, number: int) -> str:
    if url.startswith("unix:"):
        return f"{url}?db={number}"
    return urlsplit(url)._replace(path=f"/{number}").geturl()
