"""The page that an invitation's mail opens."""

import re
from typing import Any, ClassVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.choices import MemberRole
from accounts.services.credentials import WrongCredentials
from invitations.forms import EntryForm
from invitations.services import Preview, accept, company_language, preview
from tokdesk.common.actor import Actor
from tokdesk.common.api.authentication import anonymous_actor
from tokdesk.common.errors import FieldError, Invalid, TokDeskError
from tokdesk.common.mailed_links import MailedLinkPage, TokenForm

COLOUR = re.compile(r"#[0-9a-fA-F]{6}\Z")


class InvitationPage(MailedLinkPage):
    """Tells who invites whereto; its button lets the person in and signs nobody in."""

    template_name = "auth/invitation.html"
    form_class = EntryForm
    texts: ClassVar = {"title": _("You are invited"), "action": _("Join")}
    done = _("You are in. You can sign in now.")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """In the company's language for a browser that asks for none of ours."""
        language = None if _asks_for_ours(request) else company_language(_token_of(request))
        if language is None:
            return super().dispatch(request, *args, **kwargs)
        with translation.override(language):
            response = super().dispatch(request, *args, **kwargs)
            response["Content-Language"] = language
            is_page = isinstance(response, SimpleTemplateResponse)
            return response.render() if is_page else response

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        token = TokenForm(self.get_initial())
        return self._show(200, self.get_form()) if token.is_valid() else self.say_incomplete()

    def use(self, actor: Actor, **facts: str) -> None:
        try:
            accept(actor=actor, **facts)
        except WrongCredentials as error:
            # The link is good and its page stays, so the password can be typed again.
            fault = FieldError(error.code, error.detail)
            raise Invalid(fields={"password": [fault]}) from error

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.say_incomplete() if "token" in form.errors else self._show(400, form)

    def _show(self, status: int, form: Any) -> HttpResponse:
        try:
            found = preview(actor=anonymous_actor(self.request), token=self._token(form))
        except TokDeskError as error:
            return self.say(error.status, fault=error.detail)
        form.ask_of(is_known=found.account_exists)
        return self.say(
            status, form=form, offer=found, role=_role_of(found), colour=_colour_of(found)
        )

    def _token(self, form: Any) -> str:
        return str(form.data.get("token") or form.initial["token"])


def _asks_for_ours(request: HttpRequest) -> bool:
    """By name, in whatever order; "any" says nothing."""
    if settings.LANGUAGE_COOKIE_NAME in request.COOKIES:
        return True
    asked = request.headers.get("Accept-Language", "").lower().split(",")
    named = {re.split("[-;]", each.strip())[0] for each in asked}
    return not named.isdisjoint(dict(settings.LANGUAGES))


def _token_of(request: HttpRequest) -> str:
    return request.POST.get("token") or request.GET.get("token", "")


def _colour_of(found: Preview) -> str:
    """Nothing for what is no colour, however it came to be stored."""
    colour: str = found.company.colour
    return colour if COLOUR.match(colour) else ""


def _role_of(found: Preview) -> Any:
    return MemberRole(found.role).label
