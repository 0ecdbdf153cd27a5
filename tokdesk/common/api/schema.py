"""The OpenAPI document, drawn from what the views declare; nothing is asked of the database."""

import inspect
from collections.abc import Collection, Mapping
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import build_parameter_type, force_instance
from drf_spectacular.serializers import PolymorphicProxySerializerExtension
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from tokdesk.common.api.idempotency import HEADER, KEY_PATTERN, REPLAY_HEADER
from tokdesk.common.api.pagination import DEFAULT_LIMIT, LARGEST_LIMIT, KeysetPagination
from tokdesk.common.api.permissions import PUBLIC
from tokdesk.common.api.preconditions import ETAG_PATTERN
from tokdesk.common.api.problem_codes import PROBLEMS
from tokdesk.common.api.problems import CONTENT_TYPE
from tokdesk.common.api.serializers import StrictSerializer
from tokdesk.common.api.views import ApiMixin

TEXT: Mapping[str, Any] = {"type": "string"}
IF_MATCH: Mapping[str, Any] = {**TEXT, "pattern": rf"^(\*|{ETAG_PATTERN})$"}
UUID_SCHEMA: Mapping[str, Any] = {"type": "string", "format": "uuid"}


class FieldFault(serializers.Serializer[Any]):
    code = serializers.CharField()
    detail = serializers.CharField()


