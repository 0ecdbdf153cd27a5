"""The staff site: platform staff only, every page inside `unscoped()`, every write by a service."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import SimpleTemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.i18n import set_language

from accounts.browsing import end_browser_session, live_actor
from companies.choices import Status
from companies.models import Company
from tokdesk.checkup.jobs import OVERDUE_SECONDS
from tokdesk.common.models import Job
from tokdesk.common.tenancy import unscoped
from tokdesk.pages.health import states
from tokdesk.staff.forms import StaffPasswordView, StaffSignInForm
from tokdesk.staff.sessions import forget_ended_session, staff_actor, start_staff_session
from tokdesk.staff.zones import zone_of

SHOWN = 10
PARTS = {
    "database": gettext_lazy("Database"),
    "migrations": gettext_lazy("Tables up to date"),
    "redis": gettext_lazy("Redis"),
}


class TokDeskAdminSite(admin.AdminSite):
    site_title = gettext_lazy("TokDesk staff")
    site_header = gettext_lazy("TokDesk staff")
    index_title = gettext_lazy("Platform")
    site_url = None
    login_form = StaffSignInForm

    def get_urls(self) -> list[Any]:
        return [path("language/", set_language, name="language"), *super().get_urls()]

    def has_permission(self, request: HttpRequest) -> bool:
        """Django's session alone is not enough: ours must live and be the same staff member's."""
        actor = staff_actor(request)
        is_same = actor is not None and actor.user_id == request.user.pk
        return is_same and super().has_permission(request)

    def admin_view(self, view: Callable[..., HttpResponse], cacheable: bool = False) -> Any:
        """Run and render the page unscoped, as staff look across companies, and in their zone."""
        inner = super().admin_view(view, cacheable)

        def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            with unscoped(), timezone.override(zone_of(request.user)):
                response = inner(request, *args, **kwargs)
                if isinstance(response, SimpleTemplateResponse):
                    response.render()
                return response

        return update_wrapper(page, view)

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        before = live_actor(request)
        if request.method == "GET" and forget_ended_session(request):
            messages.info(request, _("Your session has ended. Sign in again."))
        response = super().login(request, extra_context)
        if request.method == "POST" and isinstance(response, HttpResponseRedirect):
            start_staff_session(request, before=before)
        return response

    def logout(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        actor = staff_actor(request)
        if actor is not None and request.method == "POST":
            end_browser_session(actor)
        return super().logout(request, extra_context)

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        view = StaffPasswordView.as_view(
            success_url=reverse("admin:password_change_done"),
            extra_context={**self.each_context(request), **(extra_context or {})},
        )
        return view(request)

    def index(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        counts = Company.objects.all().counted_by_status()
        context = {
            **(extra_context or {}),
            "waiting": Company.objects.waiting()[:SHOWN],
            "waiting_count": counts.get(Status.PENDING, 0),
            "suspended": Company.objects.suspended()[:SHOWN],
            "suspended_count": counts.get(Status.SUSPENDED, 0),
            "parts": [(PARTS.get(name, name), state) for name, state in states().items()],
            "jobs": job_figures(),
        }
        return super().index(request, context)


def job_figures() -> dict[str, object]:
    """How many jobs wait and were given up, and whether workers keep up."""
    depths = Job.objects.all().depths().values()
    return {
        "waiting": sum(each.waiting for each in depths),
        "dead": sum(each.dead for each in depths),
        "is_overdue": any(each.oldest_seconds > OVERDUE_SECONDS for each in depths),
    }
