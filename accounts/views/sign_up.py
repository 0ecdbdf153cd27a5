"""How companies and customers come in, and what a founder does while the desk looks at it."""

from typing import Any, ClassVar

from django.forms import HiddenInput
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.forms import (
    CompanySignUpForm,
    CustomerRegistrationForm,
    FounderForm,
    ResubmissionForm,
)
from accounts.services.registration import (
    register_customer,
    resend_confirmation,
    resubmit_sign_up,
    sign_up_company,
)
from tokdesk.common.actor import Actor
from tokdesk.common.errors import Conflict, FieldError, Invalid, TokDeskError
from tokdesk.common.pages import DeedPage


class CompanySignUpPage(DeedPage):
    template_name = "auth/sign_up.html"
    form_class = CompanySignUpForm
    texts: ClassVar = {
        "title": _("Sign up your company"),
        "lead": _("We look at every request, usually within a day, and write to you."),
        "action": _("Send request"),
    }
    done = _("Look into your mail and open the link in it. Then we look at your request.")

    def use(self, actor: Actor, **facts: Any) -> None:
        admin = facts.pop("admin")
        sign_up_company(
            actor=actor,
            admin_name=admin["name"],
            admin_email=admin["email"],
            password=admin["password"],
            **facts,
        )

    def refuse(self, error: TokDeskError, form: Any) -> HttpResponse:
        return super().refuse(_at_slug(error), form)


class ResubmissionPage(DeedPage):
    form_class = ResubmissionForm
    texts: ClassVar = {
        "title": _("Send your request again"),
        "lead": _("Change what was wrong with it; what you leave empty stays as it was."),
        "action": _("Send again"),
    }
    done = _("Thank you. We look at your request and write to you as soon as it is decided.")

    def get_initial(self) -> dict[str, Any]:
        return {name: self.request.GET.get(name, "") for name in ("email", "name", "slug")}

    def use(self, actor: Actor, **facts: Any) -> None:
        email, password = facts.pop("email"), facts.pop("password")
        resubmit_sign_up(actor=actor, email=email, password=password, changes=facts)

    def refuse(self, error: TokDeskError, form: Any) -> HttpResponse:
        return super().refuse(_at_slug(error), form)


class ConfirmationResendPage(DeedPage):
    form_class = FounderForm
    texts: ClassVar = {
        "title": _("Mail the link again"),
        "lead": _("For a company whose address you have not confirmed yet."),
        "action": _("Mail the link"),
    }
    done = _("If there is something left to confirm, its mail is on the way.")

    def get_initial(self) -> dict[str, Any]:
        return {"email": self.request.GET.get("email", "")}

    def use(self, actor: Actor, **facts: Any) -> None:
        resend_confirmation(actor=actor, **facts)


class CustomerRegistrationPage(DeedPage):
    form_class = CustomerRegistrationForm
    texts: ClassVar = {
        "title": _("Create your account"),
        "lead": _("With it you write to the company and see what it answers."),
        "action": _("Create account"),
    }
    done = _("Look into your mail and open the link in it; then your account is ready.")

    def get_initial(self) -> dict[str, Any]:
        return {"company": self.request.GET.get("company", "")}

    def get_form(self, form_class: Any = None) -> Any:
        """Whoever comes from a company's own page is not asked which one it is."""
        form = super().get_form(form_class)
        if self.request.GET.get("company"):
            form.fields["company"].widget = HiddenInput()
        return form

    def use(self, actor: Actor, **facts: Any) -> None:
        register_customer(actor=actor, **facts)


def _at_slug(error: TokDeskError) -> TokDeskError:
    """An address that somebody has already is said where it is typed in."""
    if isinstance(error, Conflict) and error.code == "slug_taken":
        return Invalid(fields={"slug": [FieldError(error.code, error.detail)]})
    return error
