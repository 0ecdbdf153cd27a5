"""The pages that a mailed link opens: a look changes nothing, the button uses the token."""

from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView

from accounts.forms import NewPasswordForm, TokenForm
from accounts.services.passwords import reset_password
from accounts.services.registration import confirm_company, confirm_customer
from tokdesk.common.actor import Actor
from tokdesk.common.api.authentication import anonymous_actor
from tokdesk.common.errors import Invalid, TokDeskError


class MailedLinkPage(FormView):
    """One deed behind a mailed token."""

    http_method_names: ClassVar = ["get", "head", "post", "options"]
    template_name = "auth/token.html"
    form_class: ClassVar[type[forms.Form]] = TokenForm
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
            return self._say(error.status, fault=error.detail)
        return self._say(200, done=self.done)

    def form_invalid(self, form: forms.Form) -> HttpResponse:
        if "token" in form.errors:
            return self._say(
                400, fault=_("This link is not complete. Open it from the mail again.")
            )
        return self._say(400, form=form)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        response = super().dispatch(request, *args, **kwargs)
        # The address holds the token: it goes to no other page and into no cache. "no-referrer"
        # would say less, but browsers then send "Origin: null" with the form, which CSRF refuses.
        response["Referrer-Policy"] = "strict-origin"
        response["Cache-Control"] = "no-store"
        return response

    def _say(self, status: int, **context: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(**context), status=status)


class ConfirmCompanyPage(MailedLinkPage):
    texts: ClassVar = {
        "title": _("Confirm your address"),
        "lead": _("One click, and we look at your request."),
        "action": _("Confirm address"),
    }
    done = _("Thank you. We look at your request and write to you as soon as it is decided.")

    def use(self, actor: Actor, **facts: str) -> object:
        return confirm_company(actor=actor, token=facts["token"])


class ConfirmCustomerPage(MailedLinkPage):
    texts: ClassVar = {
        "title": _("Confirm your address"),
        "lead": _("One click, and your account is ready."),
        "action": _("Confirm address"),
    }
    done = _("Thank you. You can sign in now.")

    def use(self, actor: Actor, **facts: str) -> object:
        return confirm_customer(actor=actor, token=facts["token"])


class ResetPasswordPage(MailedLinkPage):
    form_class = NewPasswordForm
    texts: ClassVar = {
        "title": _("Set a new password"),
        "lead": _("Every device is signed out when you set it."),
        "action": _("Set password"),
    }
    done = _("Your new password is set. You can sign in now.")

    def use(self, actor: Actor, **facts: str) -> None:
        reset_password(actor=actor, token=facts["token"], password=facts["password"])
