"""Test tools that know no app: an API client, a race, and the events of a block."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from typing import Any

from django.db import connections
from django.test import Client
from django.utils import timezone

from tokdesk.common import jobs
from tokdesk.common.models import Event
from tokdesk.common.queues import Queue


class ApiClient:
    """Sends JSON to the API as one person; answers are Django's test responses."""

    def __init__(self, access: str | None = None, **headers: str) -> None:
        self._client = Client(raise_request_exception=False)
        self.headers = dict(headers)
        if access is not None:
            self.headers["Authorization"] = f"Bearer {access}"

    def get(self, path: str, **headers: str) -> Any:
        return self.send("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.send("POST", path, {} if body is None else body, **headers)

    def put(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.send("PUT", path, {} if body is None else body, **headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.send("PATCH", path, {} if body is None else body, **headers)

    def delete(self, path: str, **headers: str) -> Any:
        return self.send("DELETE", path, **headers)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """`path` is below `/api/v1/`, or absolute when it begins with a slash."""
        url = path if path.startswith("/") else f"/api/v1/{path}"
        data = "" if body is None else json.dumps(body)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._client.generic(
            method,
            url,
            data,
            content_type="application/json",
            headers={**self.headers, **named},
        )


def race(work: Callable[[int], Any], times: int = 50) -> list[Any]:
    """Run `work` that often at once, each in its own thread and connection; results or errors."""
    barrier = Barrier(times)

    def run(number: int) -> Any:
        try:
            barrier.wait(timeout=30)
            return work(number)
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


def finish_jobs() -> None:
    """Run every job that is due, and what those cause, as workers would."""
    while any(jobs.due_jobs(queue, timezone.now()).exists() for queue in Queue):
        for queue in Queue:
            jobs.drain(queue, seconds=60)


@contextmanager
def recorded_events() -> Iterator[list[str]]:
    """The types of all events stored while the block ran, oldest first."""
    known = set(Event.objects.values_list("pk", flat=True))
    types: list[str] = []
    yield types
    rows = Event.objects.exclude(pk__in=known).order_by("at", "id")
    types.extend(rows.values_list("type", flat=True))


def without_request_id(response: Any) -> bytes:
    """The answer's bytes without the one part that may differ between two equal answers."""
    body: bytes = response.content
    request_id = response.headers["X-Request-ID"].encode()
    return body.replace(request_id, b"")
