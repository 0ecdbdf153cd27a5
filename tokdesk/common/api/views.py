"""What every view of the API can say: read the input, answer an object, a page, or nothing."""

from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from tokdesk.common.api import idempotency
from tokdesk.common.api.fields import parse_uuid
from tokdesk.common.api.filters import apply_filters
from tokdesk.common.api.gate import GateMixin
from tokdesk.common.api.permissions import check_permission_codes, operations_of_view
from tokdesk.common.api.preconditions import expected_version, set_etag
from tokdesk.common.api.serializers import StrictSerializer
from tokdesk.common.errors import Invalid, TokDeskError
from tokdesk.common.security import note_denial

WRITES = {"POST", "PUT", "PATCH", "DELETE"}
USUAL_STATUS = {"create": 201, "destroy": 204, "delete": 204}


class ApiMixin(GateMixin):
    """The gate, and around the work: input and output by declaration, and one effect a key."""

    # operation -> serializer of its body; an operation that is not named takes no field.
    inputs: ClassVar[Mapping[str, type[BaseSerializer[Any]]]] = {}
    # operation -> serializer of its answer, where it is not `serializer_class`.
    outputs: ClassVar[Mapping[str, type[BaseSerializer[Any]]]] = {}
    serializer_class: ClassVar[type[BaseSerializer[Any]] | None] = None
    # Whether POSTs take an Idempotency-Key: for all, or by operation.
    idempotent: ClassVar[bool | Mapping[str, bool]] = False
    # operation -> status of success, where it is not the usual one.
    success_status: ClassVar[Mapping[str, int]] = {}

    def read(self) -> dict[str, Any]:
        """The validated body by this operation's `inputs`; PATCH may leave fields out."""
        kind = self.inputs.get(self.operation, StrictSerializer)
        partial = self.request.method == "PATCH"
        serializer = kind(data=self.request.data, partial=partial, context=self.context())
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def read_changes(self) -> tuple[dict[str, Any], int | None]:
        """The validated body without `version`, and the version that the caller saw."""
        changes = self.read()
        expected = self.expected_version(changes)
        changes.pop("version", None)
        return changes, expected

    def answer(self, row: Any, status: int | None = None) -> Response:
        """One object by this operation's output serializer, with its ETag when it has a version."""
        data = self.output_serializer()(row, context=self.context()).data
        response = Response(data, status=status or self.status_of_success())
        set_etag(response, row)
        return response

    def page(self, rows: QuerySet[Any]) -> Response:
        """One page of the rows that the declared filters leave."""
        rows = apply_filters(rows, self.own_filters(), self.request.query_params, self.actor)
        paginator = self.pagination_class()
        found = paginator.paginate_queryset(rows, self.request, self)
        return paginator.get_paginated_response(self.render_rows(found))

    def render_rows(self, rows: list[Any]) -> Any:
        """The rows of one page, by this operation's output serializer."""
        return self.output_serializer()(rows, many=True, context=self.context()).data

    def no_content(self) -> Response:
        return Response(status=204)

    def expected_version(self, data: Mapping[str, Any]) -> int | None:
        """The version the caller saw, from the body or If-Match; None: the last write wins."""
        return expected_version(self.request, data)

    def render_replay(self, object_id: UUID | None) -> Response:
        """Answer an idempotent POST again for today's rights; its status is set by the caller."""
        raise NotImplementedError(f"{type(self).__name__} takes idempotency keys without a replay")

    def output_serializer(self) -> type[BaseSerializer[Any]]:
        kind = self.outputs.get(self.operation, self.serializer_class)
        if kind is None:
            raise NotImplementedError(f"{type(self).__name__}.{self.operation} has no serializer")
        return kind

    def context(self) -> dict[str, Any]:
        return {"request": self.request, "view": self, "actor": self.actor}

    def status_of_success(self, operation: str | None = None) -> int:
        name = operation or self.operation
        return self.success_status.get(name, USUAL_STATUS.get(name, 200))

    def is_idempotent(self, operation: str | None = None) -> bool:
        if isinstance(self.idempotent, Mapping):
            return self.idempotent.get(operation or self.operation, False)
        return self.idempotent

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Keep the company's scope open around the work and its rendering, no line longer."""
        with ExitStack() as self._scopes:
            response = self._serve(request, *args, **kwargs)
            if isinstance(response, Response):
                response.render()
            return response

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        # A field that no serializer reads is an unknown field, not one to pass over.
        if request.method in WRITES and self.operation not in self.inputs:
            self.read()

    def _serve(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.args, self.kwargs = args, kwargs
        self.request = self.initialize_request(request, *args, **kwargs)
        self.headers = self.default_response_headers
        try:
            self.initial(self.request, *args, **kwargs)
            response = self._run(*args, **kwargs)
        except Exception as error:
            self._note(error)
            response = self.handle_exception(error)
        final: HttpResponseBase = self.finalize_response(self.request, response, *args, **kwargs)
        return final

    def _note(self, error: Exception) -> None:
        """Reading what one may not is no attempt to change it."""
        if not isinstance(error, TokDeskError) or self.request.method not in WRITES:
            return
        if error.permission:
            named = self.kwargs.get("pk")
            note_denial(self.actor, error, named if isinstance(named, UUID) else parse_uuid(named))

    def _run(self, *args: Any, **kwargs: Any) -> Any:
        method = (self.request.method or "").lower()
        handler = getattr(self, method)
        key = idempotency.key_of(self.request) if method == "post" else None
        if key is None:
            return handler(self.request, *args, **kwargs)
        if not self.is_idempotent():
            raise Invalid("idempotency_not_supported", _("No idempotency key can be used here."))
        attempt = idempotency.attempt_of(self.actor, self.request, key, self.status_of_success())
        return idempotency.once(
            attempt, lambda: handler(self.request, *args, **kwargs), self.render_replay
        )


class BaseAPIView(ApiMixin):
    """One resource or deed with its own path; operations are its methods."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if operations := operations_of_view(cls):
            check_permission_codes(cls, operations)
