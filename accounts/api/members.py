"""REST of a company's staff."""

from dataclasses import replace
from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.people import Handover, MemberOutput, MemberPatch
from accounts.choices import MemberStatus
from accounts.models import Membership
from accounts.services.members import deactivate_member, reactivate_member, update_member
from tokdesk.common.actor import Actor
from tokdesk.common.api.filters import choice_filter, text_filter, uuid_filter
from tokdesk.common.api.viewsets import BaseViewSet
from tokdesk.common.errors import NotFound
from tokdesk.common.roles import STAFF, Role


def _named_or_known(rows: Any, text: str, actor: Actor) -> Any:
    return rows.named_or_known(text, actor)


@extend_schema(tags=["members"])
class MemberViewSet(BaseViewSet):
    """The staff of the company, active and deactivated; customers stand in `customers/`.

    Admins see contact data of everybody, managers that of people in their own departments; all
    others see names only, and cannot search for what is null for them. That somebody of the own
    company has an address is told by a conflict still: to managers by `already_member` when they
    invite, to agents too by `email_taken` when they write down a customer.
    """

    serializer_class = MemberOutput
    permission_codes: ClassVar = {
        "list": "member:view",
        "retrieve": "member:view",
        # Name and capacity go with it: who gives the role says who the person is here.
        "partial_update": "member:change_role",
        "deactivate": "member:deactivate",
        "reactivate": "member:deactivate",
    }
    inputs: ClassVar = {"partial_update": MemberPatch, "deactivate": Handover}
    filters: ClassVar = {
        "role": choice_filter(sorted(STAFF), "role"),
        "status": choice_filter(MemberStatus.values, "status"),
        "department": uuid_filter("department_places__department"),
        # What is found depends on who asks.
        "q": replace(text_filter(lambda rows, text: rows), narrow=_named_or_known),
    }
    ordering_fields: ClassVar = {"name": "name", "created_at": "created_at"}
    default_ordering = "name"

    def get_queryset(self) -> QuerySet[Any]:
        rows: Any = Membership.objects.visible_to(self.actor).with_departments()
        # A customer with an account may be made staff, and somebody made a customer staff again.
        may_rise = self.operation == "partial_update"
        return rows.with_account() if may_rise else rows.staff()  # type: ignore[no-any-return]

    def partial_update(self, request: Request, pk: str) -> Response:
        changes, expected = self.read_changes()
        member = self.get_object()
        if member.role == Role.USER and changes.get("role", Role.USER) == Role.USER:
            raise NotFound
        member = update_member(actor=self.actor, member=member, changes=changes, expected=expected)
        return self.answer(member)

    @action(detail=True, methods=["post"])
    def deactivate(self, request: Request, pk: str) -> Response:
        given = self.read()
        return self.answer(deactivate_member(actor=self.actor, member=self.get_object(), **given))

    @action(detail=True, methods=["post"])
    def reactivate(self, request: Request, pk: str) -> Response:
        return self.answer(reactivate_member(actor=self.actor, member=self.get_object()))

    def context(self) -> dict[str, Any]:
        return {**super().context(), "known_ids": self.known_ids}

    @cached_property
    def known_ids(self) -> set[UUID] | None:
        """Whose contact data this actor sees, asked for once a request; None: everybody's."""
        if self.actor.role == Role.COMPANY_ADMIN:
            return None
        known = Membership.objects.visible_to(self.actor).staff().known_to(self.actor)
        return set(known.order_by().values_list("pk", flat=True))
