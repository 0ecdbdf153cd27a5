"""REST of who is in a conversation."""

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from conversations.api.messages import InConversation
from conversations.api.serializers.inputs import NewParticipant
from conversations.api.serializers.log import ParticipantOutput
from conversations.api.serializers.people import person
from conversations.models import Participant
from conversations.services import add_participant, remove_participant
from tokdesk.common.actor import Actor
from tokdesk.common.api.viewsets import BaseViewSet


def participant_data(actor: Actor, row: Participant) -> dict[str, Any]:
    return {
        "member": person(row.member),
        "kind": row.kind if row.is_invited else "follower",
        "following": row.is_following,
    }


@extend_schema(tags=["conversations"])
class ParticipantViewSet(InConversation, BaseViewSet):
    """Who is in a conversation, and for staff who follows it."""

    serializer_class = ParticipantOutput
    permission_codes: ClassVar = {
        "list": "conversation:view",
        "create": "conversation:note",
        "destroy": "conversation:note",
    }
    inputs: ClassVar = {"create": NewParticipant}
    ordering_fields: ClassVar = {"created_at": "created_at"}
    default_ordering = "created_at"

    def get_queryset(self) -> QuerySet[Any]:
        rows = Participant.objects.visible_to(self.actor)
        return rows.of_conversation(self.conversation()).select_related("member")  # type: ignore[no-any-return]

    def list(self, request: Request, pk: UUID) -> Response:
        return self.page(self.get_queryset())

    def render_rows(self, rows: Any) -> Any:
        return [participant_data(self.actor, row) for row in rows]

    @extend_schema(responses={200: ParticipantOutput, 201: ParticipantOutput})
    def create(self, request: Request, pk: UUID) -> Response:
        """Bring somebody in; 200 where they were in it already."""
        seat = add_participant(actor=self.actor, conversation=self.conversation(), **self.read())
        row = participant_data(self.actor, seat.participant)
        return Response(row, status=201 if seat.is_new else 200)

    def destroy(self, request: Request, pk: UUID, member_id: UUID) -> Response:
        remove_participant(actor=self.actor, conversation=self.conversation(), member_id=member_id)
        return self.no_content()

    def render_replay(self, object_id: UUID | None) -> Response:
        row = self.find(object_id)
        return Response(participant_data(self.actor, row))
