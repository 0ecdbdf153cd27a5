"""REST of conversations: rows, the whole, and what is decided about them."""

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from conversations.api.filters import CUSTOMER_ORDERS, FOR_CUSTOMERS, FOR_STAFF, STAFF_ORDERS
from conversations.api.serializers.inputs import (
    Assignment,
    ConversationPatch,
    Merge,
    NewConversation,
    Position,
    Snooze,
    StatusMove,
)
from conversations.api.serializers.log import PointerOutput
from conversations.api.serializers.rows import (
    ConversationOutput,
    ConversationSummary,
    CountsOutput,
    summary,
    summary_rows,
    whole,
    whole_left,
)
from conversations.models import Conversation
from conversations.selectors import counts_of, inner_seq, outer_seq, place_of
from conversations.services import (
    FirstMessage,
    Opening,
    Pointer,
    archive,
    assign,
    change_status,
    claim,
    delete_conversation,
    mark_read,
    mark_unread,
    merge,
    open_conversation,
    own_pointer,
    set_following,
    set_muted,
    snooze,
    unarchive,
    update_conversation,
)
from tokdesk.common.api.preconditions import set_etag
from tokdesk.common.api.viewsets import BaseViewSet
from tokdesk.common.errors import NotFound
from tokdesk.common.roles import Role


