"""`/healthz`: the process is alive. `/readyz`: so is each part it needs, by name."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis import Redis

from tokdesk.common.db import ping

logger = logging.getLogger(__name__)


GetResponse = Callable[[HttpRequest], HttpResponseBase]


class HealthMiddleware:
    """Answers both before Host and TLS are looked at: probes come by address, from inside."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        view = {"/healthz": healthz, "/readyz": readyz}.get(request.path_info)
        return view(request) if view else self.get_response(request)


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when every part answers, else 503; each part is `ok` or `down`, details go to the log."""
    parts = states()
    ready = all(state == "ok" for state in parts.values())
    answer = JsonResponse(
        {"status": "ok" if ready else "down", "parts": parts}, status=200 if ready else 503
    )
    if not ready:
        answer["Retry-After"] = "1"
    return answer


def states() -> dict[str, str]:
    """`ok` or `down` of each part, asked now."""
    return {name: _state(name, check) for name, check in checks().items()}


def checks() -> dict[str, Callable[[], None]]:
    """The parts this installation needs; each check raises when its part is down."""
    parts: dict[str, Callable[[], None]] = {"database": ping, "migrations": _migrations}
    if settings.REDIS_URL:
        parts["redis"] = _redis
    return parts


def _state(name: str, check: Callable[[], None]) -> str:
    try:
        check()
    except Exception:
        # Whatever fails here is the answer itself; the log says why, the caller need not know.
        logger.warning("part is down", extra={"part": name}, exc_info=True)
        return "down"
    return "ok"


_migrated: set[str] = set()


def _migrations() -> None:
    """Once in order they stay so for this process; the look costs some 20 ms."""
    if connection.alias in _migrated:
        return
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise RuntimeError("migrations are waiting: run manage.py migrate")
    _migrated.add(connection.alias)


def _redis() -> None:
    Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2).ping()
