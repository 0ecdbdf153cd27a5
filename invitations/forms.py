"""The form on the page that an invitation's mail opens."""

from django import forms
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError

from tokdesk.common.api.fields import LineField
from tokdesk.common.mailed_links import TokenForm


class EntryForm(TokenForm):
    """For somebody new: name and password. Whoever has an account is asked for its password alone.

    Which of them it takes is the service's to say, as it is in the API.
    """

    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=1024,
        strip=False,
        required=False,
        widget=forms.PasswordInput(attrs={"dir": "ltr"}),
    )

    def clean_name(self) -> str:
        """As the API takes it: trimmed, of one line, and nothing in it that turns other text."""
        try:
            return str(LineField(allow_blank=True).run_validation(self.cleaned_data["name"]))
        except ValidationError as error:
            raise forms.ValidationError(_("This name cannot be used.")) from error

    def ask_of(self, *, is_known: bool) -> None:
        """Show what this person is asked for."""
        field = self.fields["password"]
        field.widget.attrs["autocomplete"] = "current-password" if is_known else "new-password"
        field.help_text = (
            _("You have an account already: its password stays as it is.")
            if is_known
            else _("At least 12 characters, and none of the passwords that everybody uses.")
        )
        if is_known:
            del self.fields["name"]
