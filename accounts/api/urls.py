"""REST routes of accounts."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from accounts.api import views
from accounts.api.customers import CustomerViewSet
from accounts.api.live import PresenceView, TicketView
from accounts.api.members import MemberViewSet

router = SimpleRouter()
router.register("me/sessions", views.OwnSessionViewSet, basename="own-session")
router.register("members", MemberViewSet, basename="member")
router.register("customers", CustomerViewSet, basename="customer")

urlpatterns = [
    path("auth/login/", views.LoginView.as_view(), name="login"),
    path("auth/refresh/", views.RefreshView.as_view(), name="refresh"),
    path("auth/switch/", views.SwitchView.as_view(), name="switch"),
    path("auth/logout/", views.LogoutView.as_view(), name="logout"),
    path("auth/password/forgot/", views.ForgotPasswordView.as_view(), name="password-forgot"),
    path("auth/password/reset/", views.ResetPasswordView.as_view(), name="password-reset"),
    path("auth/password/change/", views.ChangePasswordView.as_view(), name="password-change"),
    path("auth/register/", views.RegisterView.as_view(), name="register"),
    path(
        "auth/register/confirm/", views.ConfirmRegistrationView.as_view(), name="register-confirm"
    ),
    path("companies/confirm/", views.ConfirmCompanyView.as_view(), name="company-confirm"),
    path(
        "companies/confirm/resend/",
        views.ResendConfirmationView.as_view(),
        name="company-confirm-resend",
    ),
    path("companies/resubmit/", views.ResubmitCompanyView.as_view(), name="company-resubmit"),
    path("me/", views.MeView.as_view(), name="me"),
    path("me/preferences/", views.PreferencesView.as_view(), name="preferences"),
    path("realtime/tickets/", TicketView.as_view(), name="realtime-ticket"),
    path("presence/", PresenceView.as_view(), name="presence"),
    path("", include(router.urls)),
]
