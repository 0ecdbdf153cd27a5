"""Signing in and out, and into another company of one's own."""

from typing import Any, ClassVar
from urllib.parse import urlencode

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views import View

from accounts.browsing import begin_browsing, end_browsing, live_actor, speak_as
from accounts.choices import SessionKind
from accounts.doors import memberships_of
from accounts.forms import ForgottenPasswordForm, SignInForm, SwitchForm
from accounts.services.passwords import forget_password
from accounts.services.sessions import live_session, sign_in, switch_company
from tokdesk.common.actor import Actor
from tokdesk.common.errors import Denied, TokDeskError
from tokdesk.common.pages import DeedPage

STAFF_BACKEND = "accounts.authentication.StaffBackend"


class EntryPage(DeedPage):
    """A way into a company, which may be closed: then it says why."""

    def refuse(self, error: TokDeskError, form: Any) -> HttpResponse:
        if not isinstance(error, Denied) or "company" not in error.extra:
            return super().refuse(error, form)
        facts = {"code": error.code, "detail": error.detail, "company": error.extra["company"]}
        context = {**facts, "email": form.cleaned_data.get("email", "")}
        return render(self.request, "auth/closed.html", context, status=error.status)


class SignInPage(EntryPage):
    template_name = "auth/sign_in.html"
    form_class = SignInForm
    texts: ClassVar = {"title": _("Sign in"), "action": _("Sign in")}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        actor = live_actor(request)
        if actor is not None:
            return redirect(self.next_page() or start_page(actor.is_platform))
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(next=self.next_page(), **context)

    def use(self, actor: Actor, **facts: Any) -> HttpResponse:
        is_kept = facts.pop("is_kept")
        session = sign_in(actor=actor, kind=SessionKind.BROWSER, **facts).session
        begin_browsing(self.request, session, is_kept=is_kept)
        if session.member is None:
            # Beside ours the staff site asks for Django's own.
            login(self.request, session.user, STAFF_BACKEND)
        response = redirect(self.next_page() or start_page(session.member is None))
        speak_as(response, session.user.language)
        return response

    def next_page(self) -> str:
        """Where they wanted to go; only ever a page of ours."""
        wanted = self.request.POST.get("next") or self.request.GET.get("next", "")
        host = {self.request.get_host()}
        is_ours = url_has_allowed_host_and_scheme(wanted, host, self.request.is_secure())
        return wanted if is_ours else ""


def start_page(is_platform: bool) -> str:
    return reverse("admin:index" if is_platform else "home")


class SignOutPage(View):
    """A button, since a link could be anybody's."""

    def post(self, request: HttpRequest) -> HttpResponse:
        end_browsing(request)
        return redirect("sign-in-page")


class ForgottenPasswordPage(DeedPage):
    form_class = ForgottenPasswordForm
    texts: ClassVar = {
        "title": _("Forgotten password"),
        "lead": _("We mail you a link with which you set a new one."),
        "action": _("Mail the link"),
    }
    done = _("If this address has an account, its mail is on the way. The link lives for an hour.")

    def use(self, actor: Actor, **facts: Any) -> None:
        forget_password(actor=actor, **facts)


class SwitchPage(EntryPage):
    """The companies of one person; a button each leads into it."""

    template_name = "auth/switch.html"
    form_class = SwitchForm
    texts: ClassVar = {"title": _("Your companies")}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs) if self.enter() else self.to_sign_in()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().post(request, *args, **kwargs) if self.enter() else self.to_sign_in()

    def enter(self) -> bool:
        """Whether somebody is signed in here; from then on it is they who act."""
        actor = live_actor(self.request)
        if actor is not None:
            self.actor = actor
        return actor is not None

    def to_sign_in(self) -> HttpResponse:
        """Whoever is not signed in does so, and comes back."""
        back = urlencode({"next": self.request.get_full_path()})
        return redirect(f"{reverse('sign-in-page')}?{back}")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        session = live_session(self.actor.session_id)
        places = memberships_of(session.user)
        return super().get_context_data(places=places, here=session.member_id, **context)

    def use(self, actor: Actor, **facts: Any) -> HttpResponseRedirect:
        switch_company(actor=self.actor, **facts)
        return HttpResponseRedirect(start_page(is_platform=False))
