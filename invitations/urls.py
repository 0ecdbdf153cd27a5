"""The page that mails link to."""

from django.urls import path

from invitations.views import InvitationPage

urlpatterns = [path("invitation/", InvitationPage.as_view(), name="invitation-page")]
