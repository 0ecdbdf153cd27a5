"""The pages on which people come in and go."""

from django.urls import path

from accounts.views.entry import ForgottenPasswordPage, SignInPage, SignOutPage, SwitchPage
from accounts.views.mailed import ConfirmCompanyPage, ConfirmCustomerPage, ResetPasswordPage
from accounts.views.sign_up import (
    CompanySignUpPage,
    ConfirmationResendPage,
    CustomerRegistrationPage,
    ResubmissionPage,
)

urlpatterns = [
    path("sign-in/", SignInPage.as_view(), name="sign-in-page"),
    path("sign-out/", SignOutPage.as_view(), name="sign-out-page"),
    path("switch/", SwitchPage.as_view(), name="switch-page"),
    path("forgot/", ForgottenPasswordPage.as_view(), name="forgot-password-page"),
    path("reset/", ResetPasswordPage.as_view(), name="reset-password-page"),
    path("sign-up/", CompanySignUpPage.as_view(), name="sign-up-page"),
    path("sign-up/again/", ResubmissionPage.as_view(), name="sign-up-again-page"),
    path("sign-up/mail/", ConfirmationResendPage.as_view(), name="sign-up-mail-page"),
    path("confirm-company/", ConfirmCompanyPage.as_view(), name="confirm-company-page"),
    path("register/", CustomerRegistrationPage.as_view(), name="register-page"),
    path("confirm/", ConfirmCustomerPage.as_view(), name="confirm-customer-page"),
]
