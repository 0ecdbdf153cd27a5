"""REST of what is said in a conversation, and of its log."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from conversations.api.serializers.inputs import LARGEST_SEQ, DraftInput, MessagePatch, NewMessage
from conversations.api.serializers.log import (
    DraftOutput,
    EventPageOutput,
    MessageOutput,
    MessagePageOutput,
    events_data,
    message_data,
)
from conversations.api.serializers.pages import POSITIONS, page_data
from conversations.choices import Visibility
from conversations.models import Conversation, Draft, Message
from conversations.selectors import MOST_EVENTS, events_after, visible_conversation
from conversations.services import (
    NewerReply,
    delete_message,
    discard_draft,
    edit_message,
    post_message,
    save_draft,
)
from tokdesk.common.api.pagination import read_limit
from tokdesk.common.api.preconditions import set_etag
from tokdesk.common.api.views import BaseAPIView
from tokdesk.common.api.viewsets import BaseViewSet
from tokdesk.common.errors import FieldError, Invalid

SEQ = {"type": "integer", "minimum": 0, "maximum": LARGEST_SEQ}


class InConversation:
    """Views of what hangs on the conversation that the path names."""

    kwargs: dict[str, Any]
    actor: Any

    def conversation(self) -> Conversation:
        """Raises NotFound: out of this actor's sight."""
        return visible_conversation(self.actor, self.kwargs["pk"])


@extend_schema(tags=["messages"])
class MessageViewSet(InConversation, BaseViewSet):
    """What is said in a conversation; customers see no notes and count without them."""

    serializer_class = MessageOutput
    permission_codes: ClassVar = {
        "list": "conversation:view",
        "retrieve": "conversation:view",
        "create": "conversation:reply",
        "partial_update": "conversation:reply",
        "destroy": "conversation:reply",
    }
    inputs: ClassVar = {"create": NewMessage, "partial_update": MessagePatch}
    lists: ClassVar = ()
    query_parameters: ClassVar = {"list": ("before", "after", "around", "limit")}

    def get_queryset(self) -> QuerySet[Any]:
        rows = Message.objects.visible_to(self.actor).with_people()
        return rows.of_conversation(self.kwargs["pk"])  # type: ignore[no-any-return]

    @extend_schema(
        operation_id="conversations_messages_list",
        responses=MessagePageOutput,
        parameters=[
            *(OpenApiParameter(name, SEQ) for name in POSITIONS),
            OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": 100}),
        ],
    )
    def list(self, request: Request, pk: UUID) -> Response:
        """The newest, or those before, after or around one position."""
        position, seq = self.position(request.query_params)
        limit = read_limit(request.query_params)
        return Response(page_data(self.actor, self.conversation(), position, seq, limit))

    def retrieve(self, request: Request, pk: UUID, message_id: UUID) -> Response:
        return self.answer(self.find(message_id))

    @extend_schema(responses={200: MessageOutput, 201: MessageOutput})
    def create(self, request: Request, pk: UUID) -> Response:
        """Say something; 200 with the same message where this `client_id` was sent before."""
        conversation, data = self.conversation(), self.read()
        try:
            posted = post_message(actor=self.actor, conversation_id=conversation.pk, **data)
        except NewerReply as error:
            error.extra["message"] = message_data(self.actor, error.message)
            raise
        return self.answer(posted.message, status=201 if posted.is_new else 200)

    def partial_update(self, request: Request, pk: UUID, message_id: UUID) -> Response:
        """Only its author: a public one within five minutes, a note at any time."""
        message = edit_message(actor=self.actor, message=self.find(message_id), **self.read())
        return self.answer(message)

    def destroy(self, request: Request, pk: UUID, message_id: UUID) -> Response:
        """As editing; what stays is the place, without the text."""
        delete_message(actor=self.actor, message=self.find(message_id))
        return self.no_content()

    def position(self, query: Mapping[str, str]) -> tuple[str, int]:
        """Raises Invalid: more than one position, or one that is no number."""
        asked = [name for name in POSITIONS if name in query]
        if len(asked) > 1:
            fault = FieldError("invalid", _("Give one of before, after and around."))
            raise Invalid(fields={asked[1]: [fault]})
        return (asked[0], read_seq(query, asked[0])) if asked else ("", 0)


