"""REST routes of conversations."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

import tokdesk.common.api.routing  # noqa: F401  # the `id` converter
from conversations.api.attachments import AttachmentViewSet
from conversations.api.bulk import BulkJobViewSet, BulkView
from conversations.api.labels import AttributeViewSet, TagViewSet
from conversations.api.messages import DraftView, EventsView, MessageViewSet
from conversations.api.participants import ParticipantViewSet
from conversations.api.saved_views import SavedViewViewSet
from conversations.api.views import ConversationViewSet

router = SimpleRouter()
router.register("conversations", ConversationViewSet, basename="conversation")
router.register("jobs", BulkJobViewSet, basename="bulk-job")
router.register("attachments", AttachmentViewSet, basename="attachment")
router.register("tags", TagViewSet, basename="tag")
router.register("views", SavedViewViewSet, basename="saved-view")
router.register("attributes", AttributeViewSet, basename="attribute")

ONE = "conversations/<id:pk>"
urlpatterns = [
    path("conversations/bulk/", BulkView.as_view(), name="conversation-bulk"),
    path(
        f"{ONE}/messages/",
        MessageViewSet.as_view({"get": "list", "post": "create"}),
        name="message-list",
    ),
    path(
        f"{ONE}/messages/<id:message_id>/",
        MessageViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
        name="message-detail",
    ),
    path(f"{ONE}/events/", EventsView.as_view(), name="conversation-events"),
    path(f"{ONE}/draft/", DraftView.as_view(), name="draft"),
    path(
        f"{ONE}/participants/",
        ParticipantViewSet.as_view({"get": "list", "post": "create"}),
        name="participant-list",
    ),
    path(
        f"{ONE}/participants/<id:member_id>/",
        ParticipantViewSet.as_view({"delete": "destroy"}),
        name="participant-detail",
    ),
    path("", include(router.urls)),
]