@extend_schema(tags=["conversations"])
class ConversationViewSet(BaseViewSet):
    """Conversations with customers, and rooms. Lists leave out what is archived, unless asked."""

    serializer_class = ConversationOutput
    permission_codes: ClassVar = {
        "list": "conversation:view",
        "retrieve": "conversation:view",
        "create": "conversation:create",
        "partial_update": "conversation:note",
        "destroy": "conversation:delete",
        "assign": "conversation:assign",
        "claim": "conversation:assign",
        "set_status": "conversation:status",
        "snooze": "conversation:snooze",
        "merge": "conversation:merge",
        "archive": "conversation:archive",
        "unarchive": "conversation:archive",
        "follow": "conversation:view",
        "unfollow": "conversation:view",
        "mute": "conversation:view",
        "unmute": "conversation:view",
        "read_to": "conversation:view",
        "unread_from": "conversation:view",
        "counts": "conversation:view",
    }
    inputs: ClassVar = {
        "create": NewConversation,
        "partial_update": ConversationPatch,
        "assign": Assignment,
        "set_status": StatusMove,
        "snooze": Snooze,
        "merge": Merge,
        "read_to": Position,
        "unread_from": Position,
    }
    outputs: ClassVar = {
        "list": ConversationSummary,
        "read_to": PointerOutput,
        "unread_from": PointerOutput,
        "counts": CountsOutput,
    }
    filters: ClassVar = FOR_STAFF
    ordering_fields: ClassVar = STAFF_ORDERS
    default_ordering = "-last_activity_at"

    def own_filters(self) -> Any:
        return FOR_CUSTOMERS if self.actor.role == Role.USER else FOR_STAFF

    def own_orderings(self) -> Any:
        return CUSTOMER_ORDERS if self.actor.role == Role.USER else STAFF_ORDERS

    def get_queryset(self) -> QuerySet[Any]:
        return Conversation.objects.visible_to(self.actor)

    def list(self, request: Request) -> Response:
        rows = summary_rows(self.actor)
        if not {"archived", "q"} & set(request.query_params):
            rows = rows.hot()
        return self.page(rows)

    def render_rows(self, rows: Any) -> Any:
        return [summary(self.actor, row) for row in rows]

    def retrieve(self, request: Request, pk: str) -> Response:
        return self.show(self.path_id())

    @extend_schema(responses={200: ConversationOutput, 201: ConversationOutput})
    def create(self, request: Request) -> Response:
        """Begin one; 200 where the same request, or a direct room of the same two, made it."""
        data = self.read()
        if "message" in data:
            data["message"] = FirstMessage(**data["message"])
        opened = open_conversation(actor=self.actor, opening=Opening(**data))
        return self.show(opened.pk, 201 if opened.is_new else 200)

    def partial_update(self, request: Request, pk: str) -> Response:
        conversation = self.get_object()
        changes, expected = self.read_changes()
        update_conversation(
            actor=self.actor, conversation=conversation, changes=changes, expected=expected
        )
        return self.shown(whole_left(self.actor, conversation.pk))

    def destroy(self, request: Request, pk: str) -> Response:
        delete_conversation(actor=self.actor, conversation=self.get_object())
        return self.no_content()

    @action(detail=True, methods=["post"])
    def assign(self, request: Request, pk: str) -> Response:
        conversation = self.get_object()
        data, expected = self.read_changes()
        assign(actor=self.actor, conversation=conversation, expected=expected, **data)
        return self.show(conversation.pk)

    @action(detail=True, methods=["post"])
    def claim(self, request: Request, pk: str) -> Response:
        """Take what nobody has."""
        return self.done(claim)

    @action(detail=True, methods=["post"], url_path="status")
    def set_status(self, request: Request, pk: str) -> Response:
        conversation = self.get_object()
        data, expected = self.read_changes()
        change_status(actor=self.actor, conversation=conversation, expected=expected, **data)
        return self.show(conversation.pk)

    @action(detail=True, methods=["post"])
    def snooze(self, request: Request, pk: str) -> Response:
        """Put aside until a time or a reply; with `until: null` alone, take back."""
        conversation, data = self.get_object(), self.read()
        snooze(
            actor=self.actor,
            conversation=conversation,
            until=data.get("until"),
            until_reply=data.get("until_reply", False),
        )
        return self.show(conversation.pk)

    @action(detail=True, methods=["post"])
    def merge(self, request: Request, pk: str) -> Response:
        """Close it in favour of another one; answers the closed one with `merged_into`."""
        conversation = self.get_object()
        merge(actor=self.actor, conversation=conversation, **self.read())
        return self.show(conversation.pk)

    @action(detail=True, methods=["post"])
    def archive(self, request: Request, pk: str) -> Response:
        return self.done(archive)

    @action(detail=True, methods=["post"])
    def unarchive(self, request: Request, pk: str) -> Response:
        return self.done(unarchive)

    @action(detail=True, methods=["post"])
    def follow(self, request: Request, pk: str) -> Response:
        return self.done(set_following, following=True)

    @action(detail=True, methods=["post"])
    def unfollow(self, request: Request, pk: str) -> Response:
        return self.done(set_following, following=False)

    @action(detail=True, methods=["post"])
    def mute(self, request: Request, pk: str) -> Response:
        return self.done(set_muted, muted=True)

    @action(detail=True, methods=["post"])
    def unmute(self, request: Request, pk: str) -> Response:
        return self.done(set_muted, muted=False)

    @action(detail=True, methods=["post"], url_path="read")
    def read_to(self, request: Request, pk: str) -> Response:
        """Everything up to `seq` was read; never back, never beyond the head."""
        return self.point(mark_read, inner_seq)

    @action(detail=True, methods=["post"], url_path="unread")
    def unread_from(self, request: Request, pk: str) -> Response:
        """Mark it as unread from `seq` on; the next read clears the mark."""
        return self.point(mark_unread, place_of)

    @action(detail=False, methods=["get"])
    def counts(self, request: Request) -> Response:
        return Response(counts_of(self.actor))

    def path_id(self) -> UUID:
        return UUID(self.kwargs["pk"])

    def show(self, conversation_id: UUID, status: int = 200) -> Response:
        """The whole conversation as it is now. Raises NotFound."""
        return self.shown(whole(self.actor, conversation_id), status)

    def shown(self, row: Any, status: int = 200) -> Response:
        if row is None:
            raise NotFound
        response = Response(row, status=status)
        set_etag(response, row)
        return response

    def done(self, service: Any, **arguments: Any) -> Response:
        conversation = self.get_object()
        service(actor=self.actor, conversation=conversation, **arguments)
        return self.show(conversation.pk)

    def point(self, service: Any, translate: Any) -> Response:
        conversation, told = self.get_object(), self.read()["seq"]
        seq = translate(self.actor, conversation, told)
        pointer = service(actor=self.actor, conversation=conversation, seq=seq)
        return self.show_pointer(conversation, pointer)

    def show_pointer(self, conversation: Conversation, pointer: Pointer) -> Response:
        shown = outer_seq(self.actor, conversation, pointer.seq)
        return Response({"seq": shown, "unread": pointer.unread})

    def render_replay(self, object_id: UUID | None) -> Response:
        if object_id is None:
            return self.no_content()
        if self.operation in ("read_to", "unread_from"):
            conversation = self.find(object_id)
            return self.show_pointer(conversation, own_pointer(self.actor, conversation))
        return self.show(object_id)
