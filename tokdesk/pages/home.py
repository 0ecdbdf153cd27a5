"""`/`: where a newcomer lands, and where somebody who is signed in finds everything."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.browsing import live_actor
from accounts.services.profile import me_of
from accounts.services.sessions import live_session


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    actor = live_actor(request)
    me = me_of(live_session(actor.session_id)) if actor else None
    return render(request, "base/home.html", {"demo": settings.DEMO_ENABLED, "me": me})