@extend_schema(tags=["messages"])
class EventsView(InConversation, BaseAPIView):
    """The log of a conversation, for whoever was away."""

    permission_codes: ClassVar = {"get": "conversation:view"}
    query_parameters: ClassVar = {"get": ("after", "epoch", "limit")}
    outputs: ClassVar = {"get": EventPageOutput}

    @extend_schema(
        parameters=[
            OpenApiParameter("after", SEQ),
            OpenApiParameter("epoch", str),
            OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": MOST_EVENTS}),
        ]
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """What happened after a position; 409 `resync` where that is none of this log."""
        query, conversation = request.query_params, self.conversation()
        page = events_after(
            self.actor,
            conversation,
            read_seq(query, "after"),
            read_whole(query, "limit", 1, MOST_EVENTS, default=MOST_EVENTS),
            query.get("epoch"),
        )
        return Response(
            {
                "epoch": page.epoch,
                "head": page.head,
                "events": events_data(self.actor, page.events),
                "complete": page.is_complete,
            }
        )


@extend_schema(tags=["messages"])
class DraftView(InConversation, BaseAPIView):
    """What the caller has begun to write: one of each visibility."""

    permission_codes: ClassVar = {
        "get": "conversation:view",
        "put": "conversation:reply",
        "delete": "conversation:reply",
    }
    inputs: ClassVar = {"put": DraftInput}
    outputs: ClassVar = {"get": DraftOutput, "put": DraftOutput}
    query_parameters: ClassVar = dict.fromkeys(("get", "put", "delete"), ("visibility",))
    VISIBILITY = OpenApiParameter("visibility", str, enum=Visibility.values)

    @extend_schema(parameters=[VISIBILITY])
    def get(self, request: Request, pk: UUID) -> Response:
        rows = Draft.objects.visible_to(self.actor)
        draft = rows.of_conversation(self.conversation(), self.visibility()).first()
        return self.shown(draft)

    @extend_schema(parameters=[VISIBILITY])
    def put(self, request: Request, pk: UUID) -> Response:
        conversation = self.conversation()
        data, expected = self.read_changes()
        draft = save_draft(
            actor=self.actor,
            conversation=conversation,
            visibility=self.visibility(),
            expected=expected,
            **data,
        )
        return self.shown(draft)

    @extend_schema(parameters=[VISIBILITY])
    def delete(self, request: Request, pk: UUID) -> Response:
        discard_draft(
            actor=self.actor, conversation=self.conversation(), visibility=self.visibility()
        )
        return self.no_content()

    def visibility(self) -> str:
        asked = self.request.query_params.get("visibility", Visibility.PUBLIC)
        if asked not in Visibility.values:
            fault = FieldError("invalid", _("This value is not possible here."))
            raise Invalid(fields={"visibility": [fault]})
        return asked

    def shown(self, draft: Draft | None) -> Response:
        row = {
            "body": draft.body if draft else "",
            "attachments": draft.attachments if draft else [],
            "version": draft.version if draft else 0,
        }
        response = Response(row)
        set_etag(response, row)
        return response


def read_seq(query: Mapping[str, str], name: str) -> int:
    """A position; without one the start. Raises Invalid: no integer from 0 to 2^53."""
    return read_whole(query, name, 0, LARGEST_SEQ, default=0)


def read_whole(query: Mapping[str, str], name: str, least: int, most: int, *, default: int) -> int:
    """Raises Invalid: no whole number between the two."""
    text = query.get(name, str(default))
    if text.isascii() and text.isdigit() and len(text) <= 16 and least <= int(text) <= most:
        return int(text)
    fault = FieldError("invalid", _("This value is not possible here."))
    raise Invalid(fields={name: [fault]})
