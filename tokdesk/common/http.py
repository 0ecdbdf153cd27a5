"""Facts about the request at hand: its id, and the address that sent it."""

import ipaddress
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.http import HttpRequest

from tokdesk.common.ids import new_id

API_ROOT = "/api/"
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}\Z")

_request_id: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    """The id of the request being served, or "" outside of requests."""
    return _request_id.get()


@contextmanager
def request_id_set(request_id: str) -> Iterator[None]:
    """Name what runs inside, so that its log lines and events can be found by one id."""
    token = _request_id.set(request_id)
    try:
        yield
    finally:
        _request_id.reset(token)


def accepted_request_id(offered: str | None) -> str:
    """The caller's own id when it is harmless in headers and logs, else a new one."""
    if offered and REQUEST_ID.match(offered):
        return offered
    return new_id().hex


def is_api(path: str) -> bool:
    return path == API_ROOT.rstrip("/") or path.startswith(API_ROOT)


def client_ip(request: HttpRequest) -> str | None:
    """The address the request came from, or None when there is none (a unix socket)."""
    return client_address(
        request.META.get("REMOTE_ADDR") or "", request.META.get("HTTP_X_FORWARDED_FOR") or ""
    )


def client_address(peer: str, forwarded_for: str) -> str | None:
    """Believe as many hops of X-Forwarded-For as proxies of ours wrote, and not one more."""
    hops = [hop for hop in forwarded_for.split(",") if hop.strip()]
    trusted = settings.TRUSTED_PROXIES
    claimed = hops[-trusted] if 0 < trusted <= len(hops) else ""
    return _address(claimed) or _address(peer)


def user_agent(request: HttpRequest) -> str:
    return str(request.META.get("HTTP_USER_AGENT", ""))[:200]


def _address(text: str) -> str | None:
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        if address.scope_id:
            return None
        return str(address.ipv4_mapped or address)
    return str(address)
