"""The pages that a mailed link opens: a look changes nothing, the button uses the token."""

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView

from tokdesk.common.actor import Actor
from tokdesk.common.api.authentication import anonymous_actor
from tokdesk.common.errors import Invalid, TokDeskError
from tokdesk.common.tokens import TOKEN_PATTERN

if TYPE_CHECKING:
    Page = FormView[forms.Form]
else:
    Page = FormView


class TokenForm(forms.Form):
    token = forms.RegexField(TOKEN_PATTERN, widget=forms.HiddenInput)


class MailedLinkPage(Page):
    """One deed behind a mailed token."""

    http_method_names = ["get", "head", "post", "options"]
    template_name = "auth/token.html"
    form_class = TokenForm
    texts: ClassVar[dict[str, Any]] = {}
    done: ClassVar[Any] = ""

    def use(self, actor: Actor, **facts: str) -> object:
        raise NotImplementedError

    def get_initial(self) -> dict[str, Any]:
        return {"token": self.request.GET.get("token", "")}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**{**self.texts, **context})

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            self.use(anonymous_actor(self.request), **form.cleaned_data)
        except Invalid as error:
            for name, faults in error.fields.items():
                for fault in faults:
                    form.add_error(name, str(fault.detail))
            return self.form_invalid(form)
        except TokDeskError as error:
            return self.say(error.status, fault=error.detail)
        return self.say(200, done=self.done)

    def form_invalid(self, form: forms.Form) -> HttpResponse:
        if "token" in form.errors:
            return self.say_incomplete()
        return self.say(400, form=form)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        response = super().dispatch(request, *args, **kwargs)
        # The address holds the token: it goes to no other page and into no cache. "no-referrer"
        # would say less, but browsers then send "Origin: null" with the form, which CSRF refuses.
        response["Referrer-Policy"] = "strict-origin"
        response["Cache-Control"] = "no-store"
        return response

    def say(self, status: int, **context: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(**context), status=status)

    def say_incomplete(self) -> HttpResponse:
        return self.say(400, fault=_("This link is not complete. Open it from the mail again."))
