"""The page that an invitation's mail opens."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.choices import MemberRole
from accounts.services.credentials import WrongCredentials
from invitations.forms import EntryForm
from invitations.services import Preview, accept, preview
from tokdesk.common.actor import Actor
from tokdesk.common.api.authentication import anonymous_actor
from tokdesk.common.errors import FieldError, Invalid, TokDeskError
from tokdesk.common.mailed_links import MailedLinkPage, TokenForm


class InvitationPage(MailedLinkPage):
    """Tells who invites whereto; its button lets the person in and signs nobody in."""

    template_name = "auth/invitation.html"
    form_class = EntryForm
    texts: ClassVar = {"title": _("You are invited"), "action": _("Join")}
    done = _("You are in. You can sign in now.")

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
        return self.say(status, form=form, offer=found, role=_role_of(found))

    def _token(self, form: Any) -> str:
        return str(form.data.get("token") or form.initial["token"])


def _role_of(found: Preview) -> Any:
    return MemberRole(found.role).label
