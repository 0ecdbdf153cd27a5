"""Forms of the pages that a mailed link opens."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tokdesk.common.mailed_links import TokenForm


class NewPasswordForm(TokenForm):
    password = forms.CharField(
        label=_("New password"),
        max_length=1024,
        strip=False,
        help_text=_("At least 12 characters, and none of the passwords that everybody uses."),
        widget=forms.PasswordInput(
            attrs={"autocomplete": "new-password", "aria-describedby": "id_password_hint"}
        ),
    )
