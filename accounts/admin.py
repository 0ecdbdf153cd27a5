"""Accounts as platform staff see them. What a company knows of its people is not shown here."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Membership, Session, User
from accounts.services.members import deactivate_member, reactivate_member
from accounts.services.platform import (
    deactivate_account,
    end_account_session,
    end_account_sessions,
    reactivate_account,
    send_password_reset,
)
from tokdesk.common.actor import Actor
from tokdesk.common.admin_base import (
    NOTHING,
    badge,
    isolated,
    latin,
    moment,
    perform,
    person_text,
    required_staff,
)
from tokdesk.common.admin_moves import Button, Move, MovesAdmin

SHOWN = 50

DEACTIVATE = Move(
    name="deactivate",
    code="platform:accounts",
    label=gettext_lazy("Deactivate"),
    title=gettext_lazy("Deactivate %(row)s?"),
    effect=gettext_lazy("This person is signed out everywhere and cannot sign in to any company."),
    done=gettext_lazy("%(row)s is deactivated."),
    work=lambda actor, user, answers: deactivate_account(actor=actor, user=user),
    fits=lambda user: user.is_active,
    is_harmful=True,
)
REACTIVATE = Move(
    name="reactivate",
    code="platform:accounts",
    label=gettext_lazy("Reactivate"),
    title=gettext_lazy("Reactivate %(row)s?"),
    effect=gettext_lazy("This person can sign in again with the same password."),
    done=gettext_lazy("%(row)s is active again."),
    work=lambda actor, user, answers: reactivate_account(actor=actor, user=user),
    fits=lambda user: not user.is_active,
)
END_SESSIONS = Move(
    name="end-sessions",
    code="platform:accounts",
    label=gettext_lazy("End all sessions"),
    title=gettext_lazy("End all sessions of %(row)s?"),
    effect=gettext_lazy("This person is signed out on every device and can sign in again."),
    done=gettext_lazy("%(row)s is signed out everywhere."),
    work=lambda actor, user, answers: end_account_sessions(actor=actor, user=user),
    fits=lambda user: user.is_active,
)
SEND_RESET = Move(
    name="send-reset",
    code="platform:accounts",
    label=gettext_lazy("Send password reset"),
    title=gettext_lazy("Send %(row)s a link to a new password?"),
    effect=gettext_lazy("The present password works until the link is used."),
    done=gettext_lazy("A link to a new password is on its way to %(row)s."),
    work=lambda actor, user, answers: send_password_reset(actor=actor, user=user),
    fits=lambda user: user.is_active,
)


@admin.register(User)
class UserAdmin(MovesAdmin):
    view_code = "platform:accounts"
    moves = (SEND_RESET, END_SESSIONS, DEACTIVATE, REACTIVATE)
    list_display = ("title", "address", "state", "staff", "created")
    list_filter = ("is_active", "is_super_admin", "language")
    search_fields = ("name", "email")
    search_help_text = gettext_lazy("Name or sign-in e-mail")
    fields = (
        "title",
        "address",
        "state",
        "staff",
        "created",
        "language",
        "time_zone",
        "theme",
    )
    readonly_fields = ("title", "address", "state", "staff", "created")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Filters come from the address bar: nobody finds out a hash letter by letter."""
        return not lookup.startswith("password") and super().lookup_allowed(lookup, value, request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return User.objects.living()  # type: ignore[no-any-return]

    def get_urls(self) -> list[Any]:
        return [
            self._row_url("memberships", "deactivate", self.deactivate_view),
            self._row_url("memberships", "reactivate", self.reactivate_view),
            self._row_url("sessions", "end", self.end_session_view),
            *super().get_urls(),
        ]

    def buttons(self, actor: Actor, row: Any) -> list[Button]:
        """Nobody deactivates themselves, so nobody is offered to."""
        own = super().buttons(actor, row)
        return [each for each in own if row.pk != actor.user_id or not each.is_harmful]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        user = options["obj"]
        sessions = Session.objects.of_person(user.pk).live(timezone.now())
        actor = required_staff(request)
        context["memberships"] = Membership.objects.of_person(user)[:SHOWN]
        context["sessions"] = sessions.with_company()[:SHOWN]
        context["own_session_id"] = actor.session_id
        return super().render_change_form(request, context, *args, **options)

    def deactivate_view(self, request: HttpRequest, pk: UUID, row_id: UUID) -> HttpResponse:
        member = get_object_or_404(Membership.objects.filter(user=pk), pk=row_id)
        done = _("The access to %(company)s is withdrawn.") % _company_of(member)
        return self._do(request, pk, partial(deactivate_member, member=member), done)

    def reactivate_view(self, request: HttpRequest, pk: UUID, row_id: UUID) -> HttpResponse:
        member = get_object_or_404(Membership.objects.filter(user=pk), pk=row_id)
        done = _("The access to %(company)s is given back.") % _company_of(member)
        return self._do(request, pk, partial(reactivate_member, member=member), done)

    def end_session_view(self, request: HttpRequest, pk: UUID, row_id: UUID) -> HttpResponse:
        session = get_object_or_404(Session.objects.of_person(pk), pk=row_id)
        done = _("The session has ended.")
        return self._do(request, pk, partial(end_account_session, session=session), done)

    @admin.display(description=gettext_lazy("name"), ordering="name")
    def title(self, user: User) -> SafeString:
        return person_text(user.name)

    @admin.display(description=gettext_lazy("sign-in e-mail"), ordering="email")
    def address(self, user: User) -> SafeString:
        return latin(user.email)

    @admin.display(description=gettext_lazy("status"), ordering="is_active")
    def state(self, user: User) -> SafeString:
        return badge(_("Active"), "ok") if user.is_active else badge(_("Deactivated"), "bad")

    @admin.display(description=gettext_lazy("platform staff"), ordering="is_super_admin")
    def staff(self, user: User) -> Any:
        return badge(_("Platform staff"), "quiet") if user.is_super_admin else NOTHING

    @admin.display(description=gettext_lazy("created"), ordering="created_at")
    def created(self, user: User) -> str:
        return moment(user.created_at)

    def _row_url(self, rows: str, name: str, view: Callable[..., HttpResponse]) -> Any:
        route = f"<uuid:pk>/{rows}/<uuid:row_id>/{name}/"
        url_name = self.url_name(f"{rows}_{name}")
        return path(route, self.admin_site.admin_view(view), name=url_name)

    def _do(
        self, request: HttpRequest, pk: UUID, service: Callable[..., Any], done: str
    ) -> HttpResponse:
        """A GET is somebody coming back from the sign-in page: it shows the account again."""
        if request.method == "POST":
            perform(request, lambda actor: service(actor=actor), done)
        return HttpResponseRedirect(self.page_url(pk))


def _company_of(member: Membership) -> dict[str, str]:
    return {"company": isolated(member.company.name)}
