"""Signing in to the staff site, and changing the own password there."""

from typing import Any

from django.contrib.admin.forms import AdminAuthenticationForm, AdminPasswordChangeForm
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.views import PasswordChangeView
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.services.passwords import change_password
from tokdesk.common.admin_base import required_staff
from tokdesk.common.errors import Invalid, RateLimited


class StaffSignInForm(AdminAuthenticationForm):
    """Says how long to wait where Django's own form would only fail."""

    error_messages = {
        **AdminAuthenticationForm.error_messages,
        "invalid_login": _("The e-mail or the password is not right."),
    }

    def clean(self) -> dict[str, Any]:
        try:
            return super().clean() or {}
        except RateLimited as error:
            raise too_many(error) from error


class StaffPasswordForm(AdminPasswordChangeForm):
    def clean_old_password(self) -> str:
        """The service checks it, under the limit of guessing."""
        return str(self.cleaned_data["old_password"])


class StaffPasswordView(PasswordChangeView):
    form_class = StaffPasswordForm

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            self._change(form)
        except RateLimited as error:
            form.add_error("old_password", too_many(error))
        except Invalid as error:
            _show(error, form)
        if form.errors:
            return self.form_invalid(form)
        update_session_auth_hash(self.request, User.objects.get(pk=form.user.pk))
        return HttpResponseRedirect(self.get_success_url())

    def _change(self, form: Any) -> None:
        change_password(
            actor=required_staff(self.request),
            user=form.user,
            current_password=form.cleaned_data["old_password"],
            password=form.cleaned_data["new_password1"],
        )


def too_many(error: RateLimited) -> ValidationError:
    minutes = -(-error.retry_after // 60)
    text = ngettext(
        "Too many tries. Try again in %(minutes)s minute.",
        "Too many tries. Try again in %(minutes)s minutes.",
        minutes,
    )
    return ValidationError(text % {"minutes": minutes}, code="rate_limited")


FIELDS = {"current_password": "old_password", "password": "new_password1"}


def _show(error: Invalid, form: Any) -> None:
    for name, faults in error.fields.items():
        for fault in faults:
            form.add_error(FIELDS[name], ValidationError(fault.detail, code=fault.code))
