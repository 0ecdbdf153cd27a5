"""REST routes of invitations."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from invitations.api.views import AcceptView, InvitationViewSet, PreviewView

router = SimpleRouter()
router.register("invitations", InvitationViewSet, basename="invitation")

urlpatterns = [
    path("invitations/preview/", PreviewView.as_view(), name="invitation-preview"),
    path("invitations/accept/", AcceptView.as_view(), name="invitation-accept"),
    path("", include(router.urls)),
]
