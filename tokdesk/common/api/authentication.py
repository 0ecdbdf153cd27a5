"""Who asks: the request's credential, turned into an Actor by the apps that know credentials."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.datastructures import MultiValueDict
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from tokdesk.common.actor import Actor, ActorKind
from tokdesk.common.errors import Denied
from tokdesk.common.http import client_ip, current_request_id, user_agent


class ActorAuthentication(BaseAuthentication):
    """Asks `settings.ACTOR_AUTHENTICATORS` in turn; the first that knows the credential decides.

    Raises:
        Unauthenticated: a credential is there and dead.
    """

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        for path in settings.ACTOR_AUTHENTICATORS:
            actor = import_string(path)(request._request)
            if actor is not None:
                return actor, None
        return None

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def anonymous_actor(request: HttpRequest) -> Actor:
    return Actor(
        ActorKind.ANONYMOUS,
        ip=client_ip(request),
        user_agent=user_agent(request),
        request_id=current_request_id(),
    )


def enforce_csrf(request: HttpRequest) -> None:
    """For credentials that a browser sends by itself: was it our own page that asked?

    API views are exempt from Django's check, since a Bearer token needs none.

    Raises:
        Denied: `csrf_failed`.
    """
    check = _CsrfCheck(_nothing)
    check.process_request(request)
    with _body_unread(request):
        refusal = check.process_view(request, _nothing, (), {})
    if refusal:
        raise Denied("csrf_failed", _("Reload the page and try again."))


@contextmanager
def _body_unread(request: Any) -> Iterator[None]:
    """Our pages send their token as a header.

    Django would look into a form for it, and so read a whole upload before anybody was let in.
    What a plain page has read already stays.
    """
    if hasattr(request, "_post"):
        yield
        return
    request._post, request._files = QueryDict(), MultiValueDict()
    try:
        yield
    finally:
        del request._post, request._files


def _nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


class _CsrfCheck(CsrfViewMiddleware):
    def _reject(self, request: HttpRequest, reason: str) -> Any:
        return reason
