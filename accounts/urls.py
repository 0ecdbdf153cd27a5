"""The pages that mails link to."""

from django.urls import path

from accounts.views import ConfirmCompanyPage, ConfirmCustomerPage, ResetPasswordPage

urlpatterns = [
    path("confirm-company/", ConfirmCompanyPage.as_view(), name="confirm-company-page"),
    path("confirm/", ConfirmCustomerPage.as_view(), name="confirm-customer-page"),
    path("reset/", ResetPasswordPage.as_view(), name="reset-password-page"),
]
