"""Forms of the pages on which people come in; what they take is what the API takes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.api import serializers as shapes
from companies.choices import Language
from tokdesk.common.mailed_links import TokenForm
from tokdesk.common.pages import ShapedForm

GOOD_SLUG = _("Small letters, digits and hyphens: it stands in your links.")
GOOD_PASSWORD = _("At least 12 characters, and none of the passwords that everybody uses.")


def _line(label: Any, complete: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": complete, "dir": "auto"})
    return forms.CharField(label=label, widget=widget, required=False)


def _email(label: Any) -> forms.CharField:
    """Text to this form: what an address is, the shape knows."""
    widget = forms.EmailInput(attrs={"autocomplete": "username", "dir": "ltr"})
    return forms.CharField(label=label, widget=widget, required=False)


def _password(label: Any, complete: str, help_text: Any = "") -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": complete, "dir": "ltr"})
    return forms.CharField(
        label=label, widget=widget, strip=False, required=False, help_text=help_text
    )


def _slug(label: Any, hint: Any) -> forms.CharField:
    attributes = {"autocomplete": "off", "dir": "ltr", "spellcheck": "false"}
    widget = forms.TextInput(attrs={**attributes, "autocapitalize": "none"})
    return forms.CharField(label=label, widget=widget, required=False, help_text=hint)


def _language() -> forms.ChoiceField:
    return forms.ChoiceField(label=_("Language"), choices=Language.choices, required=False)


class SignInForm(ShapedForm):
    shape = shapes.Login
    beside = ("is_kept",)
    email = _email(_("E-mail"))
    password = _password(_("Password"), "current-password")
    is_kept = forms.BooleanField(label=_("Keep me signed in"), required=False)


class ForgottenPasswordForm(ShapedForm):
    shape = shapes.ForgottenPassword
    email = _email(_("E-mail"))


class CompanySignUpForm(ShapedForm):
    """First the company, then whoever leads it."""

    shape = shapes.CompanySignUp
    name = _line(_("Name of the company"), "organization")
    slug = _slug(_("Address"), GOOD_SLUG)
    language = _language()
    admin__name = _line(_("Your name"), "name")
    admin__email = _email(_("Your e-mail"))
    admin__password = _password(_("Password"), "new-password", GOOD_PASSWORD)


class ResubmissionForm(ShapedForm):
    """What is left empty stays as it was."""

    shape = shapes.CompanyResubmission
    name = _line(_("Name of the company"), "organization")
    slug = _slug(_("Address"), GOOD_SLUG)
    email = _email(_("Your e-mail"))
    password = _password(_("Password"), "current-password")


class FounderForm(ShapedForm):
    shape = shapes.FounderCredentials
    email = _email(_("Your e-mail"))
    password = _password(_("Password"), "current-password")


class CustomerRegistrationForm(ShapedForm):
    shape = shapes.CustomerRegistration
    company = _slug(_("The company's address"), "")
    name = _line(_("Your name"), "name")
    email = _email(_("E-mail"))
    password = _password(_("Password"), "new-password", GOOD_PASSWORD)


class SwitchForm(ShapedForm):
    shape = shapes.Switch
    company = forms.CharField(widget=forms.HiddenInput, required=False)


class NewPasswordForm(TokenForm):
    password = forms.CharField(
        label=_("New password"),
        max_length=1024,
        strip=False,
        help_text=GOOD_PASSWORD,
        widget=forms.PasswordInput(
            attrs={
                "autocomplete": "new-password",
                "aria-describedby": "id_password_hint",
                "dir": "ltr",
            }
        ),
    )