class Problem(serializers.Serializer[Any]):
    """RFC 9457. Some problems carry further members with facts of their own."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField(help_text=", ".join(PROBLEMS))
    detail = serializers.CharField()
    request_id = serializers.CharField()
    errors = serializers.DictField(  # type: ignore[assignment] # the name is the contract's
        child=serializers.ListField(child=FieldFault()),
        required=False,
        help_text=_("Where fields are at fault: the field's path and what is wrong with it."),
    )


class ActorScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """A Bearer token, or the cookie of our own pages together with its CSRF header."""

    target_class = "tokdesk.common.api.authentication.ActorAuthentication"
    name = ["bearer", "session"]

    def get_security_requirement(self, auto_schema: Any) -> list[dict[str, list[str]]]:
        return [{"bearer": []}, {"session": []}]

    def get_security_definition(self, auto_schema: Any) -> Any:
        return [
            {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
            {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME},
        ]


class AnyShape(PolymorphicProxySerializerExtension):
    """Faces of one object: a smaller one may be part of a larger, so `oneOf` would refuse both."""

    priority = 1

    def map_serializer(self, auto_schema: Any, direction: Any) -> Any:
        schema: Any = super().map_serializer(auto_schema, direction)  # type: ignore[no-untyped-call]
        return schema if "discriminator" in schema else {"anyOf": schema["oneOf"]}


class TokDeskSchema(AutoSchema):
    """An operation as its view declares it; `@extend_schema` on a view still adds or overrides."""

    view: Any

    @property
    def operation(self) -> str:
        action: str | None = getattr(self.view, "action", None)
        return action or self.method.lower()

    @property
    def is_public(self) -> bool:
        return bool(self.view.permission_codes[self.operation] == PUBLIC)

    @property
    def is_list(self) -> bool:
        return self.operation in self.view.lists and self.method == "GET"

    def is_excluded(self) -> bool:
        return not isinstance(self.view, ApiMixin)

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        operation = super().get_operation(*args, **kwargs)
        if operation is not None and self.is_public:
            operation["security"] = []
        return operation

    def get_auth(self) -> list[Any]:
        return [] if self.is_public else super().get_auth()

    def get_description(self) -> str:
        """The operation's own words or its view's, never those of the classes beneath."""
        for documented in (getattr(self.view, self.operation, None), type(self.view)):
            text = getattr(documented, "__doc__", None)
            if text and documented is not None:
                return inspect.cleandoc(text)
        return ""

    def get_request_serializer(self) -> Any:
        return self.view.inputs.get(self.operation)

    def get_response_serializers(self) -> Any:
        status = self.view.status_of_success(self.operation)
        shape = self.view.outputs.get(self.operation, self.view.serializer_class)
        return {status: None if status in (202, 204) else shape}

    def get_override_parameters(self) -> list[Any]:
        return [*self._query(), *self._headers()]

    def _is_list_view(self, serializer: Any = None) -> bool:
        return self.is_list

    def _get_paginator(self) -> Any:
        return KeysetPagination()

    def _get_pagination_parameters(self) -> list[Any]:
        return []

    def _insert_field_validators(self, field: Any, schema: Any) -> None:
        """A contact may be without an address, and "" is none."""
        super()._insert_field_validators(field, schema)  # type: ignore[no-untyped-call]
        if field.read_only and schema.get("format") == "email" and _may_be_blank(field):
            del schema["format"]

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> Any:
        """With the serializer's own words or none, and no further fields where it takes none."""
        schema = super()._map_basic_serializer(serializer, direction)  # type: ignore[no-untyped-call]
        kind = type(force_instance(serializer))  # type: ignore[no-untyped-call]
        if not kind.__doc__:
            schema.pop("description", None)
        if direction == "request" and issubclass(kind, StrictSerializer):
            schema["additionalProperties"] = False
        return schema

    def _resolve_path_parameters(self, variables: Collection[str]) -> list[Any]:
        return [
            build_parameter_type(name=name, location="path", schema=_path_schema(name))
            for name in variables
        ]

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        shape: Any = self._get_response_for_code
        told = shape(Problem, "400", [CONTENT_TYPE], direction)
        for status in self._problem_statuses():
            bodies.setdefault(str(status), {**told, "description": HTTPStatus(status).phrase})
        return bodies

    def _problem_statuses(self) -> list[int]:
        """A public deed is mostly about a credential or a mailed token, dead ones among them."""
        statuses = {400, 401, 403, 429, 503}
        if "{" in self.path:
            statuses |= {404}
        if self.method != "GET":
            statuses |= {409}
        if self.operation in self.view.inputs:
            statuses |= {413, 415}
        return sorted(statuses | ({404, 410} if self.is_public else set()))

    def _query(self) -> list[OpenApiParameter]:
        named = {name: TEXT for name in self.view.query_parameters.get(self.operation, ())}
        if self.is_list:
            named |= self._page_parameters()
            named |= {name: one.schema for name, one in self.view.filters.items()}
        return [OpenApiParameter(name, dict(schema)) for name, schema in named.items()]

    def _page_parameters(self) -> dict[str, Mapping[str, Any]]:
        orderings = [sign + name for name in self.view.ordering_fields for sign in ("", "-")]
        limit = {
            "type": "integer",
            "minimum": 1,
            "maximum": LARGEST_LIMIT,
            "default": DEFAULT_LIMIT,
        }
        default = self.view.default_ordering
        ordering = {"type": "string", "enum": orderings, "default": default}
        return {"limit": limit, "cursor": TEXT, "ordering": ordering}

    def _headers(self) -> list[OpenApiParameter]:
        found = []
        if self.method == "POST" and self.view.is_idempotent(self.operation):
            key = {**TEXT, "pattern": f"^{KEY_PATTERN}$"}
            found.append(OpenApiParameter(HEADER, key, "header"))
            status = self.view.status_of_success(self.operation)
            found.append(OpenApiParameter(REPLAY_HEADER, str, "header", response=[status]))
        if self.method == "PATCH" and self._has_version(self.view.inputs.get(self.operation)):
            found.append(OpenApiParameter("If-Match", dict(IF_MATCH), "header"))
        if self._has_version(self.view.outputs.get(self.operation, self.view.serializer_class)):
            found.append(OpenApiParameter("ETag", str, "header", response=[200, 201]))
        return found

    def _has_version(self, shape: Any) -> bool:
        return not self.is_list and "version" in getattr(shape, "_declared_fields", {})


def _path_schema(name: str) -> dict[str, Any]:
    is_id = name in ("id", "pk") or name.endswith("_id")
    return dict(UUID_SCHEMA if is_id else TEXT)


def _may_be_blank(field: Any) -> bool:
    model = getattr(getattr(field.parent, "Meta", None), "model", None)
    columns = model._meta.concrete_fields if model else ()
    return any(column.name == field.source and column.blank for column in columns)
