"""`/app/`: the agents' inbox, and with it all that its first picture shows."""

from collections.abc import Callable
from copy import copy
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from django.views.decorators.http import require_safe

from accounts.api.serializers import MeOutput
from accounts.browsing import live_actor
from accounts.services.profile import Me, me_of
from accounts.services.sessions import live_session
from companies.services import rights_of
from conversations.api.saved_views import SavedViewViewSet
from conversations.api.serializers.rows import moment
from conversations.api.views import ConversationViewSet
from departments.api.views import DepartmentViewSet
from tokdesk.common.roles import STAFF, Role

PAGE = 50
# The view that is shown where the address names none; static/src/inbox/model/views.ts has the same.
FIRST_VIEW = {
    "assignee": "me",
    "status": "open",
    "snoozed": "false",
    "ordering": "waiting_since",
    "limit": str(PAGE),
}
list_view = ConversationViewSet.as_view({"get": "list"})
counts_view = ConversationViewSet.as_view({"get": "counts"})
views_view = SavedViewViewSet.as_view({"get": "list"})
departments_view = DepartmentViewSet.as_view({"get": "list"})


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """For staff of a company that is open; which place in it the address means, the page knows."""
    actor = live_actor(request)
    if actor is None:
        back = urlencode({"next": request.get_full_path()})
        return redirect(f"{reverse('sign-in-page')}?{back}")
    if actor.is_platform or actor.company_id is None:
        return redirect("admin:index")
    if actor.role not in STAFF:
        return redirect("home")
    me = me_of(live_session(actor.session_id))
    # The page sends it with everything that it changes.
    get_token(request)
    with override(me.user.language):
        facts = {
            "me": me,
            "boot": boot_of(request, actor.company_id, me),
            "words": words_of(me.user.language),
        }
        response = render(request, "app/inbox.html", facts)
    response["Cache-Control"] = "no-store"
    return response


def boot_of(request: HttpRequest, company_id: UUID, me: Me) -> dict[str, Any]:
    """What would be asked for first; null where the API does not answer, so that it is asked."""
    # Before all else is read: what changes from here on the socket tells.
    now = timezone.now()
    since = {"as_of": moment(now), "epoch": rights_of([company_id])[company_id].epoch}
    return {
        "since": since,
        "me": MeOutput(me).data,
        "preferences": me.user.preferences,
        "counts": answer_of(request, counts_view, reverse("conversation-counts")),
        "departments": answer_of(
            request, departments_view, reverse("department-list"), {"limit": "100"}
        ),
        "views": answer_of(request, views_view, reverse("saved-view-list"), {"limit": "100"}),
        "page": answer_of(request, list_view, reverse("conversation-list"), FIRST_VIEW),
        "gives": may_give(me),
        "bundle": settings.BUNDLE,
        "now": timezone.now(),
    }


def may_give(me: Me) -> bool:
    """Whether conversations can be assigned to others; conversations/rules.py decides each."""
    return me.role != Role.AGENT or bool(me.company and me.company.setting("agents_assign"))


def words_of(language: str) -> list[str]:
    """The catalogues that the page loads for this language."""
    return [f"{part}/messages/{language}.json" for part in ("core", "inbox")]


def answer_of(
    request: HttpRequest,
    view: Callable[[HttpRequest], Any],
    path: str,
    query: dict[str, str] | None = None,
) -> Any:
    """What the API tells this very browser at that path."""
    asked = copy(request)
    words = urlencode(query or {})
    asked.method, asked.path, asked.path_info = "GET", path, path
    asked.GET = QueryDict(words)
    asked.META = {**request.META, "QUERY_STRING": words}
    response = view(asked)
    return response.data if response.status_code == 200 else None
