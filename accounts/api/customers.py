"""REST of a company's customers: the contact data that this company holds, and nothing else."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.people import ContactInput, ContactPatch, CustomerOutput
from accounts.choices import MemberStatus
from accounts.models import Membership
from accounts.querysets import matching_customers
from accounts.services.contacts import add_contact, update_contact
from accounts.services.members import deactivate_member, reactivate_member
from companies.models import Company
from tokdesk.common.api.fields import AddressField
from tokdesk.common.api.filters import Filter, WrongValue, choice_filter, text_filter
from tokdesk.common.api.viewsets import BaseViewSet


def _read_address(text: str) -> str:
    """Folded as addresses are stored."""
    try:
        return str(AddressField().run_validation(text))
    except ValidationError as error:
        raise WrongValue from error


@extend_schema(tags=["customers"])
class CustomerViewSet(BaseViewSet):
    """Writing a contact links no account, changes none and tells of none."""

    serializer_class = CustomerOutput
    permission_codes: ClassVar = {
        "list": "customer:view",
        "create": "customer:create",
        "retrieve": "customer:view",
        "partial_update": "customer:update",
        "deactivate": "member:deactivate",
        "reactivate": "member:deactivate",
    }
    inputs: ClassVar = {"create": ContactInput, "partial_update": ContactPatch}
    filters: ClassVar = {
        "status": choice_filter(MemberStatus.values, "status"),
        "email": Filter(
            _read_address,
            lambda rows, email, actor: rows.filter(email=email),
            {"type": "string", "format": "email"},
        ),
        "external_id": text_filter(lambda rows, text: rows.filter(external_id=text)),
        "q": text_filter(matching_customers),
    }
    ordering_fields: ClassVar = {"name": "name", "created_at": "created_at"}

    def get_queryset(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = Membership.objects.visible_to(self.actor).customers()
        return rows

    def create(self, request: Request) -> Response:
        company = Company.objects.visible_to(self.actor).get()
        return self.answer(add_contact(actor=self.actor, company=company, **self.read()))

    def partial_update(self, request: Request, pk: str) -> Response:
        changes, expected = self.read_changes()
        contact = update_contact(
            actor=self.actor, contact=self.get_object(), changes=changes, expected=expected
        )
        return self.answer(contact)

    @action(detail=True, methods=["post"])
    def deactivate(self, request: Request, pk: str) -> Response:
        """Keep a customer out; the history stays."""
        return self.answer(deactivate_member(actor=self.actor, member=self.get_object()))

    @action(detail=True, methods=["post"])
    def reactivate(self, request: Request, pk: str) -> Response:
        return self.answer(reactivate_member(actor=self.actor, member=self.get_object()))
