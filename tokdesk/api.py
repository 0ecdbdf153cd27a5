"""The one resource that two apps serve: `companies/`, staff list it, anybody signs up."""

from typing import ClassVar

from drf_spectacular.utils import extend_schema

from accounts.api.views import CompanySignUpMixin
from companies.api.views import CompanyViewSet


@extend_schema(tags=["companies"])
class CompaniesViewSet(CompanySignUpMixin, CompanyViewSet):
    permission_codes: ClassVar = {
        **CompanyViewSet.permission_codes,
        **CompanySignUpMixin.permission_codes,
    }
    inputs: ClassVar = {**CompanyViewSet.inputs, **CompanySignUpMixin.inputs}
