"""Who may pass, and with what question: the checks before a view's own lines.

The order of refusals is fixed: 405 for a method the route never has (nobody need sign in to learn
that; OPTIONS answers 204 with `Allow`), 401, 429, 403 for what the role may never do, then input.
"""

from collections.abc import Collection, Mapping
from contextlib import ExitStack
from typing import Any, ClassVar

from django.utils import translation
from django.utils.translation import gettext as _
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tokdesk.common.actor import Actor
from tokdesk.common.api.authentication import anonymous_actor
from tokdesk.common.api.filters import Filter
from tokdesk.common.api.pagination import KeysetPagination
from tokdesk.common.api.permissions import PUBLIC
from tokdesk.common.api.throttles import LimitState, count_request, tell_limit
from tokdesk.common.errors import (
    Denied,
    FieldError,
    Invalid,
    RateLimited,
    TokDeskError,
    Unauthenticated,
)
from tokdesk.common.policy import authorize
from tokdesk.common.tenancy import company_scope


class GateMixin(APIView):
    """Actor, limit, right, company and query, declared by the attributes below.

    An operation is an action of a viewset or, in a plain view, the lower-case method.
    """

    # operation -> permission code, None (any signed-in actor) or PUBLIC; each must be named.
    permission_codes: ClassVar[Mapping[str, str | None]] = {}
    # False where platform staff, who carry no company, may enter too.
    needs_company: ClassVar[bool] = True
    # Operations that answer a page: they take limit, cursor, ordering and `filters`.
    lists: ClassVar[Collection[str]] = ("list",)
    filters: ClassVar[Mapping[str, Filter]] = {}
    ordering_fields: ClassVar[Mapping[str, str]] = {"created_at": "created_at"}
    default_ordering: ClassVar[str] = "-created_at"
    # operation -> further names allowed in the query.
    query_parameters: ClassVar[Mapping[str, Collection[str]]] = {}

    # Without metadata DRF describes nothing of a view to strangers.
    metadata_class = None
    pagination_class = KeysetPagination

    _scopes: ExitStack
    _limit: LimitState | None = None

    @property
    def operation(self) -> str:
        action: str | None = getattr(self, "action", None)
        method = (self.request.method or "").lower()
        return action or ("get" if method == "head" else method)

    @property
    def actor(self) -> Actor:
        actor: Actor = self.request.actor  # type: ignore[attr-defined]
        return actor

    def allowed_parameters(self) -> set[str]:
        allowed = set(self.query_parameters.get(self.operation, ()))
        if self.operation in self.lists:
            allowed |= {*KeysetPagination.parameters, *self.own_filters()}
        return allowed

    def own_filters(self) -> Mapping[str, Filter]:
        """Override where not every filter is for every role."""
        return self.filters

    def own_orderings(self) -> Mapping[str, str]:
        """Override where not every order is for every role."""
        return self.ordering_fields

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        self.format_kwarg = None
        chosen = self.perform_content_negotiation(request)
        request.accepted_renderer, request.accepted_media_type = chosen
        self._require_method(request)
        if request.method == "OPTIONS":
            return
        code = self.permission_codes[self.operation]
        self._identify(request, code)
        self._count()
        self._permit(code)
        self._enter_company(code)
        self._check_query()

    def options(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(status=204)

    def finalize_response(self, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(*args, **kwargs)
        tell_limit(response, self._limit)
        return response

    def _require_method(self, request: Request) -> None:
        method = (request.method or "").lower()
        if method not in self.http_method_names or not hasattr(self, method):
            raise MethodNotAllowed(method.upper())

    def _identify(self, request: Any, code: str | None) -> None:
        """Public operations ignore a dead credential: a stale token must not bar the sign-in."""
        try:
            actor = request.user
        except TokDeskError:
            if code != PUBLIC:
                # A flood of dead credentials is a flood: counted by its address.
                request.actor = anonymous_actor(request._request)
                self._count()
                raise
            actor = None
        request.user = request.actor = actor or anonymous_actor(request._request)
        if code != PUBLIC and not request.actor.is_authenticated:
            raise Unauthenticated
        if request.actor.language and "Accept-Language" not in request.headers:
            # ProblemMiddleware ends the language with the request.
            translation.activate(request.actor.language)

    def _count(self) -> None:
        self._limit = count_request(self.actor)
        if self._limit and self._limit.is_reached:
            raise RateLimited(self._limit.reset, limit=self._limit.limit)

    def _permit(self, code: str | None) -> None:
        if code == PUBLIC:
            return
        if code is not None:
            authorize(self.actor, code)
        if self.needs_company and self.actor.company_id is None:
            raise Denied(permission=code)

    def _enter_company(self, code: str | None) -> None:
        """Public operations run before a company is known, so they never open one."""
        if code != PUBLIC and self.actor.company_id is not None:
            self._scopes.enter_context(company_scope(self.actor.company_id))

    def _check_query(self) -> None:
        query = self.request.query_params
        if unknown := sorted(set(query) - self.allowed_parameters()):
            fault = FieldError("unknown_parameter", _("This parameter is not known here."))
            fields = {name[:100]: [fault] for name in unknown[:20]}
            raise Invalid("unknown_parameter", fields=fields)
        fault = FieldError("repeated", _("Give this parameter once."))
        if repeated := {name: [fault] for name in query if len(query.getlist(name)) > 1}:
            raise Invalid(fields=repeated)
