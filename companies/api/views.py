"""REST of companies: the platform's queue, and the company a member works in."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from companies.api.serializers import CompanyBranding, CompanyOutput, CompanyPatch, Reason
from companies.choices import Status
from companies.models import Company
from companies.querysets import matching
from companies.services import (
    approve_company,
    reject_company,
    restore_company,
    suspend_company,
    update_company,
)
from tokdesk.common.api.filters import choice_filter, text_filter
from tokdesk.common.api.views import BaseAPIView
from tokdesk.common.api.viewsets import BaseViewSet
from tokdesk.common.roles import Role


@extend_schema(tags=["companies"])
class CompanyViewSet(BaseViewSet):
    """Every company, for platform staff."""

    serializer_class = CompanyOutput
    needs_company = False
    permission_codes: ClassVar = {
        "list": "company:list",
        "retrieve": "company:list",
        "approve": "company:approve",
        "reject": "company:reject",
        "suspend": "company:suspend",
        "restore": "company:restore",
    }
    inputs: ClassVar = {"reject": Reason, "suspend": Reason}
    filters: ClassVar = {
        "status": choice_filter(Status.values, "status"),
        "q": text_filter(matching),
    }
    ordering_fields: ClassVar = {"created_at": "created_at", "name": "name"}

    def get_queryset(self) -> QuerySet[Any]:
        return Company.objects.visible_to(self.actor)

    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: str) -> Response:
        return self._move(approve_company)

    @action(detail=True, methods=["post"])
    def reject(self, request: Request, pk: str) -> Response:
        return self._move(reject_company, **self.read())

    @action(detail=True, methods=["post"])
    def suspend(self, request: Request, pk: str) -> Response:
        return self._move(suspend_company, **self.read())

    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: str) -> Response:
        return self._move(restore_company)

    def _move(self, service: Callable[..., Company], **facts: str) -> Response:
        return self.answer(service(actor=self.actor, company=self.get_object(), **facts))


@extend_schema(tags=["companies"])
@extend_schema_view(
    get=extend_schema(
        responses=PolymorphicProxySerializer(
            component_name="OwnCompany",
            serializers=[CompanyOutput, CompanyBranding],
            resource_type_field_name=None,
        )
    )
)
class OwnCompanyView(BaseAPIView):
    """The company of this session: all of it for staff, its face for customers."""

    serializer_class = CompanyOutput
    permission_codes: ClassVar = {"get": "company:view", "patch": "company:configure"}
    inputs: ClassVar = {"patch": CompanyPatch}

    def get(self, request: Request) -> Response:
        return self.answer(self._company())

    def patch(self, request: Request) -> Response:
        changes, expected = self.read_changes()
        changes |= changes.pop("branding", {})
        company = update_company(
            actor=self.actor, company=self._company(), changes=changes, expected=expected
        )
        return self.answer(company)

    def output_serializer(self) -> Any:
        return CompanyBranding if self.actor.role == Role.USER else CompanyOutput

    def _company(self) -> Company:
        found: Company = Company.objects.visible_to(self.actor).get()
        return found
