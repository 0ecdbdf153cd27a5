"""REST beside the live socket: the ticket that opens one, and who is there."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import presence
from accounts.api.serializers import Person
from accounts.choices import Availability
from accounts.models import Membership
from accounts.services.tickets import issue_ticket
from tokdesk.common.api.views import BaseAPIView


class TicketOutput(serializers.Serializer):
    """Good for one socket within thirty seconds, in its first frame and never in a URL."""

    ticket = serializers.CharField(source="token")
    expires_at = serializers.DateTimeField()
    url = serializers.CharField()


class PresentOutput(serializers.Serializer):
    member = Person()
    availability = serializers.ChoiceField(Availability.choices)


class PresenceOutput(serializers.Serializer):
    results = PresentOutput(many=True)


@extend_schema(tags=["live"])
class TicketView(BaseAPIView):
    permission_codes: ClassVar = {"post": None}
    serializer_class = TicketOutput
    success_status: ClassVar = {"post": 201}

    def post(self, request: Request) -> Response:
        """Ask for a ticket to open one socket."""
        return self.answer(issue_ticket(actor=self.actor))


@extend_schema(tags=["live"])
class PresenceView(BaseAPIView):
    """Colleagues who are there; whoever is missing is offline, or does not want to be seen."""

    permission_codes: ClassVar = {"get": "member:view"}
    outputs: ClassVar = {"get": PresenceOutput}

    def get(self, request: Request) -> Response:
        company_id: Any = self.actor.company_id
        shown = presence.shown(company_id)
        rows = Membership.objects.visible_to(self.actor).filter(pk__in=shown)
        told = [
            {"member": row, "availability": shown[row.pk]} for row in rows.order_by("name", "id")
        ]
        return Response(PresenceOutput({"results": told}).data)
