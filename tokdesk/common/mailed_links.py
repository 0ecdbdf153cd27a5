"""The pages that a mailed link opens: a look changes nothing, the button uses the token."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from tokdesk.common.errors import Invalid, TokDeskError
from tokdesk.common.pages import DeedPage
from tokdesk.common.tokens import TOKEN_PATTERN


class TokenForm(forms.Form):
    token = forms.RegexField(TOKEN_PATTERN, widget=forms.HiddenInput)


class MailedLinkPage(DeedPage):
    """One deed behind a mailed token."""

    template_name = "auth/token.html"
    form_class = TokenForm

    def get_initial(self) -> dict[str, Any]:
        return {"token": self.request.GET.get("token", "")}

    def refuse(self, error: TokDeskError, form: forms.Form) -> HttpResponse:
        if isinstance(error, Invalid):
            return super().refuse(error, form)
        # The link is spent, or never was one: there is nothing to type in again.
        return self.say(error.status, fault=error.detail)

    def form_invalid(self, form: forms.Form) -> HttpResponse:
        if "token" in form.errors:
            return self.say_incomplete()
        return super().form_invalid(form)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        response = super().dispatch(request, *args, **kwargs)
        # The address holds the token: it goes to no other page and into no cache. "no-referrer"
        # would say less, but browsers then send "Origin: null" with the form, which CSRF refuses.
        response["Referrer-Policy"] = "strict-origin"
        return response

    def say_incomplete(self) -> HttpResponse:
        return self.say(400, fault=_("This link is not complete. Open it from the mail again."))
